import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serveLines } from '../../src/oracle/serve.ts';
import { Peer, translatingPeer } from './peer.ts';

const RUNS = process.env.VTD_LONG === undefined ? 120 : 6_000;

/** What JSON-RPC allows as the answer to a line. */
function checkAnswer(answer: string): void {
  if (answer === '') return;
  expect(answer.indexOf('\n')).toBe(answer.length - 1);
  const message: unknown = JSON.parse(answer);
  if (Array.isArray(message)) expect(message.length).toBeGreaterThan(0);
  for (const reply of Array.isArray(message) ? message : [message]) checkReply(reply);
}

function checkReply(reply: Record<string, unknown>): void {
  const { jsonrpc, id, result, error, ...others } = reply;
  expect([jsonrpc, others]).toEqual(['2.0', {}]);
  expect(id === null || typeof id === 'string' || Number.isFinite(id)).toBe(true);
  if (error === undefined) {
    expect(result).toBeTypeOf('object');
    return;
  }
  const { code, message } = error as { code: unknown; message: unknown };
  // Never -32603: that would be a mistake of ours.
  expect([-32700, -32600, -32601, -32602, -32000]).toContain(code);
  expect(message).toBeTypeOf('string');
  expect((message as string).length).toBeLessThan(2100);
}

/** It still works: it starts, translates nothing, and reads what was written. */
function checkAlive(peer: Peer): void {
  peer.session.ended = false;
  peer.ask('initialize');
  peer.ask('memory.write', { address: '0x10', data: 'c0de' });
  expect(peer.ask('memory.read', { address: '0xf', length: 4 })).toEqual({ data: '00c0de00' });
  expect(peer.ask('dma', { source: '00:05.0', address: 0, access: 'read' })).toMatchObject({ outcome: 'completed' });
}

const number = fc.oneof(
  fc.integer({ min: -2, max: 70 }),
  fc.constantFrom(32, 64, 2 ** 20, 2 ** 32, 2 ** 52, 2 ** 53, 2 ** 64, -1, 0.5, 1e300),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const hexadecimal = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 66n) - 1n }).map((value) => `0x${value.toString(16)}`),
  fc
    .constantFrom(0, 0x18, 0x20, 0x28, 0x34, 0x38, 0x64, 0x108, 0x400, 0x500, 0x508)
    .map((value) => `0x${value.toString(16)}`),
  fc.bigInt({ min: 0n, max: 0x7fffn }).map((value) => `0x${(value & ~3n).toString(16)}`),
  fc.constantFrom('0xfee00000', '0x80000000', '0x40000000', '0x82000000', '0x8000000000000000', '0x12345678'),
);
const anything = fc.oneof(number, hexadecimal, fc.string({ unit: 'binary' }), fc.jsonValue());
const mostly = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: anything });

