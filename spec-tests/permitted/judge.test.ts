import { describe, expect, test } from 'vitest';
import {
  type Finding,
  type ObservedAnswer,
  observedAs,
  type RemappingUnit,
  type StaleAnswer,
  type Verdict,
} from '../../src/index.ts';
import {
  A,
  AT,
  CM,
  contextEntry,
  device,
  domain,
  FS,
  page,
  pasidEntries,
  pasidOf,
  pasidPage,
  RW,
  RWBF,
  SS,
  V,
  type WithoutVia,
  X,
  Y,
  Z,
} from '../oracle/allowed-bench.ts';
import type { Command } from '../oracle/index.ts';
import { type Asked, JudgeBench, request } from './judge-bench.ts';

/** Level 4 is the top; the entries for X. */
const tableAt = (top: bigint, level: number): bigint => top + BigInt(4 - level) * 0x1000n;
const SECOND_TOP = AT.second;
const SECOND_DIRECTORY = tableAt(AT.second, 2);
const SECOND_LEAF = tableAt(AT.second, 1) + 8n;
const FIRST_LEAF = tableAt(AT.first, 1) + 8n;
const OTHER_LEAVES = tableAt(AT.otherSecond, 1);

const LARGE = 0x80n | RW;
const RESERVED = 1n << 50n;

const UR: ObservedAnswer = { outcome: 'UR' };
const to = (address: bigint, size = 4096): ObservedAnswer => ({ outcome: 'completed', address, size });

type Commands = readonly WithoutVia<Command>[];

/** One of the worked sets of 6.A: an entry was used, then changed, and perhaps something was invalidated. */
interface Worked {
  readonly says: string;
  /** PGTT in scalable mode. */
  readonly mode: 'legacy' | 'first stage' | 'second stage' | 'nested';
  readonly cachingMode?: boolean;
  readonly asked?: Asked;
  readonly prepare?: (bench: JudgeBench) => void;
  readonly change: (bench: JudgeBench) => void;
  /** With one wait behind them. */
  readonly commands?: Commands;
  /** In place of `commands`, with requests between them. */
  readonly afterwards?: (bench: JudgeBench) => void;
  readonly old: ObservedAnswer;
  readonly oldIs: 'stale' | 'forbidden';
  readonly fresh: ObservedAnswer;
}

const PGTT = { 'first stage': 1n, 'second stage': 2n, nested: 3n } as const;
const WITH_PASID = { address: X, pasid: 1 };

const moveSecondLeaf = (bench: JudgeBench) => bench.write(SECOND_LEAF, 0x1d000n | RW);
const moveScalableLeaf = (bench: JudgeBench) => bench.write(SECOND_LEAF, 0x1d000n | SS);
const moveFirstLeaf = (bench: JudgeBench) => bench.write(FIRST_LEAF, 0x5d000n | FS);
const moveGuestPage = (bench: JudgeBench) => bench.setGuestPage(0x4a000n, 0xcc000n);
const moveTable = (bench: JudgeBench) => bench.write(SECOND_DIRECTORY, OTHER_LEAVES | RW);
const moveContext = (bench: JudgeBench) => bench.setContext(A, AT.otherSecond, 8n);
const movePasid = (bench: JudgeBench) => bench.setPasid(1n, 1n, 7n, AT.otherFirst);
const clearLeaf = (bench: JudgeBench) => bench.write(SECOND_LEAF, 0n);
const largeLeaf = (bench: JudgeBench) => bench.write(SECOND_DIRECTORY, 0x4000_0000n | LARGE);
const moveLarge = (bench: JudgeBench) => bench.write(SECOND_DIRECTORY, 0x8000_0000n | LARGE);

