import fc from 'fast-check';
import type { InterruptHistory, InterruptOperation } from './interrupt-history.ts';
import { chance } from './random-irte.ts';

/** Two tables of 8 entries and two descriptors; requests use entries 2, 3 and 6. */
const TABLES = [0x10_0000n, 0x11_0000n] as const;
const DESCRIPTORS = [0x2_0000n, 0x2_0040n] as const;
const INDEXES = [2, 3, 6] as const;
const SOURCES = [0x0100, 0x0101] as const;

interface Kind {
  readonly eime: boolean;
  /** RWBF: some writes are not seen at once. */
  readonly buffered: boolean;
}

/** Histories of one table, its invalidations and its interrupts, about 25 operations behind the setup. */
export const interruptHistory = (): fc.Arbitrary<InterruptHistory> =>
  fc
    .record({ cm: chance(3), buffered: chance(4), esirtps: fc.boolean(), eime: fc.boolean() })
    .chain(({ cm, buffered, esirtps, eime }) =>
      fc.array(operations({ eime, buffered }), { minLength: 10, maxLength: 24 }).map((drawn) => ({
        unit: unitOf({ cm, buffered, esirtps }),
        operations: [...setup(eime), ...drawn.flat()],
      })),
    );

/** CAP_REG and ECAP_REG by the document's bit numbers (11.4.2, 11.4.3); MHMV=2. */
function unitOf(has: { cm: boolean; buffered: boolean; esirtps: boolean }): InterruptHistory['unit'] {
  const capabilities =
    6n |
    (has.buffered ? 1n << 4n : 0n) |
    (has.cm ? 1n << 7n : 0n) |
    (6n << 8n) | // SAGAW: 39 and 48 bits
    (47n << 16n) |
    (0x22n << 24n) | // FRO
    (3n << 34n) |
    (1n << 39n) |
    (18n << 48n) |
    (3n << 54n) | // DWD, DRD
    (1n << 59n) | // PI
    (has.esirtps ? 1n << 62n : 0n);
  // C, QI, DT, IR, EIM, PT, IRO=F0h, MHMV=2, SSTS
  return { version: 0x70, hostAddressWidth: 46, capabilities, extendedCapabilities: 0x20_f05fn | (1n << 46n) };
}

const tableOf = (base: bigint, eime: boolean): bigint => base | (eime ? 1n << 11n : 0n) | 2n;
const control = (eime: boolean): bigint => (0xf2n << 16n) | ((eime ? 0x20n : 0x2000n) << 32n);

function setup(eime: boolean): InterruptOperation[] {
  return [
    ...TABLES.flatMap((base, i) => INDEXES.map((index) => write(base, index, remapped(eime, BigInt(i + 1)), true))),
    ...DESCRIPTORS.map((at) => cleared(eime, at)),
    { kind: 'table', irta: tableOf(TABLES[0], eime) },
    { kind: 'remapping', on: true },
  ];
}

function write(base: bigint, index: number, entry: bigint, visible: boolean): InterruptOperation {
  const qwords = [BigInt.asUintN(64, entry), entry >> 64n];
  return { kind: 'write', address: base + BigInt(16 * index), qwords, visible };
}

/** Fixed, edge, vector 31h. */
const remapped = (eime: boolean, processor: bigint): bigint => 1n | (0x31n << 16n) | (processor << (eime ? 32n : 40n));

/** What a receiver does: ON and PIR are 0 again. */
const cleared = (eime: boolean, at: bigint): InterruptOperation => ({
  kind: 'write',
  address: at,
  qwords: [0n, 0n, 0n, 0n, control(eime), 0n, 0n, 0n],
  visible: true,
});

