import type { PlatformFacts } from './facts.ts';
import type { DmarFinding } from './finding.ts';
import type { DmarReading } from './parse.ts';
import type {
  Andd,
  Atsr,
  DeviceScopeEntry,
  DmarTable,
  Drhd,
  Rhsa,
  Rmrr,
  Satc,
  ScopedStructure,
  Sidp,
} from './table.ts';

/** A structure, or a scope entry, with the offset at which it begins. */
export interface Placed<T> {
  readonly it: T;
  readonly offset: number;
}

/** An entry of a device scope, with the structure that it is of. */
export interface PlacedEntry extends Placed<DeviceScopeEntry> {
  readonly of: ScopedStructure;
  /** Which structure of the table that is. */
  readonly index: number;
}

/** A table as the checks look at it, §8: its structures by kind. */
export interface TableView {
  readonly table: DmarTable;
  readonly places: DmarReading['places'];
  readonly facts: PlatformFacts;
  readonly units: readonly Placed<Drhd>[];
  readonly regions: readonly Placed<Rmrr>[];
  readonly ports: readonly Placed<Atsr>[];
  readonly affinities: readonly Placed<Rhsa>[];
  readonly names: readonly Placed<Andd>[];
  readonly caches: readonly Placed<Satc>[];
  readonly properties: readonly Placed<Sidp>[];
  /** All scope entries, in the order of the table. */
  readonly entries: readonly PlacedEntry[];
}

/** What a check is: the findings of one part of the document. */
export type Check = (view: TableView) => readonly DmarFinding[];

/** A table that was read, with what is known beside it, §8. */
export function viewOf(table: DmarTable, places: DmarReading['places'], facts: PlatformFacts): TableView {
  const placed = table.structures.map((it, n) => ({ it, offset: places[n]!.offset }));
  const of = <Kind extends (typeof placed)[number]['it']['kind']>(kind: Kind) =>
    placed.filter((one): one is Placed<Extract<typeof one.it, { readonly kind: Kind }>> => one.it.kind === kind);
  const entries = table.structures.flatMap((structure, index) => {
    if (!('deviceScope' in structure)) return [];
    return structure.deviceScope.map((it, n) => ({ it, offset: places[index]!.deviceScope[n]!, of: structure, index }));
  });
  return {
    table,
    places,
    facts,
    units: of('DRHD'),
    regions: of('RMRR'),
    ports: of('ATSR'),
    affinities: of('RHSA'),
    names: of('ANDD'),
    caches: of('SATC'),
    properties: of('SIDP'),
    entries,
  };
}