const secondLeaf = { mode: 'legacy', change: moveSecondLeaf, old: to(0xa000n), fresh: to(0x1d000n) } as const;
const firstLeaf = {
  mode: 'first stage',
  asked: WITH_PASID,
  change: moveFirstLeaf,
  old: to(0x4a000n),
  fresh: to(0x5d000n),
} as const;
const guestPage = {
  mode: 'nested',
  asked: WITH_PASID,
  change: moveGuestPage,
  old: to(0xaa000n),
  fresh: to(0xcc000n),
} as const;
const table = { mode: 'legacy', change: moveTable, old: to(0xa000n), fresh: to(0x1a000n) } as const;
const context = { mode: 'legacy', change: moveContext, old: to(0xa000n), fresh: to(0x1a000n) } as const;
const pasid = {
  mode: 'first stage',
  asked: WITH_PASID,
  change: movePasid,
  old: to(0x4a000n),
  fresh: to(0x5a000n),
} as const;
const large = {
  mode: 'legacy',
  prepare: largeLeaf,
  change: moveLarge,
  old: to(0x4000_1000n, 0x20_0000),
  fresh: to(0x8000_1000n, 0x20_0000),
} as const;
const absent = { mode: 'legacy', prepare: clearLeaf, change: moveSecondLeaf, old: UR, fresh: to(0x1d000n) } as const;
const broken = {
  ...absent,
  prepare: (bench: JudgeBench) => bench.write(SECOND_LEAF, 0xa000n | RW | RESERVED),
} as const;

const WORKED: readonly Worked[] = [
  { says: 'A1: a second-stage leaf moved', ...secondLeaf, oldIs: 'stale' },
  { says: 'A1: a first-stage leaf moved', ...firstLeaf, oldIs: 'stale' },
  { says: 'A2: a leaf became absent', ...secondLeaf, change: clearLeaf, fresh: UR, oldIs: 'stale' },
  { says: 'A3: a leaf became present, CM=0', ...absent, oldIs: 'forbidden' },
  { says: 'A4: a leaf became present, CM=1', ...absent, cachingMode: true, oldIs: 'stale' },
  {
    says: 'A5: a first-stage leaf became present, CM=1',
    ...firstLeaf,
    cachingMode: true,
    prepare: (bench) => bench.write(FIRST_LEAF, 0n),
    old: UR,
    oldIs: 'forbidden',
  },
  { says: 'A6: a reserved bit was repaired, CM=0', ...broken, oldIs: 'forbidden' },
  { says: 'A6: a reserved bit was repaired, CM=1', ...broken, cachingMode: true, oldIs: 'stale' },
  {
    says: 'A7: a leaf became writable',
    mode: 'legacy',
    asked: { address: X, access: 'write' },
    prepare: (bench) => {
      bench.write(SECOND_LEAF, 0xa001n);
      bench.ask({ address: X });
    },
    change: (bench) => bench.write(SECOND_LEAF, 0xa000n | RW),
    old: UR,
    oldIs: 'stale',
    fresh: to(0xa000n),
  },
  {
    says: 'A9: a leaf became read-only',
    mode: 'legacy',
    asked: { address: X, access: 'write' },
    change: (bench) => bench.write(SECOND_LEAF, 0xa001n),
    old: to(0xa000n),
    oldIs: 'stale',
    fresh: UR,
  },
  { says: 'A10: the page of the leaf, IH=1', ...secondLeaf, commands: [page(7, X, 0, true)], oldIs: 'forbidden' },
  { says: 'A10: a first-stage page, IH=1', ...firstLeaf, commands: [pasidPage(7, 1, X, 0, true)], oldIs: 'forbidden' },
  { says: 'A10: a page of 2 MB, AM=9', ...large, commands: [page(7, X, 9, true)], oldIs: 'forbidden' },
  { says: 'A11: the wrong domain', ...secondLeaf, commands: [page(8, X)], oldIs: 'stale' },
  { says: 'A11: the wrong PASID', ...firstLeaf, commands: [pasidPage(7, 2, X)], oldIs: 'stale' },
  {
    says: 'A12: a page of a PASID for a second-stage leaf',
    ...secondLeaf,
    mode: 'second stage',
    change: moveScalableLeaf,
    commands: [pasidPage(7, 0, X)],
    oldIs: 'stale',
  },
  {
    says: 'A13: the PASID for a second-stage leaf',
    ...secondLeaf,
    mode: 'second stage',
    asked: WITH_PASID,
    change: moveScalableLeaf,
    commands: [pasidOf(7, 1)],
    oldIs: 'forbidden',
  },
  {
    says: 'A13: the PASID for a second-stage table',
    ...table,
    mode: 'second stage',
    asked: WITH_PASID,
    change: (bench) => bench.write(SECOND_DIRECTORY, OTHER_LEAVES | SS),
    commands: [pasidOf(7, 1)],
    oldIs: 'stale',
  },
  { says: 'A14: any page of the domain', ...firstLeaf, commands: [page(7, V, 0, true)], oldIs: 'forbidden' },
  {
    says: 'A15: the guest page under nested',
    ...guestPage,
    commands: [page(7, 0x4a000n, 0, true)],
    oldIs: 'forbidden',
  },
  { says: 'A16: the page of the PASID under nested', ...guestPage, commands: [pasidPage(7, 1, X)], oldIs: 'forbidden' },
  { says: 'A16: another page of the PASID', ...guestPage, commands: [pasidPage(7, 1, Y)], oldIs: 'stale' },
  { says: 'A17: a page of 2 MB, AM=0', ...large, commands: [page(7, X, 0, true)], oldIs: 'stale' },
  {
    says: 'A18: a table in place of a page of 2 MB',
    ...large,
    change: (bench) => bench.write(SECOND_DIRECTORY, tableAt(AT.second, 1) | RW),
    oldIs: 'stale',
    fresh: to(0xa000n),
  },
  { says: 'A19: another table, IH=1', ...table, commands: [page(7, X, 0, true)], oldIs: 'stale' },
  { says: 'A20: another table, IH=0', ...table, commands: [page(7, X)], oldIs: 'forbidden' },
  {
    says: 'A20: another table, IH=0 for its neighbour',
    ...table,
    asked: { address: Y },
    commands: [page(7, X)],
    old: to(0xb000n),
    oldIs: 'stale',
    fresh: to(0x1b000n),
  },
  {
    says: 'A21: another table at the top, IH=0 for its neighbour',
    ...table,
    asked: { address: Y },
    change: (bench) => bench.write(SECOND_TOP, tableAt(AT.otherSecond, 3) | RW),
    commands: [page(7, X)],
    old: to(0xb000n),
    oldIs: 'stale',
    fresh: to(0x1b000n),
  },
  { says: 'A22: a context entry', ...context, oldIs: 'stale' },
  { says: 'A23: a context entry, the device', ...context, commands: [device(7, A)], oldIs: 'stale' },
  { says: 'A24: a context entry, the old domain', ...context, commands: [domain(7)], oldIs: 'stale' },
  {
    says: 'A25: the wrong order, and no request between',
    ...context,
    commands: [domain(7), device(7, A)],
    oldIs: 'forbidden',
  },
  {
    says: 'A25: the wrong order, and a request between',
    ...context,
    afterwards: (bench) => {
      bench.invalidate(domain(7));
      bench.ask({ address: X });
      bench.invalidate(device(7, A));
    },
    oldIs: 'stale',
  },
  { says: 'A26: the device with the wrong domain', ...context, commands: [device(8, A), domain(7)], oldIs: 'stale' },
  { says: 'A27: the device, then the domain', ...context, commands: [device(7, A), domain(7)], oldIs: 'forbidden' },
  {
    says: 'A28: SSPTPTR with the same domain',
    ...table,
    mode: 'second stage',
    asked: WITH_PASID,
    change: (bench) => bench.setPasid(1n, 2n, 7n, AT.first, AT.otherSecond),
    commands: [pasidEntries(7, 1), pasidOf(7, 1)],
    oldIs: 'stale',
  },
  { says: 'A29: a PASID entry, the entry', ...pasid, commands: [pasidEntries(7, 1)], oldIs: 'stale' },
  { says: 'A30: a PASID entry, its translations', ...pasid, commands: [pasidOf(7, 1)], oldIs: 'stale' },
  {
    says: 'A29, A30: both, in their order',
    ...pasid,
    commands: [pasidEntries(7, 1), pasidOf(7, 1)],
    oldIs: 'forbidden',
  },
  {
    says: 'A35: the right command without a wait',
    ...secondLeaf,
    afterwards: (bench) => bench.give(page(7, X)),
    oldIs: 'stale',
  },
];

