import { describe, expect, test } from 'vitest';
import { Peer } from './peer.ts';

const RESET = { jsonrpc: '2.0', method: 'reset' };
const reset = (id: unknown) => ({ ...RESET, id });
const done = (id: unknown) => ({ jsonrpc: '2.0', id, result: {} });

const failed = (code: number, message: RegExp, id: unknown = null) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message: expect.stringMatching(message) },
});

describe('One request', () => {
  test.each([1, 0, -7, 1.5, 2 ** 53 - 1, 'a', '', 'a\u2028"\\\ud800\0', null])(
    'the id %j comes back as it was',
    (id) => {
      expect(new Peer().send(reset(id))).toEqual(done(id));
    },
  );

  test.each([
    ['true', 'true'],
    ['[1]', 'an array'],
    ['{"a":1}', 'an object'],
    ['9007199254740992', '9007199254740992'],
    ['1e400', 'Infinity'],
  ])('an id that could not come back unchanged is refused: %s', (id, shown) => {
    const reply = new Peer().line(`{"jsonrpc":"2.0","id":${id},"method":"reset"}`);
    const message = `id takes a string, a number up to 2^53 - 1 or null, got ${shown}`;
    expect(JSON.parse(reply)).toEqual({ jsonrpc: '2.0', id: null, error: { code: -32600, message } });
  });

  test('a notification is performed and not answered', () => {
    const peer = new Peer();
    const params = { address: 0, data: 'ff' };
    expect(peer.send({ jsonrpc: '2.0', method: 'memory.write', params })).toBeUndefined();
    expect(peer.ask('memory.read', { address: 0, length: 1 })).toEqual({ data: 'ff' });
  });

  test.each([
    ['an unknown method', { jsonrpc: '2.0', method: 'nothing' }],
    ['a wrong parameter', { jsonrpc: '2.0', method: 'memory.read', params: { address: -1 } }],
  ])('a notification that is refused is not answered either: %s', (_, message) => {
    expect(new Peer().send(message)).toBeUndefined();
  });

  test.each([
    ['not an object', 1, /a request is an object, got 1/],
    ['null', null, /a request is an object, got null/],
    ['no version', { id: 1, method: 'reset' }, /jsonrpc takes "2.0", got nothing/, 1],
    ['another version', { ...reset(1), jsonrpc: '1.0' }, /jsonrpc takes "2.0", got "1.0"/, 1],
    ['no method', { jsonrpc: '2.0', id: 'x' }, /method takes a string, got nothing/, 'x'],
    ['a method that is no string', { ...reset(1), method: 5 }, /method takes a string, got 5/, 1],
    ['such a method and no id', { jsonrpc: '2.0', method: 5 }, /method takes a string, got 5/],
    ['params that are no object', { ...reset(1), params: 'x' }, /params takes an object, got "x"/, 1],
    ['params that are null', { ...reset(1), params: null }, /params takes an object, got null/, 1],
    ['a member too many', { ...reset(1), parms: {} }, /no member "parms" in a request/, 1],
  ])('-32600: %s', (_, message, sentence, id: unknown = null) => {
    expect(new Peer().send(message)).toEqual(failed(-32600, sentence, id));
  });

  test('-32602: params by position', () => {
    expect(new Peer().send({ ...reset(1), params: [] })).toEqual(failed(-32602, /params takes an object/, 1));
  });

  test.each(['nothing', 'Reset', '', '__proto__', 'constructor', 'toString', 'pageRequest'])(
    '-32601: there is no method "%s"',
    (method) => {
      const sentence = new RegExp(`no method "${method}"; there are initialize, .*shutdown$`);
      expect(new Peer().send({ ...reset(1), method })).toEqual(failed(-32601, sentence, 1));
    },
  );

  test('a long name is quoted in part', () => {
    const { message } = new Peer().refusal('x'.repeat(2 ** 20));
    expect(message.length).toBeLessThan(400);
  });
});

