import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, type RemappingUnit, SparseMemory } from '../../src/index.ts';
import { type Listing, listTables, type PasidDomainListing } from '../../src/tables/list.ts';
import { unitOf } from '../properties/agreement.ts';
import { LONG, runs } from '../properties/runs.ts';
import { scalableScene } from '../properties/scalable-scene.ts';
import { scalableUnitOver } from './table-builder.ts';

/** Who asks: a device with a PASID, or without one. */
interface Asker {
  readonly sourceId: number;
  readonly pasid: number | undefined;
  readonly privileged: boolean;
}

/** The domain that a request comes to, and whether as a supervisor. */
function domainOf(listing: Listing, { sourceId, pasid, privileged }: Asker) {
  const device = listing.scalableDevices.find((one) => one.sourceId === sourceId);
  const found = device?.pasids.find((one) => (pasid === undefined ? one.withoutPasid : one.pasid === pasid));
  if (device === undefined || found === undefined || found.withoutPasid !== (pasid === undefined)) return undefined;
  const supervisor = pasid === undefined ? device.fields.RID_PRIV === 1 : privileged;
  if (supervisor ? !found.supervisor : !found.user) return undefined;
  const domain = listing.pasidDomains.find(({ users }) =>
    [...users].some((user) => {
      return user.sourceId === sourceId && user.pasid === found.pasid && user.withoutPasid === found.withoutPasid;
    }),
  );
  return domain === undefined ? undefined : { domain, supervisor };
}

/** What the listing says of a page: where it leads and with what rights, or undefined. */
function listed(listing: Listing, asker: Asker, page: number) {
  const found = domainOf(listing, asker);
  if (found === undefined) return undefined;
  const { domain, supervisor } = found;
  const within = ({ input, pages }: { input: number; pages: number }) => page >= input && page < input + pages;
  if (asker.pasid === undefined && domain.unreachable.some(within)) return undefined;
  const range = domain.mappings.find(within);
  if (range === undefined) return undefined;
  const privileged = supervisor && domain.stages.firstStage !== undefined;
  const permission = privileged ? (range.supervisor ?? 0) : range.permission;
  return permission === 0 ? undefined : { to: range.output + page - range.input, permission };
}

/** What the model makes of the page, asked with requests that change nothing. */
function answered(unit: RemappingUnit, { sourceId, pasid, privileged }: Asker, page: number) {
  let permission = 0;
  let to: number | undefined;
  for (const [access, bit] of [
    ['read', 1],
    ['write', 2],
  ] as const) {
    const who = pasid === undefined ? { sourceId } : { sourceId, pasid, privileged };
    // Eight bytes: a DWORD written to FEEx_xxxxh would be an interrupt.
    const { outcome } = unit.explain(dmaRequest({ ...who, address: BigInt(page) << 12n, access, length: 8 }));
    if (outcome.kind !== 'completed') continue;
    permission |= bit;
    to = Number(outcome.address >> 12n);
  }
  return to === undefined ? undefined : { to, permission };
}

/** Pages at which something may change. */
function edgesOf({ mappings, unreachable }: PasidDomainListing): number[] {
  return [...mappings, ...unreachable].flatMap(({ input, pages }) => [
    input - 1,
    input,
    input + pages - 1,
    input + pages,
  ]);
}

/** Pages where the listing and the model differ, of those at which something may change and some more. */
function differences(unit: RemappingUnit, listing: Listing, askers: readonly Asker[], more: readonly number[]) {
  const problems = listing.problems.flatMap(({ of }) =>
    of.kind === 'domain' ? [of.input, of.input + of.pages - 1] : [],
  );
  const edges = listing.pasidDomains.flatMap(edgesOf);
  const pages = new Set([...more, ...edges.slice(0, 100), ...problems.slice(0, 50)]);
  let mapped = 0;
  const wrong: unknown[] = [];
  for (const asker of askers) {
    for (const page of pages) {
      if (page < 0 || page >= 2 ** 52) continue;
      const said = listed(listing, asker, page);
      const answer = answered(unit, asker, page);
      if (answer !== undefined) mapped += 1;
      if (said?.to !== answer?.to || said?.permission !== answer?.permission) wrong.push({ asker, page, said, answer });
    }
  }
  return { wrong, mapped };
}