function benchOf(mode: Worked['mode'], cachingMode = false): JudgeBench {
  const more = cachingMode ? CM : 0n;
  return mode === 'legacy' ? JudgeBench.legacy(more) : JudgeBench.scalable(PGTT[mode], more);
}

/** Up to the request that is judged. */
function bring({
  mode,
  cachingMode,
  asked = { address: X },
  prepare,
  change,
  commands = [],
  afterwards,
}: Worked): JudgeBench {
  const bench = benchOf(mode, cachingMode);
  prepare?.(bench);
  bench.ask(asked);
  change(bench);
  if (commands.length > 0) bench.invalidate(...commands);
  afterwards?.(bench);
  return bench;
}

describe('The worked sets (6.A): what was, what is, and neither', () => {
  test.each(WORKED)('$says: the old answer is $oldIs', (worked) => {
    const bench = bring(worked);
    const { asked = { address: X } } = worked;
    const old = bench.verdict(asked, worked.old);
    const fresh = bench.verdict(asked, worked.fresh);
    const neither = bench.verdict(asked, to(0x7_7000n));
    expect([old.class, fresh.class, neither.class]).toEqual([worked.oldIs, 'fresh', 'forbidden']);
    expect([old.permitted, fresh.permitted, neither.permitted]).toEqual([worked.oldIs === 'stale', true, false]);
    for (const verdict of [old, fresh, neither]) expectReasons(verdict);
  });

  test.each(WORKED.filter(({ oldIs, commands }) => oldIs === 'forbidden' && commands !== undefined))(
    '$says: the sentence names what removed the old answer, and the step',
    (worked) => {
      const { because } = bring(worked).verdict(worked.asked ?? { address: X }, worked.old);
      expect(because.slice(1).join('\n')).toMatch(
        /held from step 1 gave it, and had to go with .*_inv .* of step \d+, complete at step \d+ \(6\.A-R4/,
      );
    },
  );
});

/** Every sentence but those on memory names a rule. */
function expectReasons({ class: kind, because, allowed }: Verdict): void {
  expect(because.length).toBeGreaterThan(0);
  expect(because[0]).toMatch(/\((?:6\.[\w.]+-[RM]\d+, )?6\.A-R2\)$/);
  if (kind === 'stale') expect(because.at(-1)).toMatch(/^the tables as they are now say: /);
  expect(allowed.filter(({ fresh }) => fresh)).toHaveLength(1);
  expect(allowed.every(({ fresh, from }) => fresh === (from.length === 0))).toBe(true);
}

describe('The order of invalidations (6.2.2.1-S1, 6.2.3.1-S2)', () => {
  const unsafe = (bench: JudgeBench, ...commands: Commands): readonly Finding[] => {
    bench.ask({ address: X });
    bench.invalidate(...commands);
    bench.ask({ address: X });
    return bench.judge.takeFindings();
  };
  const everything = { context: 'context', pasid: 'pasid', iotlb: 'iotlb' } as const;
  const global = (kind: keyof typeof everything) => ({ kind: everything[kind], granularity: 'global' }) as const;

  test('legacy mode: the IOTLB before the context-cache', () => {
    expect(unsafe(JudgeBench.legacy(), global('iotlb'), global('context'))).toEqual([
      {
        kind: 'unsafe-order',
        commands: ['iotlb_inv global', 'cc_inv global'],
        because: expect.stringMatching(/IOTLB.*before.*context-cache.*6\.2\.2\.1-S1/),
      },
    ]);
  });

  test('legacy mode: the context-cache, and no IOTLB', () => {
    const [found, ...others] = unsafe(JudgeBench.legacy(), device(7, A));
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'unsafe-order', because: expect.stringMatching(/IOTLB.*6\.2\.2\.1-S1/) });
  });

  test('scalable mode: the PASID-cache, and no IOTLB', () => {
    const [found, ...others] = unsafe(JudgeBench.scalable(1n), pasidEntries(7, 1));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      kind: 'unsafe-order',
      because: expect.stringMatching(/no invalidation of the IOTLB.*PASID-cache.*6\.2\.3\.1-S2/),
    });
  });

  test('scalable mode: the PASID-cache before the context-cache', () => {
    const [found] = unsafe(JudgeBench.scalable(1n), global('pasid'), global('context'), global('iotlb'));
    expect(found).toMatchObject({
      kind: 'unsafe-order',
      because: expect.stringMatching(/PASID-cache.*before.*context-cache.*6\.2\.2\.1-S1/),
    });
  });

  test('the right order gives no finding', () => {
    expect(unsafe(JudgeBench.legacy(), device(7, A), domain(7))).toEqual([]);
    expect(unsafe(JudgeBench.scalable(1n), global('context'), global('pasid'), global('iotlb'))).toEqual([]);
    expect(unsafe(JudgeBench.scalable(1n), pasidEntries(7, 1), pasidOf(7, 1))).toEqual([]);
    expect(unsafe(JudgeBench.legacy(), page(7, X))).toEqual([]);
  });

  const toEndpoint = (tell: (invalidations: RemappingUnit['invalidations']) => void): readonly Finding[] => {
    const bench = JudgeBench.scalable(1n);
    tell(bench.unit.invalidations);
    bench.ask({ address: X });
    return bench.judge.takeFindings().filter(({ kind }) => kind === 'unsafe-order');
  };
  const PAGE = { granularity: 3, domainId: 7, pasid: 1, page: 1, addressMask: 0, leavesOnly: true };

  test('A42: the device TLB before the IOTLB is filled from it again', () => {
    const found = toEndpoint((invalidations) => {
      invalidations.invalidateDeviceTlb(A, undefined);
      invalidations.invalidateTranslations(PAGE);
    });
    expect(found).toMatchObject([{ because: expect.stringMatching(/6\.5\.2\.5-S1/) }]);
  });

  test('A41: dev_tlb_inv after p_iotlb_inv needs a fence; p_dev_tlb_inv, and one behind a fence, do not', () => {
    const found = toEndpoint((invalidations) => {
      invalidations.invalidatePasidTranslations(PAGE);
      invalidations.invalidateDeviceTlb(A, undefined);
    });
    expect(found).toMatchObject([{ because: expect.stringMatching(/6\.5\.2\.12-G1/) }]);
    const right = toEndpoint((invalidations) => {
      invalidations.invalidatePasidTranslations(PAGE);
      invalidations.invalidateDeviceTlb(A, 1);
      invalidations.fence();
      invalidations.invalidateDeviceTlb(A, undefined);
    });
    expect(right).toEqual([]);
  });
});