/** A good entry of either format, one that is absent or broken, with or without FPD, for one source or all. */
function entries(eime: boolean): fc.Arbitrary<bigint> {
  const good = fc.oneof(
    fc.constantFrom(4n, 5n, 6n).map((processor) => remapped(eime, processor)),
    fc
      .record({ descriptor: fc.constantFrom(...DESCRIPTORS), vector: fc.constantFrom(0x50n, 0x90n) })
      .map(({ descriptor, vector }) => (descriptor << 32n) | (vector << 16n) | 0x8001n),
  );
  const form = fc.constantFrom(...Array<string>(6).fill('usual'), 'absent', 'reserved');
  const source = fc.constantFrom(undefined, undefined, ...SOURCES);
  return fc.record({ good, form, source, fpd: chance(5) }).map((drawn) => {
    const sid = drawn.source === undefined ? 0n : (1n << 82n) | (BigInt(drawn.source) << 64n);
    const entry = drawn.good | sid | (drawn.fpd ? 2n : 0n);
    if (drawn.form === 'absent') return entry & ~1n;
    return drawn.form === 'reserved' ? entry | (1n << 100n) : entry;
  });
}

/** One step of a history: mostly one operation. */
function operations({ eime, buffered }: Kind): fc.Arbitrary<InterruptOperation[]> {
  const index = fc.constantFrom(2, 2, 2, ...INDEXES);
  const ask = fc
    .record({ index, source: fc.constantFrom(...SOURCES) })
    .map(({ index: i, source }): InterruptOperation => {
      return { kind: 'interrupt', source, address: 0xfee0_0010n | (BigInt(i) << 5n), data: 0n };
    });
  const change = fc
    .record({
      base: fc.constantFrom(TABLES[0], TABLES[0], TABLES[0], TABLES[1]),
      index,
      entry: entries(eime),
      visible: buffered ? fc.boolean() : fc.constant(true),
    })
    .map((drawn) => write(drawn.base, drawn.index, drawn.entry, drawn.visible));
  const clear = fc.constantFrom(...DESCRIPTORS).map((at) => cleared(eime, at));
  const command = fc
    .oneof(
      { weight: 1, arbitrary: fc.constant({ granularity: 'global' } as const) },
      {
        weight: 3,
        arbitrary: fc
          .record({ index: fc.constantFrom(0, 1, 2, 3, 6, 7), mask: fc.constantFrom(0, 0, 1, 2) })
          .map((drawn) => ({ granularity: 'index', ...drawn }) as const),
      },
    )
    .map((drawn): InterruptOperation => ({ kind: 'invalidation', command: drawn }));
  const table = fc
    .constantFrom(...TABLES)
    .map((base): InterruptOperation => ({ kind: 'table', irta: tableOf(base, eime) }));
  const one = (arbitrary: fc.Arbitrary<InterruptOperation>) => arbitrary.map((operation) => [operation]);
  const wait: InterruptOperation = { kind: 'wait' };
  return fc.oneof(
    { weight: 24, arbitrary: one(ask) },
    { weight: 20, arbitrary: one(change) },
    { weight: 16, arbitrary: fc.tuple(ask, change, ask) },
    { weight: 6, arbitrary: one(clear) },
    { weight: 6, arbitrary: one(command) },
    { weight: 10, arbitrary: fc.array(command, { minLength: 1, maxLength: 2 }).map((all) => [...all, wait]) },
    { weight: 4, arbitrary: fc.constant<InterruptOperation[]>([wait]) },
    { weight: 3, arbitrary: one(table) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(ask, table)
        .map(([asked, other]): InterruptOperation[] => [
          { kind: 'remapping', on: false },
          asked,
          other,
          { kind: 'remapping', on: true },
        ]),
    },
    {
      weight: 1,
      arbitrary: fc.boolean().map((on): InterruptOperation[] => [
        { kind: 'compatibility', on },
        { kind: 'interrupt', source: SOURCES[0], address: 0xfee0_3000n, data: 0x41n },
      ]),
    },
    { weight: buffered ? 3 : 0, arbitrary: fc.constant<InterruptOperation[]>([{ kind: 'flush' }]) },
  );
}