describe('A line', () => {
  test.each(['{', 'reset', '{"jsonrpc":"2.0","id":1,"method":"reset"', '{} {}', '\u0000', '[', '[1,', '\ufeff{}'])(
    '-32700 if it is not JSON: %j',
    (line) => {
      expect(JSON.parse(new Peer().line(line))).toEqual(failed(-32700, /not JSON/));
    },
  );

  test.each(['', ' ', '\r', '\t '])('an empty one is passed over: %j', (line) => {
    expect(new Peer().line(line)).toBe('');
  });

  test('a carriage return at its end does not matter', () => {
    expect(new Peer().line(`${JSON.stringify(reset(1))}\r`)).toBe('{"jsonrpc":"2.0","id":1,"result":{}}\n');
  });

  test('millions of brackets are refused before they are parsed', () => {
    for (const line of ['['.repeat(2 ** 21), '{"a":'.repeat(2 ** 21)]) {
      expect(JSON.parse(new Peer().line(line))).toEqual(failed(-32600, /at most 1048576 objects and arrays/));
    }
  });

  test('deep nesting is no danger anywhere', () => {
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    const peer = new Peer();
    const places = [
      deep,
      `[${deep}]`,
      `{"jsonrpc":"2.0","id":${deep},"method":"reset"}`,
      `{"jsonrpc":"2.0","id":1,"method":"reset","params":${deep}}`,
      `{"jsonrpc":"2.0","id":1,"method":"memory.read","params":{"address":${deep}}}`,
      `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"unit":{"choices":{"pageCrossing":${deep}}}}}`,
    ];
    for (const line of places) {
      const reply = JSON.parse(peer.line(line));
      expect((Array.isArray(reply) ? reply[0] : reply).error.code).toBeLessThanOrEqual(-32600);
    }
    expect(peer.ask('reset')).toEqual({});
  });
});

describe('A batch', () => {
  test('is answered by an array on one line, in order, without the notifications', () => {
    const peer = new Peer();
    const batch = [reset(1), RESET, { ...reset('b'), method: 'nothing' }, 5, reset(3)];
    const line = peer.line(JSON.stringify(batch));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const replies = [done(1), failed(-32601, /no method/, 'b'), failed(-32600, /a request is an object/), done(3)];
    expect(JSON.parse(line)).toEqual(replies);
  });

  test('of notifications alone is not answered', () => {
    expect(new Peer().line(JSON.stringify([RESET, RESET]))).toBe('');
  });

  test('that is empty is refused as a whole', () => {
    expect(new Peer().send([])).toEqual(failed(-32600, /at least one request/));
  });

  test('of more than 1,048,576 is refused as a whole', () => {
    expect(JSON.parse(new Peer().line(`[${'1,'.repeat(2 ** 20)}1]`))).toEqual(
      failed(-32600, /at most 1048576 requests/),
    );
  });

  test('in a batch is not a request', () => {
    expect(new Peer().send([[reset(1)]])).toEqual([failed(-32600, /got an array/)]);
  });

  test('of 100,000 is answered', () => {
    const replies = new Peer().send(Array.from({ length: 100_000 }, (_, id) => ({ ...reset(id), method: 'x' })));
    expect((replies as { id: number }[]).map(({ id }) => id)).toEqual(Array.from({ length: 100_000 }, (_, id) => id));
  });

  test('sees what its earlier requests did', () => {
    const write = { jsonrpc: '2.0', method: 'memory.write', params: { address: '0x10', data: 'ab' } };
    const read = { jsonrpc: '2.0', id: 1, method: 'memory.read', params: { address: '0x10', length: 1 } };
    expect(new Peer().send([write, read])).toEqual([{ jsonrpc: '2.0', id: 1, result: { data: 'ab' } }]);
  });

  test('after shutdown answers the rest with an error', () => {
    const replies = new Peer().send([{ ...reset(1), method: 'shutdown' }, reset(2)]);
    expect(replies).toEqual([done(1), failed(-32000, /shutdown came before/, 2)]);
  });

  test('performs each request when its reply is asked for, so that long replies do not add up', () => {
    const peer = new Peer();
    const read = { jsonrpc: '2.0', id: 1, method: 'memory.read', params: { address: 0, length: 2 ** 20 } };
    const longest = Math.max(...[...peer.pieces(JSON.stringify(Array(20).fill(read)))].map((piece) => piece.length));
    expect(longest).toBeLessThan(2 ** 21 + 100);
  });
});