/** A missing invalidation, and what a finding must say of it. */
interface Missing {
  readonly says: string;
  readonly mode: Worked['mode'];
  readonly asked?: Asked;
  readonly prepare?: (bench: JudgeBench) => void;
  readonly change: (bench: JudgeBench) => void;
  /** Steps up to the stale answer, if there is more than a request and another one. */
  readonly step?: number;
  readonly changed: readonly {
    readonly title: string;
    readonly address: bigint;
    readonly was: bigint;
    readonly is: bigint;
  }[];
  readonly remedy: readonly string[];
}

const MISSING: readonly Missing[] = [
  {
    says: 'a first-stage leaf',
    mode: 'first stage',
    asked: WITH_PASID,
    change: moveFirstLeaf,
    changed: [{ title: 'PTE', address: FIRST_LEAF, was: 0x4a000n | FS, is: 0x5d000n | FS }],
    remedy: ['p_iotlb_inv page DID=0x7 PASID=0x1 ADDR=0x1000 AM=0 IH=1'],
  },
  {
    says: 'a second-stage leaf in legacy mode',
    mode: 'legacy',
    change: moveSecondLeaf,
    changed: [{ title: 'SS-PTE', address: SECOND_LEAF, was: 0xa000n | RW, is: 0x1d000n | RW }],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x1000 AM=0 IH=1'],
  },
  {
    says: 'a second-stage leaf behind a PASID',
    mode: 'second stage',
    asked: WITH_PASID,
    change: moveScalableLeaf,
    changed: [{ title: 'SS-PTE', address: SECOND_LEAF, was: 0xa000n | SS, is: 0x1d000n | SS }],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x1000 AM=0 IH=1'],
  },
  {
    says: 'an entry that points to a table: IH is 0',
    mode: 'legacy',
    change: moveTable,
    changed: [
      {
        title: 'SS-PDE (next table)',
        address: SECOND_DIRECTORY,
        was: tableAt(AT.second, 1) | RW,
        is: OTHER_LEAVES | RW,
      },
    ],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x1000 AM=0 IH=0'],
  },
  {
    says: 'an entry that points to a first-stage table: IH is 0',
    mode: 'first stage',
    asked: WITH_PASID,
    change: (bench) => bench.write(tableAt(AT.first, 2), tableAt(AT.otherFirst, 1) | FS),
    changed: [
      {
        title: 'PDE (next table)',
        address: tableAt(AT.first, 2),
        was: tableAt(AT.first, 1) | FS,
        is: tableAt(AT.otherFirst, 1) | FS,
      },
    ],
    remedy: ['p_iotlb_inv page DID=0x7 PASID=0x1 ADDR=0x1000 AM=0 IH=0'],
  },
  {
    says: 'a page of 2 MB: AM is 9',
    mode: 'legacy',
    prepare: largeLeaf,
    change: moveLarge,
    changed: [
      { title: 'SS-PDE (2 MB page)', address: SECOND_DIRECTORY, was: 0x4000_0000n | LARGE, is: 0x8000_0000n | LARGE },
    ],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x0 AM=9 IH=1'],
  },
  {
    says: 'a leaf whose page was invalidated in another domain',
    mode: 'legacy',
    change: (bench) => {
      moveSecondLeaf(bench);
      bench.invalidate(page(8, X));
    },
    step: 3,
    changed: [{ title: 'SS-PTE', address: SECOND_LEAF, was: 0xa000n | RW, is: 0x1d000n | RW }],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x1000 AM=0 IH=1'],
  },
  {
    says: 'a context entry: the device, then the domain that it had',
    mode: 'legacy',
    change: moveContext,
    changed: [
      {
        title: 'Context Entry',
        address: AT.contexts,
        was: (0x702n << 64n) | AT.second | 1n,
        is: (0x802n << 64n) | AT.otherSecond | 1n,
      },
    ],
    remedy: ['cc_inv device DID=0x7 SID=01:00.0', 'iotlb_inv domain DID=0x7'],
  },
  {
    says: 'a PASID entry: the entry, then its translations',
    mode: 'first stage',
    asked: WITH_PASID,
    change: movePasid,
    changed: [
      {
        title: 'Scalable-Mode PASID Table Entry',
        address: AT.pasids + 64n,
        was: (AT.first << 128n) | (0x80_0007n << 64n) | 0x49n,
        is: (AT.otherFirst << 128n) | (0x80_0007n << 64n) | 0x49n,
      },
    ],
    remedy: ['pc_inv PASID DID=0x7 PASID=0x1', 'p_iotlb_inv PASID DID=0x7 PASID=0x1'],
  },
  {
    // A16: what came of the page behind this address goes with the page of the PASID.
    says: 'a second-stage leaf under a first stage',
    mode: 'nested',
    asked: WITH_PASID,
    change: moveGuestPage,
    changed: [{ title: 'SS-PTE', address: tableAt(AT.second, 1) + 0x250n, was: 0xaa000n | SS, is: 0xcc000n | SS }],
    remedy: ['p_iotlb_inv page DID=0x7 PASID=0x1 ADDR=0x1000 AM=0 IH=1'],
  },
  {
    // Table 24: entries of the second stage go with no command for PASIDs. The guest page is in another 2 MB than X.
    says: 'a second-stage table under a first stage: the guest page, IH is 0',
    mode: 'nested',
    asked: WITH_PASID,
    prepare: (bench) => bench.write(FIRST_LEAF, Z | FS),
    change: (bench) => bench.write(SECOND_DIRECTORY + 8n, tableAt(AT.otherSecond, 0) | SS),
    changed: [
      {
        title: 'SS-PDE (next table)',
        address: SECOND_DIRECTORY + 8n,
        was: tableAt(AT.second, 0) | SS,
        is: tableAt(AT.otherSecond, 0) | SS,
      },
    ],
    remedy: ['iotlb_inv page DID=0x7 ADDR=0x201000 AM=0 IH=0'],
  },
];

