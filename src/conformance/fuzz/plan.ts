import fc from 'fast-check';

/** What a device is given, of legacy or scalable mode: numbers that the tables are made from. */
export interface Path {
  /** Which of {@link SOURCES}, of {@link ADDRESSES}, of {@link PASIDS}. */
  readonly source: number;
  readonly address: number;
  readonly pasid: number;
  readonly domain: number;
  /** Which of the widths that the unit has. */
  readonly width: number;
  /** TT, or PGTT. */
  readonly type: number;
  readonly faultProcessingDisabled: boolean;
  /** The level of the leaf: 1 for 4 KB, 2 for 2 MB, 3 for 1 GB. */
  readonly leaf: number;
  /** R and W of the leaf, turned round: 0 is both. */
  readonly withheld: number;
  readonly snoop: boolean;
  /** SRE and WPE of the PASID-table entry, U/S of the first stage. */
  readonly flags: number;
  /** Bits that are not as they were meant, each in one of the entries on the way. */
  readonly spoilt: readonly Spoilt[];
}

export interface Spoilt {
  readonly entry: number;
  readonly bit: number;
}

/** An entry of the interrupt remapping table. */
export interface InterruptEntry {
  readonly source: number;
  readonly validation: number;
  readonly qualifier: number;
  readonly modes: number;
  readonly delivery: number;
  readonly vector: number;
  readonly destination: number;
  readonly faultProcessingDisabled: boolean;
  readonly spoilt: readonly number[];
}

/** Something that happens once the tables are there. Indices count modulo what there is. */
export type Act =
  | {
      readonly kind: 'request';
      readonly path: number;
      readonly offset: number;
      readonly length: number;
      readonly access: 'read' | 'write' | 'atomic';
      readonly type: 'untranslated' | 'translation' | 'translated';
      readonly otherPasid: boolean;
      readonly privileged: boolean;
      readonly execute: boolean;
      readonly noSnoop: boolean;
      readonly noWrite: boolean;
      readonly zeroLength: boolean;
    }
  | {
      readonly kind: 'change';
      readonly path: number;
      readonly entry: number;
      readonly how: 'absent' | 'rights' | 'target' | 'bit';
      readonly bit: number;
    }
  | {
      readonly kind: 'invalidate';
      readonly cache: 'context' | 'pasid' | 'iotlb' | 'pasidIotlb';
      readonly granularity: number;
      readonly path: number;
      readonly otherDomain: boolean;
      readonly mask: number;
      readonly hint: boolean;
    }
  | {
      readonly kind: 'interrupt';
      readonly entry: number;
      readonly source: number;
      readonly format: 'remappable' | 'subhandle' | 'compatibility';
      readonly data: number;
    }
  | { readonly kind: 'changeInterrupt'; readonly entry: number; readonly bit: number }
  | { readonly kind: 'invalidateInterrupt'; readonly entry: number; readonly global: boolean; readonly mask: number };

/** A case before it is a vector: small numbers, which can be made smaller. What they mean depends on the target. */
export interface Plan {
  /** Capabilities that the unit is to lack, by their place in a list. */
  readonly lacks: readonly number[];
  readonly hostAddressWidth: number;
  readonly scalable: boolean;
  readonly extendedInterrupts: boolean;
  readonly paths: readonly Path[];
  readonly entries: readonly InterruptEntry[];
  readonly acts: readonly Act[];
}

/** Requesters: two functions of one device, others of which bits 7 and 2 of the source-id are set. */
export const SOURCES: readonly number[] = [0x0100, 0x0104, 0x0107, 0x02f8, 0x00fa];

/** They share tables, and are at the ends of what some width reaches. */
export const ADDRESSES: readonly bigint[] = [
  0x1000n,
  0x2000n,
  0x20_1000n,
  0x4000_1000n,
  0x7f_ffff_f000n,
  0x80_0000_1000n,
  0xffff_ffff_f000n,
  0x1_0000_0000_0000n,
  0xfee0_0000n,
  0xffff_8000_0000_0000n,
];

/** The first is for requests without PASID, where RID_PASID is 0. */
export const PASIDS: readonly number[] = [0, 1, 0x41, 0x1fff];

const below = (limit: number) => fc.nat(limit - 1);

