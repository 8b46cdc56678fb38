import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/images/input-error.ts';
import { membersText } from '../../src/oracle/text-replies.ts';
import { PRESETS } from '../../src/platform/presets.ts';
import { traceOfRecording } from '../../src/traces/recording.ts';
import { replayTrace } from '../../src/traces/replay-trace.ts';
import { readTraceLines } from '../../src/traces/trace-lines.ts';
import { KNOWN } from '../adapters/known-departures.ts';
import { RECORDINGS, type Recording } from '../adapters/recording.ts';

const linesOf = (recording: unknown) => traceOfRecording(recording, 'r.json').lines;

function replayed(recording: Recording) {
  const { unit, lines } = traceOfRecording(recording, recording.name);
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  const parameters = { version: '0x10', haw: unit.hostAddressWidth, cap: hex(unit.cap), ecap: hex(unit.ecap) };
  const text = [`unit${membersText({ ...parameters, ...PRESETS['qemu-7.2'].choices })}`, ...lines].join('\n');
  return replayTrace(readTraceLines(text, recording.name), recording.name);
}

/** It asks for addresses where the machine has no memory, which a trace has to poison. */
const BEYOND_MEMORY = 'fault-07-pte-access';
/** First-stage tables that QEMU reads without snooping, which its capabilities do not announce. */
const UNSNOOPED = (name: string) => KNOWN[name]?.snoopedBy !== undefined;

const UNIT = { cap: '0', ecap: '0', iommu: 'aw-bits=48' };