/** A device with PASID 1 and a RID_PASID of 0, both with one entry: its type and tables, of few places, are drawn. */
const PLACES = [0, 1, 2, 3, 255, 256, 511];
const address = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0x5000n, 0x6000n, 0x7000n, 0x8000n) },
  { weight: 2, arbitrary: fc.constantFrom(0x4000_0000n, 0x20_0000n, 0xfee0_0000n, 0xc000_0000n, 0x9000n, 0xa000n) },
  { weight: 1, arbitrary: fc.constantFrom(0x1_0000_0000_0000n, 0x3fff_ffff_f000n) },
);
const firstStageFlags = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(0x67n, 0x67n, 0x67n, 0x65n, 0x63n, 0x61n) },
  { weight: 3, arbitrary: fc.constantFrom(0xe7n, 0xe5n, 0xe3n) },
  { weight: 1, arbitrary: fc.constantFrom(0x27n, 0x07n, 0x66n, 0n) },
);
const secondStageFlags = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(3n, 3n, 1n, 2n) },
  { weight: 3, arbitrary: fc.constantFrom(0x83n, 0x81n) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 0x803n, 0x303n) },
);
const tablesOf = (flags: fc.Arbitrary<bigint>) => {
  const entry = fc.tuple(fc.constantFrom(...PLACES), address, flags);
  return fc.array(fc.array(entry, { minLength: 2, maxLength: 6 }), { minLength: 4, maxLength: 4 });
};
const dense = fc.record({
  type: fc.constantFrom(1n, 2n, 3n, 3n, 4n),
  firstStage: tablesOf(firstStageFlags),
  secondStage: tablesOf(secondStageFlags),
  /** Second stage: most of the first GiB is where it says. */
  identity: fc.boolean(),
  /** SRE, WPE; PWSNP; SSADE; RID_PRIV. */
  supervisor: fc.constantFrom(0n, 1n, 0x11n),
  walksSnooped: fc.boolean(),
  secondStageFlags: fc.boolean(),
  privileged: fc.boolean(),
});
type Dense = typeof dense extends fc.Arbitrary<infer T> ? T : never;

function denseUnit(content: Dense): RemappingUnit {
  const { type, supervisor, walksSnooped, privileged } = content;
  const memory = new SparseMemory();
  memory.writeQwords(0x1000n, [0x2001n]);
  memory.writeQwords(0x2000n, [0x3009n, privileged ? 1n << 20n : 0n]);
  memory.writeQwords(0x3000n, [0x4001n]);
  const low = (type === 1n || type === 4n ? 0n : 0x9000n | (1n << 2n)) | (type << 6n) | 1n;
  const entry = [low | (content.secondStageFlags ? 1n << 9n : 0n), 5n | (walksSnooped ? 1n << 23n : 0n)];
  for (const place of [0x4000n, 0x4040n]) memory.writeQwords(place, [...entry, 0x5000n | supervisor]);
  const put = (base: number, tables: Dense['firstStage'], offset: bigint) => {
    for (const [n, entries] of tables.entries()) {
      for (const [place, to, flags] of entries) {
        const value = to < 0x9000n ? to + offset : to;
        memory.writeQwords(BigInt(base + 0x1000 * n + 8 * place), [value | flags]);
      }
    }
  };
  put(0x5000, content.firstStage, 0n);
  put(0x9000, content.secondStage, 0x4000n);
  if (content.identity) memory.writeQwords(0x9000n, [0x83n]);
  return scalableUnitOver(memory);
}

describe('The listing and the model in scalable mode', () => {
  const says = 'a page is in a range exactly if requests get through to it, at the same place and with the same rights';

  test(`any structure, some spoilt: ${says}`, { timeout: LONG }, () => {
    fc.assert(
      fc.property(scalableScene(), (scene) => {
        const { unit } = unitOf(scene);
        const listing = listTables(unit, { limit: 50_000 });
        expect(listing.stoppedAfter).toBeUndefined();
        const askers = scene.requests.flatMap(({ sourceId, pasid }) => [
          { sourceId, pasid, privileged: false },
          { sourceId, pasid, privileged: true },
        ]);
        const pages = scene.requests.map((request) => Number(request.address >> 12n));
        expect(differences(unit, listing, askers, pages).wrong).toEqual([]);
      }),
      runs(60, 10_000),
    );
  });

  test(`tables that share and loop: ${says}`, { timeout: LONG }, () => {
    let total = 0;
    const page = fc.oneof(fc.nat(2 ** 36 - 1), fc.integer({ min: 2 ** 52 - 2 ** 35, max: 2 ** 52 - 1 }));
    fc.assert(
      fc.property(dense, fc.array(page, { maxLength: 4 }), (content, pages) => {
        const unit = denseUnit(content);
        const listing = listTables(unit, { limit: 50_000 });
        fc.pre(listing.stoppedAfter === undefined);
        const askers = [
          { sourceId: 0, pasid: undefined, privileged: false },
          { sourceId: 0, pasid: 1, privileged: false },
          { sourceId: 0, pasid: 1, privileged: true },
        ];
        const { wrong, mapped } = differences(unit, listing, askers, pages);
        expect(wrong).toEqual([]);
        total += mapped;
      }),
      runs(200, 10_000),
    );
    expect(total).toBeGreaterThan(1000);
  });
});
