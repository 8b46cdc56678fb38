import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { InterruptUnit } from './interrupts.ts';
import { listInterrupts } from './interrupts.ts';
import type { Mapping } from './items.ts';
import { type Listing, type ListOptions, listTables } from './list.ts';

/** Where an address goes, and with which rights: READ and WRITE. */
export interface Target {
  readonly output: bigint;
  readonly permission: number;
}

/** What tables say of a device otherwise than others. `pasid` is missing for requests without one. */
export type TablesChange =
  | { readonly kind: 'device-added' | 'device-removed'; readonly sourceId: number; readonly pasid?: number }
  | {
      readonly kind: 'domain-changed';
      readonly sourceId: number;
      readonly pasid?: number;
      readonly before: string;
      readonly after: string;
    }
  | {
      readonly kind: 'mapping-added' | 'mapping-removed' | 'mapping-changed';
      readonly sourceId: number;
      readonly pasid?: number;
      readonly input: bigint;
      readonly bytes: number;
      readonly before?: Target;
      readonly after?: Target;
    }
  | {
      readonly kind: 'interrupt-added' | 'interrupt-removed' | 'interrupt-changed';
      readonly index: number;
      /** The entries, in hexadecimal. */
      readonly before?: string;
      readonly after?: string;
    };

/** A device, or one of its PASIDs, with what it reaches. */
interface User {
  readonly sourceId: number;
  readonly pasid?: number;
  /** Domain-id and kind, as text. */
  readonly domain: string;
  readonly mappings: readonly Mapping[];
}

/**
 * What the tables of one unit say otherwise than those of another, by device: who was added or removed, whose domain is
 * another one, which addresses go elsewhere; then by index of interrupts. Throws a RangeError if the tables of a unit
 * cannot be listed, or not within the limit.
 */
export function diffTables(
  before: InterruptUnit,
  after: InterruptUnit,
  options: ListOptions = {},
): readonly TablesChange[] {
  const [old, now] = [usersOf(wholeListing(before, options)), usersOf(wholeListing(after, options))];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => a - b);
  /** By the two lists of mappings: devices of one domain differ alike. */
  const known = new Map<readonly Mapping[], Map<readonly Mapping[], readonly Difference[]>>();
  const users = keys.flatMap((key) => changesOfUser(old.get(key), now.get(key), known));
  return [...users, ...changesOfInterrupts(before, after)];
}

function wholeListing(unit: InterruptUnit, options: ListOptions): Listing {
  const listing = listTables(unit, options);
  if (listing.stoppedAfter === undefined) return listing;
  throw new RangeError(
    `the tables have more than ${listing.stoppedAfter} entries: a larger limit looks at all of them`,
  );
}

/** A change in a few words: `00:04.0: mapping added at 0x1000-0x1fff, to 0x5000 (rw)`. */
export function changeText(change: TablesChange): string {
  if ('index' in change) {
    const { before, after } = change;
    const values = [before, after].filter((value) => value !== undefined).join(' -> ');
    return `interrupt ${change.index}: ${wordOf(change.kind)}, ${values}`;
  }
  const who = `${formatSourceId(change.sourceId)}${change.pasid === undefined ? '' : ` PASID ${change.pasid}`}`;
  switch (change.kind) {
    case 'device-added':
    case 'device-removed':
      return `${who}: ${wordOf(change.kind)}`;
    case 'domain-changed':
      return `${who}: ${change.before} -> ${change.after}`;
    default: {
      const { input, bytes, before, after } = change;
      const range = `0x${input.toString(16)}-0x${(input + BigInt(bytes) - 1n).toString(16)}`;
      const targets = [before, after].filter((target) => target !== undefined).map(targetText);
      return `${who}: mapping ${wordOf(change.kind)} at ${range}, to ${targets.join(' -> ')}`;
    }
  }
}

const wordOf = (kind: string): string => kind.replace(/^.*-/, '');

const targetText = ({ output, permission }: Target): string =>
  `0x${output.toString(16)} (${(permission & 1) === 0 ? '-' : 'r'}${(permission & 2) === 0 ? '-' : 'w'})`;

/** PASIDs of a device come after its requests without one. */
const keyOf = (sourceId: number, pasid?: number): number => sourceId * 2 ** 21 + (pasid === undefined ? 0 : pasid + 1);

const NOTHING: readonly Mapping[] = [];

function usersOf(listing: Listing): ReadonlyMap<number, User> {
  const users = new Map<number, User>();
  for (const { sourceId, domainId, levels } of listing.devices) {
    const domain = `domain ${domainId}, ${levels === 0 ? 'pass-through' : `${levels} levels`}`;
    users.set(keyOf(sourceId), { sourceId, domain, mappings: NOTHING });
  }
  for (const { devices, mappings } of listing.domains) {
    for (const sourceId of devices) users.set(keyOf(sourceId), { ...users.get(keyOf(sourceId))!, mappings });
  }
  for (const { users: all, domainId, stages, mappings } of listing.pasidDomains) {
    const domain = `domain ${domainId}, PGTT ${stages.type.toString(2).padStart(3, '0')}b`;
    for (const { sourceId, pasid, withoutPasid } of all) {
      const own = withoutPasid ? {} : { pasid };
      users.set(keyOf(sourceId, withoutPasid ? undefined : pasid), { sourceId, ...own, domain, mappings });
    }
  }
  return users;
}