describe('Findings: a stale answer, what has changed, and the smallest remedy (6.5.3.3)', () => {
  const staleAnswer = ({ mode, asked = { address: X }, prepare, change }: Missing) => {
    const bench = benchOf(mode);
    prepare?.(bench);
    const old = bench.ask(asked);
    change(bench);
    const outcome = bench.ask(asked);
    expect(outcome).toEqual(old);
    const found = bench.judge.takeFindings().filter((finding) => finding.kind === 'stale-answer');
    expect(found).toHaveLength(1);
    return { bench, asked, outcome, found: found[0] as StaleAnswer };
  };

  test.each(MISSING)('$says', (missing) => {
    const { asked, outcome, found } = staleAnswer(missing);
    expect(found.step).toBe(missing.step ?? 2);
    expect(found.request).toEqual(request(asked));
    expect(found.outcome).toEqual(outcome);
    expect(found.fresh).toHaveLength(1);
    expect(found.fresh[0]).not.toEqual(outcome);
    expect(found.entries.length).toBeGreaterThan(0);
    expect(found.entries.map(({ step }) => step)).toEqual(found.entries.map(() => 1));
    const changed = found.changed.map(({ format, address, was, is }) => {
      return { title: format.title, address, was: numberOf(was), is: numberOf(is) };
    });
    expect(changed).toEqual(missing.changed);
    expect(found.remedy).toEqual(missing.remedy);
  });

  test('once taken they are gone', () => {
    const { bench } = staleAnswer(MISSING[0]!);
    expect(bench.judge.takeFindings()).toEqual([]);
  });

  test('a fresh answer and an answer that was only judged are none', () => {
    const bench = JudgeBench.legacy();
    bench.ask({ address: X });
    bench.ask({ address: X });
    moveSecondLeaf(bench);
    expect(bench.verdict({ address: X }, to(0xa000n)).class).toBe('stale');
    expect(bench.judge.takeFindings()).toEqual([]);
  });
});