describe('Recorded scenarios as traces', () => {
  const plain = RECORDINGS.filter(({ name }) => !UNSNOOPED(name) && name !== BEYOND_MEMORY);

  test.each(plain.filter(({ name }) => KNOWN[name]?.departs === undefined))(
    '$name: nothing that was observed is forbidden or differs',
    (recording) => {
      const { fresh, stale, same, forbidden, different } = replayed(recording);
      expect({ forbidden, different }).toEqual({ forbidden: [], different: [] });
      expect(fresh + stale.length + same).toBeGreaterThan(0);
    },
  );

  test.each(plain.filter(({ name }) => KNOWN[name]?.departs !== undefined))(
    '$name: where QEMU is known to depart, something is said',
    (recording) => {
      const { stale, forbidden, different } = replayed(recording);
      expect(stale.length + forbidden.length + different.length).toBeGreaterThan(0);
    },
  );

  test('an entry that was changed without an invalidation is what the software did wrong in ir-iec', () => {
    const { findings } = replayed(RECORDINGS.find(({ name }) => name === 'ir-iec')!);
    expect(findings).toMatchObject([{ kind: 'stale-interrupt', remedy: ['iec_inv index IIDX=0x3 IM=0'] }]);
  });

  test('each step by hand', () => {
    const faults = { fsts: '0x2', frcd: [{ lo: '0x3000', hi: '0x8000000500000028' }] };
    const clear = { fsts: '0x0', frcd: [{ lo: '0x0', hi: '0x0' }] };
    const CLEAR = ['readl 0xfed90034 = 0x0', 'readq 0xfed90220 = 0x0', 'readq 0xfed90228 = 0x0'];
    expect(
      linesOf({
        cap: '0x1',
        ecap: '0x2',
        iommu: 'aw-bits=48',
        devices: { edu0: { sid: '0x28' }, edu1: { sid: '0x30' } },
        steps: [
          { op: 'note', text: 'one\nline' },
          { op: 'mem_write', addr: '0x1000', data: '0A1B' },
          { op: 'mem_read', addr: '0x1000', observed: { data: '0a1b' } },
          { op: 'sentinel', addr: '0x2000000', size: '0x8' },
          { op: 'reg_write', offset: '0x18', size: 4, value: '0x80000000' },
          { op: 'reg_read', offset: '0x20', size: 8, observed: { value: '0x1000' } },
          {
            op: 'dma',
            device: 'edu1',
            sid: '0x30',
            dir: 'write',
            iova: '0x5008',
            size: 4,
            observed: { moved: true, pa: ['0x7008'], ...clear },
          },
          {
            op: 'dma',
            device: 'edu1',
            sid: '0x30',
            dir: 'write',
            iova: '0x3000',
            size: 16,
            observed: { moved: false, ...faults },
          },
          {
            op: 'dma',
            device: 'edu0',
            sid: '0x218',
            dir: 'read',
            iova: '0x3000',
            size: 8,
            observed: { moved: null, ...clear },
          },
          { op: 'msi', sid: '0x28', address: '0xfee00070', data: '0x1', observed: { out: null, fsts: '0x0' } },
          {
            op: 'msi',
            sid: '0x28',
            address: '0xfee00070',
            data: '0x1',
            observed: { out: { address: '0xfee01000', data: '0x4035' }, fsts: '0x0' },
          },
          {
            op: 'itd',
            sid: '0x38',
            iova: '0x10',
            size: 4,
            expect_pa: '0x2010',
            observed: { result: '0x0', fsts: '0x0' },
          },
          {
            op: 'itd',
            sid: '0x38',
            iova: '0x10',
            size: 4,
            expect_pa: '0x2010',
            observed: { result: '0xdead0002', fsts: '0x0' },
          },
        ],
      }),
    ).toEqual([
      '# one line',
      'write 0x1000 2 0x0a1b',
      'read 0x1000 2 = 0x0a1b',
      // 2000000h >> 2 is 800000h, 2000004h >> 2 is 800001h.
      'write 0x2000000 8 0x0000808001008080',
      'writel 0xfed90018 0x80000000',
      'readq 0xfed90020 = 0x1000',
      'dma 00:06.0 write 0x5008 length=4 = completed 0x7008',
      'write 0x7008 4 0xed010000',
      ...CLEAR,
      'dma 00:06.0 write 0x3000 length=16 = UR',
      'readl 0xfed90034 = 0x2',
      'readq 0xfed90220 = 0x3000',
      'readq 0xfed90228 = 0x8000000500000028',
      'dma 02:00.0 read 0x3000 length=8',
      ...CLEAR,
      'interrupt 00:05.0 0xfee00070 0x1 = UR',
      'readl 0xfed90034 = 0x0',
      'interrupt 00:05.0 0xfee00070 0x1 = delivered 0xfee01000 0x4035',
      'readl 0xfed90034 = 0x0',
      'dma 00:07.0 write 0x10 length=4 = completed 0x2010',
      'readl 0xfed90034 = 0x0',
      'dma 00:07.0 write 0x10 length=4 = UR',
      'readl 0xfed90034 = 0x0',
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', 5, /^expected an object at r\.json, got a number$/],
    ['no cap', {}, /^expected a string at "cap" of r\.json, got nothing$/],
    ['no width', { cap: '0', ecap: '0' }, /^expected aw-bits=48 or the like in "iommu" of r\.json$/],
    ['no steps', { ...UNIT }, /^expected an array at "steps" of r\.json, got nothing$/],
    ['a step that is none', { ...UNIT, steps: [{ op: 'x' }] }, /^"op" of step 1 of r\.json is a step of .*, got "x"$/],
    [
      'an odd size',
      { ...UNIT, steps: [{ op: 'sentinel', addr: '0', size: '6' }] },
      /^"size" of step 1 .* multiple of 4/,
    ],
  ])('%s is told in one sentence', (_, json, sentence) => {
    expect(() => linesOf(json)).toThrow(InputError);
    expect(() => linesOf(json)).toThrow(sentence);
  });

  test('any recording with something else in it is taken or refused with one sentence', () => {
    const [recording] = RECORDINGS;
    const step = fc.record(
      {
        op: fc.constantFrom(
          'mem_write',
          'mem_read',
          'sentinel',
          'reg_write',
          'reg_read',
          'dma',
          'itd',
          'msi',
          'note',
          'x',
        ),
        addr: fc.oneof(fc.constant('0x1000'), fc.jsonValue()),
        data: fc.oneof(fc.constant('0a'), fc.jsonValue()),
        size: fc.oneof(fc.constant(8), fc.jsonValue()),
        observed: fc.oneof(fc.record({ moved: fc.boolean(), fsts: fc.constant('0x0') }), fc.jsonValue()),
        sid: fc.oneof(fc.constant('0x28'), fc.jsonValue()),
        dir: fc.constantFrom('read', 'write', 'x'),
        iova: fc.constant('0x0'),
        device: fc.constant('edu0'),
      },
      { requiredKeys: ['op'] },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
        try {
          linesOf({ ...recording, steps });
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});
