import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, type RemappingUnit } from '../../src/index.ts';
import { type Listing, listTables, type PasidDomainListing } from '../../src/tables/list.ts';
import { unitOf } from '../properties/agreement.ts';
import { LONG, runs } from '../properties/runs.ts';
import { scalableScene } from '../properties/scalable-scene.ts';

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

describe('The listing and the model in scalable mode', () => {
  test('a page is in a range exactly if requests get through to it, at the same place and with the same rights', {
    timeout: LONG,
  }, () => {
    let mapped = 0;
    fc.assert(
      fc.property(scalableScene(), (scene) => {
        const { unit } = unitOf(scene);
        const listing = listTables(unit, { limit: 50_000 });
        expect(listing.stoppedAfter).toBeUndefined();
        const problems = listing.problems.flatMap(({ of }) =>
          of.kind === 'domain' ? [of.input, of.input + of.pages - 1] : [],
        );
        const edges = listing.pasidDomains.flatMap(edgesOf).slice(0, 100);
        const pages = scene.requests.map(({ address }) => Number(address >> 12n));
        const wrong: unknown[] = [];
        for (const { sourceId, pasid } of scene.requests) {
          for (const privileged of [false, true]) {
            for (const page of new Set([...pages, ...edges, ...problems.slice(0, 50)])) {
              if (page < 0 || page >= 2 ** 52) continue;
              const asker = { sourceId, pasid, privileged };
              const said = listed(listing, asker, page);
              const answer = answered(unit, asker, page);
              if (answer !== undefined) mapped += 1;
              if (said?.to !== answer?.to || said?.permission !== answer?.permission) {
                wrong.push({ asker, page, said, answer });
              }
            }
          }
        }
        expect(wrong).toEqual([]);
      }),
      runs(100, 10_000),
    );
    // The scenes are not empty.
    expect(mapped).toBeGreaterThan(1000);
  });
});