type Known = Map<readonly Mapping[], Map<readonly Mapping[], readonly Difference[]>>;

function changesOfUser(old: User | undefined, now: User | undefined, known: Known): readonly TablesChange[] {
  const { sourceId, pasid } = (old ?? now)!;
  const who = pasid === undefined ? { sourceId } : { sourceId, pasid };
  const [before, after] = [old?.mappings ?? NOTHING, now?.mappings ?? NOTHING];
  const byAfter = known.get(before) ?? new Map<readonly Mapping[], readonly Difference[]>();
  known.set(before, byAfter);
  const differences = byAfter.get(after) ?? differencesOf(before, after);
  byAfter.set(after, differences);
  const changes: TablesChange[] = differences.map((difference) => ({ ...who, ...difference }));
  if (old === undefined) return [{ kind: 'device-added', ...who }, ...changes];
  if (now === undefined) return [{ kind: 'device-removed', ...who }, ...changes];
  if (old.domain === now.domain) return changes;
  return [{ kind: 'domain-changed', ...who, before: old.domain, after: now.domain }, ...changes];
}

interface Difference {
  readonly kind: 'mapping-added' | 'mapping-removed' | 'mapping-changed';
  readonly input: bigint;
  readonly bytes: number;
  readonly before?: Target;
  readonly after?: Target;
}

/** Two lists in the order of input addresses, cut where either begins or ends a mapping. */
function differencesOf(before: readonly Mapping[], after: readonly Mapping[]): readonly Difference[] {
  const found: Difference[] = [];
  let [i, j] = [0, 0];
  let input: PageNumber = 0;
  while (i < before.length || j < after.length) {
    const [one, other] = [before[i], after[j]];
    input = Math.max(input, Math.min(one?.input ?? Number.POSITIVE_INFINITY, other?.input ?? Number.POSITIVE_INFINITY));
    const old = one !== undefined && one.input <= input ? one : undefined;
    const now = other !== undefined && other.input <= input ? other : undefined;
    const end = Math.min(boundaryOf(one, input), boundaryOf(other, input));
    const difference = differenceAt(input, end - input, old, now);
    if (difference !== undefined) found.push(difference);
    input = end;
    if (one !== undefined && one.input + one.pages <= input) i += 1;
    if (other !== undefined && other.input + other.pages <= input) j += 1;
  }
  return found;
}

/** Where a mapping begins, if that is ahead, or ends. */
function boundaryOf(mapping: Mapping | undefined, input: PageNumber): PageNumber {
  if (mapping === undefined) return Number.POSITIVE_INFINITY;
  return mapping.input > input ? mapping.input : mapping.input + mapping.pages;
}

function differenceAt(
  input: PageNumber,
  pages: number,
  old: Mapping | undefined,
  now: Mapping | undefined,
): Difference | undefined {
  const at = { input: addressOf(input), bytes: pages * 4096 };
  const before = old === undefined ? undefined : targetOf(old, input);
  const after = now === undefined ? undefined : targetOf(now, input);
  if (before === undefined) return after === undefined ? undefined : { kind: 'mapping-added', ...at, after };
  if (after === undefined) return { kind: 'mapping-removed', ...at, before };
  const same = before.output === after.output && before.permission === after.permission;
  return same ? undefined : { kind: 'mapping-changed', ...at, before, after };
}

const targetOf = (mapping: Mapping, input: PageNumber): Target => ({
  output: addressOf(mapping.output + (input - mapping.input)),
  permission: mapping.permission | (mapping.supervisor ?? 0),
});

/** Present entries of the two interrupt remapping tables, §5.1.3; none where the unit has no such table. */
function changesOfInterrupts(before: InterruptUnit, after: InterruptUnit): readonly TablesChange[] {
  const entriesOf = (unit: InterruptUnit) =>
    new Map(
      unit.interruptRemappingEnabled
        ? listInterrupts(unit).entries.map(({ index, words }) => [index, wordsText(words)])
        : [],
    );
  const [old, now] = [entriesOf(before), entriesOf(after)];
  const indices = [...new Set([...old.keys(), ...now.keys()])].sort((a, b) => a - b);
  return indices.flatMap((index): TablesChange[] => {
    const [one, other] = [old.get(index), now.get(index)];
    if (one === other) return [];
    if (one === undefined) return [{ kind: 'interrupt-added', index, after: other! }];
    if (other === undefined) return [{ kind: 'interrupt-removed', index, before: one }];
    return [{ kind: 'interrupt-changed', index, before: one, after: other }];
  });
}
