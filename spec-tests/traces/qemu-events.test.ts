import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/images/input-error.ts';
import { traceOfQemuEvents } from '../../src/traces/qemu-events.ts';
import { replayTrace } from '../../src/traces/replay-trace.ts';
import { readTraceLines } from '../../src/traces/trace-lines.ts';
import { RECORDINGS } from '../adapters/recording.ts';

const convert = (...events: readonly string[]) => traceOfQemuEvents(events.join('\n'), 'log');
const UNIT = 'unit version=0x10 haw=48 cap=0xd2008c222f0606 ecap=0xf00f4a';
const replay = (...events: readonly string[]) =>
  replayTrace(readTraceLines([UNIT, ...convert(...events).lines].join('\n'), 'log'), 'log');

/** IRTA_REG, SIRTP and IRE as QEMU tells of them; a table of 256 entries at 1001000h. */
const REMAPPING = [
  'vtd_reg_write addr 0xb8 size 0x8 value 0x1001007',
  'vtd_reg_write addr 0x18 size 0x4 value 0x1000000',
  'vtd_reg_ir_root addr 0x1001000 size 0x100',
  'vtd_reg_write addr 0x18 size 0x4 value 0x2000000',
  'vtd_ir_enable enable 1',
] as const;
const QUEUE = [
  'vtd_reg_write addr 0x90 size 0x8 value 0x1002000',
  'vtd_reg_write addr 0x18 size 0x4 value 0x6000000',
  'vtd_inv_qi_setup addr 0x1002000 size 256',
] as const;
/** A request by entry 3 with vector 35h or 36h; the entry has SVT=0. */
const interrupt = (vector: '35' | '36', became = vector) => [
  'vtd_ir_remap_msi_req addr 0xfee00070 data 0x0',
  `vtd_ir_irte_get index 3 low 0x0 high 0x${vector}0001`,
  `vtd_ir_remap index 3 trigger 0 vector 53 deliver 0 dest 0x0 mode 0`,
  `vtd_ir_remap_msi (addr 0xfee00070, data 0x0) -> (addr 0xfee00000, data 0x40${became})`,
];
/** iec_inv of index 3 (§6.5.2.7) in place 0 of the queue. */
const INVALIDATE = [
  'vtd_reg_write addr 0x88 size 0x8 value 0x10',
  'vtd_inv_qi_tail write tail 1',
  'vtd_inv_qi_head read head 0',
  'vtd_inv_desc invalidate desc type iec high 0x0 low 0x300000014',
];