describe('A write that memory does not show, and a command under way (6.A-R4, 6.A-R7)', () => {
  /** The context-cache keeps the old entry, from which the IOTLB is filled after the command and before the wait. */
  const refilled = (): JudgeBench => {
    const bench = JudgeBench.legacy(RWBF);
    bench.ask({ address: X });
    bench.writeUnseen(AT.contexts, ...contextEntry(AT.otherSecond, 8n));
    bench.give(domain(7));
    bench.ask({ address: X });
    bench.wait();
    return bench;
  };

  test('what was made meanwhile from the entry that stays may answer', () => {
    expect(refilled().verdict({ address: X }, to(0xa000n)).class).toBe('stale');
    expect(refilled().verdict({ address: X }, to(0x1a000n)).class).toBe('fresh');
  });

  test('it may also once that entry is gone: the IOTLB was filled from it meanwhile (6.A-R5)', () => {
    const bench = refilled();
    bench.invalidate(device(7, A));
    expect(bench.unit.dma(request({ address: X }))).toMatchObject({ kind: 'completed', address: 0xa000n });
    expect(bench.verdict({ address: X }, to(0xa000n)).class).toBe('stale');
  });
});

describe('Observed answers', () => {
  test('members that nobody looked at are not compared', () => {
    const bench = JudgeBench.legacy();
    expect(bench.verdict({ address: X }, { outcome: 'completed' }).class).toBe('fresh');
    expect(bench.verdict({ address: X }, { outcome: 'completed', address: 0xa000n }).class).toBe('fresh');
    expect(bench.verdict({ address: X }, { outcome: 'completed', address: 0xb000n }).class).toBe('forbidden');
    expect(bench.verdict({ address: X }, { outcome: 'UR' }).class).toBe('forbidden');
  });

  test.each<[string, Partial<ObservedAnswer>]>([
    ['size', { size: 0x20_0000 }],
    ['read', { read: false }],
    ['write', { write: false }],
    ['snooped', { snooped: false }],
    ['memoryType', { memoryType: 'UC' }],
    ['condition', { condition: 'LGN.2' }],
    ['reason', { reason: 5 }],
  ])('a wrong %s is forbidden', (_, wrong) => {
    const answer = { outcome: 'completed', address: 0xa000n } as const;
    expect(JudgeBench.legacy().verdict({ address: X }, { ...answer, ...wrong }).class).toBe('forbidden');
  });

  test('what the unit itself gives is fresh, whole', () => {
    const bench = JudgeBench.legacy();
    for (const asked of [{ address: X }, { address: 0x3000n }, { address: X, type: 'translation' } as const]) {
      expect(bench.verdict(asked, observedAs(bench.ask(asked))).class).toBe('fresh');
    }
  });

  test('UR may stand for CA (a completion cannot always tell), and CA not for UR', () => {
    const bench = JudgeBench.legacy();
    // TT=01b: translation requests are let in.
    bench.setContext(A, AT.second | 4n, 7n);
    bench.write(SECOND_LEAF, 0xa000n | RW | RESERVED);
    const asked = { address: X, type: 'translation' } as const;
    const seen = { condition: 'LSS.2', reason: 0xc };
    expect(bench.verdict(asked, { outcome: 'CA', ...seen }).class).toBe('fresh');
    expect(bench.verdict(asked, { outcome: 'UR', ...seen }).class).toBe('fresh');
    expect(bench.verdict(asked, { outcome: 'UR', condition: 'LGN.2' }).class).toBe('forbidden');
    expect(bench.verdict({ address: X }, { outcome: 'UR', ...seen }).class).toBe('fresh');
    expect(bench.verdict({ address: X }, { outcome: 'CA', ...seen }).class).toBe('forbidden');
  });
});

/** The words of an entry as one number, the lowest first. */
function numberOf(words: Uint32Array): bigint {
  return words.reduceRight((value, word) => (value << 32n) | BigInt(word), 0n);
}