const source = mostly(fc.constantFrom('00:05.0', '00:06.0', '00:07.0', '00:08.0', 'ff:1f.7', '0x0028'));
const DMA = {
  source,
  address: mostly(hexadecimal),
  access: mostly(fc.constantFrom('read', 'write', 'atomic')),
  length: mostly(fc.integer({ min: 1, max: 20_000 })),
  type: mostly(fc.constantFrom('untranslated', 'translation', 'translated')),
  pasid: mostly(fc.integer({ min: 0, max: 2 ** 20 - 1 })),
  privileged: mostly(fc.boolean()),
  execute: mostly(fc.boolean()),
  noSnoop: mostly(fc.boolean()),
  noWrite: mostly(fc.boolean()),
  zeroLength: mostly(fc.boolean()),
  value: mostly(hexadecimal),
};
const dma = fc.record(DMA, { requiredKeys: ['source', 'address', 'access'] });
const pageRequest = fc.record(
  {
    source,
    address: mostly(fc.nat(0xf_ffff).map((page) => `0x${page.toString(16)}000`)),
    group: mostly(fc.integer({ min: 0, max: 511 })),
    last: mostly(fc.boolean()),
    pasid: mostly(fc.integer({ min: 0, max: 2 ** 20 - 1 })),
    read: mostly(fc.boolean()),
    write: mostly(fc.boolean()),
    execute: mostly(fc.boolean()),
    privileged: mostly(fc.boolean()),
  },
  { requiredKeys: ['source', 'address', 'group', 'last'] },
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((data) => Buffer.from(data).toString('hex'));
const address = mostly(hexadecimal);
const width = mostly(fc.constantFrom(32, 64));
const unit = fc.record(
  {
    version: mostly(fc.constantFrom('0x10', '0x50', '0x60', '0x80')),
    hostAddressWidth: mostly(fc.integer({ min: 31, max: 53 })),
    capabilities: mostly(fc.oneof(hexadecimal, fc.constantFrom('0xd2008c222f0606', '0xd9d2078c40780e66'))),
    extendedCapabilities: mostly(fc.oneof(hexadecimal, fc.constantFrom('0xf00f4a', '0xfb3ed9ea6f050df'))),
    choices: mostly(
      fc.record(
        {
          pageCrossing: mostly(fc.constantFrom('split', 'blocked')),
          deviceTlbCompletion: mostly(fc.constantFrom('at-once', 'asked')),
        },
        { requiredKeys: [] },
      ),
    ),
    caches: mostly(
      fc.oneof(
        fc.constantFrom('none', 'full', 'some'),
        fc.record(
          { context: fc.integer({ min: -1, max: 3 }), iotlb: fc.integer({ min: 0, max: 3 }), replacement: fc.string() },
          { requiredKeys: [] },
        ),
      ),
    ),
  },
  { requiredKeys: [] },
);
const PARAMETERS: readonly (readonly [string, fc.Arbitrary<unknown>])[] = [
  ['initialize', fc.record({ protocol: mostly(fc.constant(1)), unit: mostly(unit) }, { requiredKeys: [] })],
  ['reset', fc.constant({})],
  ['memory.write', fc.record({ address, data: mostly(bytes), visible: mostly(fc.boolean()) })],
  ['memory.read', fc.record({ address, length: mostly(fc.integer({ min: 0, max: 5000 })) })],
  ['memory.poison', fc.record({ address, length: mostly(fc.integer({ min: 0, max: 5000 })) })],
  ['register.write', fc.record({ offset: mostly(hexadecimal), width, value: mostly(hexadecimal) })],
  ['register.read', fc.record({ offset: mostly(hexadecimal), width })],
  ['dma', dma],
  ['explain', fc.record({ request: mostly(dma) })],
  [
    'permitted',
    fc.record({
      method: mostly(fc.constant('dma')),
      request: mostly(dma),
      observed: mostly(
        fc.record(
          {
            outcome: mostly(fc.constantFrom('completed', 'UR', 'CA', 'translation', 'interrupt')),
            address: mostly(hexadecimal),
            fault: mostly(fc.record({ condition: mostly(fc.constantFrom('LGN.2', 'x')) }, { requiredKeys: [] })),
          },
          { requiredKeys: ['outcome'] },
        ),
      ),
    }),
  ],
  ['snapshot', fc.constant({})],
  ['restore', fc.record({ snapshot: mostly(fc.constant(new Peer().ask('snapshot').snapshot)) })],
  ['findings.take', fc.constant({})],
  ['events.take', fc.constant({})],
  [
    'deviceTlb.complete',
    fc.record({ source, tag: mostly(fc.integer({ min: 0, max: 31 })) }, { requiredKeys: ['source'] }),
  ],
  ['deviceTlb.timeout', fc.record({ source })],
  ['shutdown', fc.constant({})],
  ['interrupt', fc.jsonValue()],
  ['pageRequest', pageRequest],
];
const request = fc.oneof(
  ...PARAMETERS.map(([method, params]) =>
    fc.record(
      {
        jsonrpc: mostly(fc.constant('2.0')),
        id: fc.oneof(fc.integer(), fc.string({ unit: 'binary' }), anything),
        method: mostly(fc.constant(method)),
        params: mostly(params),
      },
      { requiredKeys: ['jsonrpc', 'method', 'params'] },
    ),
  ),
);
const message = fc.oneof(
  { weight: 9, arbitrary: request },
  { weight: 1, arbitrary: fc.array(request, { maxLength: 5 }) },
);

describe('Whatever is sent', () => {
  test('requests that are nearly right', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 30 }), (messages) => {
        const peer = translatingPeer();
        for (const one of messages) {
          checkAnswer(peer.line(JSON.stringify(one)));
          peer.session.ended = false;
        }
        checkAlive(peer);
      }),
      { numRuns: RUNS },
    );
  });

  test('a request without an id is not answered, one with an id has it in its reply', () => {
    fc.assert(
      fc.property(request, (one) => {
        const answer = new Peer().line(JSON.stringify(one));
        const reply = answer === '' ? undefined : JSON.parse(answer);
        const id: unknown = JSON.parse(JSON.stringify(one)).id;
        if (typeof id === 'string' || Number.isSafeInteger(id)) expect(reply.id).toBe(id);
        else if (id !== undefined) expect(answer).not.toBe('');
        else if (reply !== undefined) expect(reply.error.code).toBe(-32600);
      }),
      { numRuns: RUNS },
    );
  });

  test('what is refused changes nothing', () => {
    const memory = [0x1000n, 0x2000n, 0x3000n, 0x6000n];
    const state = ({ session: { unit, memory: all } }: Peer) => [
      ...Array.from({ length: 0x100 }, (_, n) => unit.readRegister(8 * n, 64)),
      ...memory.map((at) => Buffer.from(all.read(at, 4096)).toString('hex')),
    ];
    const peer = translatingPeer();
    let before = state(peer);
    fc.assert(
      fc.property(request, (one) => {
        const answer = peer.line(JSON.stringify({ ...one, id: 1 }));
        const refused = JSON.parse(answer).error !== undefined;
        peer.session.ended = false;
        if (refused) expect(state(peer)).toEqual(before);
        else before = state(peer);
      }),
      // A sequence: what a smaller one would do says nothing about this one.
      { numRuns: RUNS * 5, endOnFailure: true },
    );
  });

  test('any JSON', () => {
    const peer = translatingPeer();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => checkAnswer(peer.line(JSON.stringify(value)))),
      { numRuns: RUNS },
    );
    checkAlive(peer);
  });

  test('any text', () => {
    const peer = translatingPeer();
    const broken = fc
      .tuple(request, fc.nat(200), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([one, at, noise]) => {
        const line = JSON.stringify(one);
        return line.slice(0, at) + noise + line.slice(at + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), broken), (line) => {
        checkAnswer(peer.line(line));
        peer.session.ended = false;
      }),
      { numRuns: RUNS },
    );
    checkAlive(peer);
  });

  test('any bytes in any chunks', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      request.map((one) => Buffer.from(JSON.stringify(one))),
    );
    const cuts = fc.array(fc.nat(3000), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), cuts, async (lines, at) => {
        const all = Buffer.concat(lines.flatMap((one) => [one, Buffer.from('\n')]));
        const answers = await answersTo(all, at);
        expect(answers).toBe(await answersTo(all, []));
        for (const one of answers.split(/(?<=\n)/)) checkAnswer(one);
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

/** What a server answers to bytes that come in chunks, cut where `at` says. */
async function answersTo(all: Uint8Array, at: readonly number[]): Promise<string> {
  const input = new PassThrough({ highWaterMark: 2 ** 24 });
  const output = new PassThrough({ highWaterMark: 2 ** 24 });
  let start = 0;
  for (const end of [...at, all.length].sort((a, b) => a - b)) {
    if (end > start && end <= all.length) input.write(all.subarray(start, end));
    start = Math.max(start, Math.min(end, all.length));
  }
  input.end();
  await serveLines(input, output);
  output.end();
  return text(output);
}