describe("QEMU's trace events as a trace", () => {
  test('register writes, and an entry as it was read behind the write that made its table known', () => {
    expect(convert(...REMAPPING, ...interrupt('35')).lines).toEqual([
      'writeq 0xfed900b8 0x1001007',
      'writel 0xfed90018 0x1000000',
      'write 0x1001030 16 0x01003500000000000000000000000000',
      'writel 0xfed90018 0x2000000',
      'interrupt 00:00.0 0xfee00070 0x0 = delivered 0xfee00000 0x4035',
    ]);
  });

  test('descriptors stand before the write of the tail, and an entry that changed behind its last use', () => {
    const { lines } = convert(...REMAPPING, ...QUEUE, ...interrupt('35'), ...INVALIDATE, ...interrupt('36'));
    expect(lines.slice(-5)).toEqual([
      'interrupt 00:00.0 0xfee00070 0x0 = delivered 0xfee00000 0x4035',
      'write 0x1001030 16 0x01003600000000000000000000000000',
      'write 0x1002000 16 0x14000000030000000000000000000000',
      'writeq 0xfed90088 0x10',
      'interrupt 00:00.0 0xfee00070 0x0 = delivered 0xfee00000 0x4036',
    ]);
  });

  test('descriptors of 256 bits stand 32 bytes apart', () => {
    const { lines } = convert(
      'vtd_reg_write addr 0x90 size 0x8 value 0x1002800',
      'vtd_inv_qi_setup addr 0x1002000 size 128',
      'vtd_reg_write addr 0x88 size 0x8 value 0x40',
      'vtd_inv_qi_head read head 1',
      'vtd_inv_desc invalidate desc type wait high 0x3000000 low 0x100000025',
    );
    expect(lines[1]).toBe('write 0x1002020 16 0x25000000010000000000000300000000');
  });

  test('the source of a request is the one that an event names, or the one that the entry lets through', () => {
    const { lines } = convert(
      ...REMAPPING,
      // SVT=01b and SID=28h; then SVT=10b, of the buses 4 to 8.
      'vtd_ir_remap_msi_req addr 0xfee00070 data 0x0',
      'vtd_ir_irte_get index 3 low 0x40028 high 0x350001',
      'vtd_ir_remap_msi (addr 0xfee00070, data 0x0) -> (addr 0xfee00000, data 0x4035)',
      'vtd_ir_remap_msi_req addr 0xfee00090 data 0x0',
      'vtd_ir_irte_get index 4 low 0x80408 high 0x350001',
      'vtd_ir_remap_msi (addr 0xfee00090, data 0x0) -> (addr 0xfee00000, data 0x4035)',
      'vtd_ir_remap_msi_req addr 0xfee000b0 data 0x0',
      'vtd_ir_irte_get index 5 low 0x0 high 0x350001',
      'vtd_warn_ir_vector sid 0x100 index 5 vec 0 (should be: 53)',
      'vtd_ir_remap_msi (addr 0xfee000b0, data 0x0) -> (addr 0xfee00000, data 0x4035)',
    );
    expect(lines.filter((line) => line.startsWith('interrupt')).map((line) => line.split(' ')[1])).toEqual([
      '00:05.0',
      '04:00.0',
      '01:00.0',
    ]);
  });

  test('a fault record that follows a request is its answer: the reason and the source-id', () => {
    const { lines } = convert(
      ...REMAPPING,
      'vtd_ir_remap_msi_req addr 0xfee00090 data 0x0',
      'vtd_frr_new index 0 high 0x2600000100 low 0x4000000000000',
    );
    expect(lines.at(-1)).toBe('interrupt 01:00.0 0xfee00090 0x0 = UR 26h');
  });

  test('a destination of 32 bits', () => {
    const { lines } = convert(
      ...REMAPPING,
      'vtd_ir_remap_msi_req addr 0xfee00070 data 0x0',
      'vtd_ir_remap_msi (addr 0xfee00070, data 0x0) -> (addr 0x12345600fee78000, data 0xc031)',
    );
    // 12345678h
    expect(lines.at(-1)).toBe('interrupt 00:00.0 0xfee00070 0x0 = delivered 0xfee78000 0xc031 destination=305419896');
  });

  test('what no event can be judged by stands in comments', () => {
    const { lines, dma, unanswered } = convert(
      'vtd_reg_write addr 0x20 size 0x8 value 0x1000',
      '4242@1700000000.000001:vtd_dmar_translate dev 00:05.00 iova 0x12345000 -> gpa 0x2000000 mask 0xfff',
      'vtd_dmar_fault sid 0x28 fault 5 addr 0x12345004 write 1',
      'vtd_ir_remap_msi_req addr 0xfee00070 data 0x0',
    );
    expect({ dma, unanswered }).toEqual({ dma: 2, unanswered: 1 });
    expect(lines.slice(1)).toEqual([
      '# dma 00:05.0 read-or-write 0x12345000 = completed 0x2000000',
      '# dma 00:05.0 write 0x12345004 = UR, fault reason 0x5',
      '# interrupt 00:00.0 0xfee00070 0x0',
    ]);
  });

  test('an interrupt by a table that no event places stands in a comment', () => {
    const { lines, unanswered } = convert('vtd_reg_write addr 0x34 size 0x4 value 0x0', ...interrupt('35'));
    expect(unanswered).toBe(1);
    expect(lines.at(-1)).toBe('# interrupt 00:00.0 0xfee00070 0x0');
  });

  test('a log without register writes is refused', () => {
    expect(() => convert('vtd_ir_enable enable 1')).toThrow(InputError);
    expect(() => convert('')).toThrow(/^expected trace events with vtd_reg_write in log, there are none: /);
  });
});

describe("QEMU's trace events, replayed", () => {
  test('an entry that changed with an invalidation in between is right, without one the invalidation is missing', () => {
    const right = replay(...REMAPPING, ...QUEUE, ...interrupt('35'), ...INVALIDATE, ...interrupt('36'));
    expect(right).toMatchObject({ fresh: 2, stale: [], forbidden: [], findings: [] });
    const wrong = replay(...REMAPPING, ...QUEUE, ...interrupt('35'), ...interrupt('36'));
    expect(wrong).toMatchObject({ fresh: 2, stale: [], forbidden: [] });
    expect(wrong.findings).toMatchObject([{ kind: 'stale-interrupt', remedy: ['iec_inv index IIDX=0x3 IM=0'] }]);
  });

  test('a message that the entry does not give is forbidden', () => {
    const { forbidden } = replay(...REMAPPING, ...interrupt('35', '36'));
    expect(forbidden).toMatchObject([{ allowed: ['delivered 0x00000000fee00000 0x0000000000004035'] }]);
  });

  test('any lines are converted to a trace that can be read, or refused', () => {
    const known = RECORDINGS.flatMap(({ steps }) =>
      steps.flatMap((step) => ('observed' in step ? ((step.observed as { trace?: string[] }).trace ?? []) : [])),
    );
    const line = fc.oneof(
      fc.constantFrom(...REMAPPING, ...QUEUE, ...INVALIDATE, ...interrupt('35'), ...known),
      fc.string({ maxLength: 20 }),
      fc
        .tuple(fc.constantFrom('vtd_reg_write addr', 'vtd_ir_irte_get index', 'vtd_inv_desc'), fc.string())
        .map((two) => two.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        replayOrRefuse(() => readTraceLines(convert(...REMAPPING, ...lines).lines.join('\n'), 'log'));
      }),
    );
  });
});

function replayOrRefuse(read: () => ReturnType<typeof readTraceLines>): void {
  const events = read();
  try {
    replayTrace(events, 'log');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
  }
}