/** True once in `n`; it shrinks to false. */
const oneIn = (n: number) => below(n).map((drawn) => drawn === n - 1);

/** The first most of the time; it shrinks to it. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.constantFrom<T>(...others.map(() => usual), usual, ...others);

const rarely = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  oneIn(8).chain((some) => (some ? fc.array(one, { maxLength: 2, size: 'max' }) : fc.constant([])));

const path: fc.Arbitrary<Path> = fc.record({
  source: mostly(0, 1, 2, 3, 4),
  address: mostly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  pasid: below(PASIDS.length),
  domain: below(2),
  width: below(3),
  type: fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 6),
  faultProcessingDisabled: oneIn(8),
  leaf: fc.constantFrom(1, 1, 1, 2, 3, 4),
  withheld: fc.constantFrom(0, 0, 0, 1, 2, 3),
  snoop: oneIn(3),
  flags: below(16),
  spoilt: rarely(fc.record({ entry: below(12), bit: below(128) })),
});

const interruptEntry: fc.Arbitrary<InterruptEntry> = fc.record({
  source: mostly(0, 1, 2),
  validation: fc.constantFrom(0, 0, 1, 1, 2, 3),
  qualifier: below(4),
  modes: below(8),
  delivery: mostly(0, 1, 2, 4, 5, 7, 3, 6),
  vector: fc.integer({ min: 0x10, max: 0xfe }),
  destination: below(256),
  faultProcessingDisabled: oneIn(6),
  spoilt: rarely(below(128)),
});

const flag = oneIn(4);

const request: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('request' as const),
  path: below(4),
  offset: mostly(0, 0x123, 0xff8),
  length: fc.constantFrom(4, 4, 1, 8, 64),
  access: fc.constantFrom('read', 'read', 'write', 'write', 'atomic'),
  type: mostly('untranslated', 'translation', 'translated'),
  otherPasid: oneIn(8),
  privileged: flag,
  execute: oneIn(8),
  noSnoop: flag,
  noWrite: flag,
  zeroLength: oneIn(8),
});

const change: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('change' as const),
  path: below(4),
  entry: below(12),
  how: fc.constantFrom('absent', 'rights', 'target', 'bit'),
  bit: below(64),
});

const invalidate: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('invalidate' as const),
  cache: fc.constantFrom('iotlb', 'iotlb', 'context', 'pasid', 'pasidIotlb'),
  granularity: below(3),
  path: below(4),
  otherDomain: oneIn(6),
  mask: fc.constantFrom(0, 0, 1, 9, 18),
  hint: flag,
});

const interrupt: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('interrupt' as const),
  entry: below(4),
  source: mostly(0, 1, 2),
  format: mostly<'remappable' | 'subhandle' | 'compatibility'>('remappable', 'subhandle', 'compatibility'),
  data: fc.constantFrom(0, 0, 1, 2, 0x30, 0x1_0000),
});

const changeInterrupt: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('changeInterrupt' as const),
  entry: below(4),
  bit: fc.constantFrom(0, 16, 17, 40, 64, 82),
});

const invalidateInterrupt: fc.Arbitrary<Act> = fc.record({
  kind: fc.constant('invalidateInterrupt' as const),
  entry: below(4),
  global: fc.boolean(),
  mask: fc.constantFrom(0, 0, 1, 2),
});

/** Plans whose chances are what they say: without the preference for small numbers that fast-check has. */
export const plans: fc.Arbitrary<Plan> = fc.noBias(
  fc.record({
    lacks: fc.array(below(64), { maxLength: 6, size: 'max' }),
    hostAddressWidth: below(4),
    scalable: fc.boolean(),
    extendedInterrupts: fc.boolean(),
    paths: fc.array(path, { minLength: 1, maxLength: 4, size: 'max' }),
    entries: fc.array(interruptEntry, { minLength: 1, maxLength: 4, size: 'max' }),
    acts: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: request },
        { weight: 2, arbitrary: change },
        { weight: 2, arbitrary: invalidate },
        { weight: 2, arbitrary: interrupt },
        { weight: 1, arbitrary: changeInterrupt },
        { weight: 1, arbitrary: invalidateInterrupt },
      ),
      { minLength: 1, maxLength: 12, size: 'max' },
    ),
  }),
);
