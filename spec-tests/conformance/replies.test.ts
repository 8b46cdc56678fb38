import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepDifference } from '../../src/conformance/comparison.ts';
import { Exchange } from '../../src/conformance/exchange.ts';
import { identityOf } from '../../src/conformance/identity.ts';
import { repliesOf, textReplyOf } from '../../src/conformance/replies.ts';
import type { JsonObject } from '../../src/oracle/json-rpc.ts';
import { TEXT_METHODS } from '../../src/oracle/text-client.ts';
import type { VectorStep } from '../../src/vectors/types.ts';
import { runs } from '../properties/runs.ts';

const STEPS: readonly VectorStep[] = [
  { read: 'FSTS_REG', offset: '0x34', width: 32, value: '0x2', mask: '0xff' },
  { memoryRead: '0x1000', qwords: ['0x0000000000000001'] },
  { events: [{ kind: 'fault-event', address: '0xfee00000' }] },
  { request: {}, expect: { outcome: 'CA', fault: { condition: 'LGN.2' } } },
  {
    request: {},
    expect: {
      oneOf: [
        { outcome: 'completed', address: '0x1000' },
        { outcome: 'UR', fault: null },
      ],
    },
  },
  { memoryRead: '0x1000', qwords: ['0x0000000000000001'], mask: ['0x00000000000000ff'] },
  { pageRequest: {}, expect: { outcome: 'answered', response: { code: 'success', group: 1 }, fault: null } },
  { interrupt: {}, expect: { outcome: 'posted', notification: { address: '0xfee00000' } } },
];

/** Objects that have the members of replies, of any kind. */
const anyResult = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      ...'value data events outcome address fault notification unit features methods choices name'.split(' '),
    ),
    fc.string(),
  ),
  fc.oneof(fc.jsonValue(), fc.constantFrom('0x2', '0x', '00', '0g', 'completed', 'UR', 'posted')),
) as fc.Arbitrary<JsonObject>;

const anyLine = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .array(fc.record({ id: fc.oneof(fc.integer({ min: -1, max: 4 }), fc.jsonValue()), result: anyResult }))
    .map((replies) => JSON.stringify(replies)),
);

describe('Whatever a target answers', () => {
  test('a line is replies, or a sentence says why it is none', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const replies = repliesOf(line);
        if (typeof replies === 'string') expect(replies).toMatch(/^it wrote .{5}/s);
        else for (const { id } of replies) expect(typeof id).toBe('number');
      }),
      runs(500, 5_000),
    );
  });

  test('a line of the text dialect is a reply, or a sentence says why it is none', () => {
    const words = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...'OK FAIL completed UR LGN.2 translation delivered posted interrupt queued answered dropped success 0x1000 4096 1'.split(
            ' ',
          ),
        ),
        fc.constantFrom(
          ...'read=1 notification=1,2 notification=none features=a,b haw=39 cap=0x1 2 ; lost=3'.split(' '),
        ),
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...TEXT_METHODS), words, fc.boolean(), (method, rest, right) => {
        const line = [...(right ? ['OK'] : []), ...rest].join(' ');
        const reply = textReplyOf(method, line);
        if (typeof reply === 'string') expect(reply).toMatch(/^it wrote what is no reply: /);
        else if (reply.kind === 'result') expect(reply.result).toBeTypeOf('object');
        else expect(line.startsWith('FAIL ')).toBe(true);
      }),
      runs(500, 20_000),
    );
  });

  test('replies in the text dialect come in order, and one too many is told', () => {
    const exchange = new Exchange(
      { method: 'initialize', params: {} },
      [{ method: 'events.take', params: {} }],
      false,
      () => {},
    );
    expect(exchange.text(1, 'text', '')).toBe('unit\nevents\n');
    expect(exchange.take('OK cap=0x1 ecap=0x2 haw=39 version=0x10 features=')).toBeUndefined();
    expect(exchange.isComplete).toBe(false);
    expect(exchange.take('OK 1 fault-event address=0xfee00000 data=0x41')).toBeUndefined();
    expect(exchange.isComplete).toBe(true);
    expect(exchange.take('OK')).toBe('it wrote a line that nobody had asked for: OK');
  });

  test('an exchange is complete only once each of its requests has its own reply', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 4 }), (lines) => {
        const exchange = new Exchange(
          { method: 'initialize', params: {} },
          [{ method: 'dma', params: {} }],
          false,
          () => {},
        );
        exchange.text(1, 'batches', '');
        const refused = lines.findIndex((line) => exchange.take(line) !== undefined);
        const good = refused < 0 ? lines : [];
        const ids = good.flatMap((line) => [...(repliesOf(line) as readonly { id: number }[])].map(({ id }) => id));
        if (refused < 0) expect(exchange.isComplete).toBe(ids.includes(1) && ids.includes(2));
      }),
      runs(500, 5_000),
    );
  });

  test('a result is held against a step without an exception, and found right only if it has what is expected', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STEPS), anyResult, fc.boolean(), (step, result, details) => {
        const difference = stepDifference(step, result, details);
        expect(difference === undefined || difference.length > 10).toBe(true);
        if (difference !== undefined) return;
        if ('read' in step) expect(BigInt(result.value as string) & 0xffn).toBe(2n);
        if ('memoryRead' in step) expect(result.data).toBe('0100000000000000');
        if ('expect' in step) expect(typeof result.outcome).toBe('string');
      }),
      runs(500, 5_000),
    );
  });

  test('a reply to initialize is read, or a sentence says why it cannot be', () => {
    fc.assert(
      fc.property(anyResult, (result) => {
        const identity = identityOf(result);
        if (typeof identity === 'string') expect(identity.length).toBeGreaterThan(20);
        else expect(identity.unit.capabilities).toMatch(/^0x[0-9a-f]+$/);
      }),
      runs(500, 5_000),
    );
  });

  test('without details what is left out is not held against a target, and UR may stand for CA', () => {
    const step = (expected: JsonObject): VectorStep => ({ request: {}, expect: expected });
    const blocked = step({ outcome: 'CA', fault: { condition: 'LCT.5', recorded: true } });
    expect(stepDifference(blocked, { outcome: 'UR' }, false)).toBeUndefined();
    expect(stepDifference(blocked, { outcome: 'UR' }, true)).toContain('outcome is "UR", expected "CA"');
    expect(stepDifference(blocked, { outcome: 'completed' }, false)).toContain('expected "CA"');
    expect(stepDifference(blocked, { outcome: 'UR', fault: { condition: 'LCT.2' } }, false)).toContain('LCT.2');
    const passed = step({ outcome: 'completed', address: '0x1000', pageSize: 4096, snoop: true });
    expect(stepDifference(passed, { outcome: 'completed', address: '0x1000' }, false)).toBeUndefined();
    expect(stepDifference(passed, { outcome: 'completed' }, false)).toContain('address is missing');
    expect(stepDifference(passed, { outcome: 'completed', address: '0x1000', snoop: false }, false)).toContain('snoop');
  });
});
