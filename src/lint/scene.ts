import type { Words } from '../bits/field.ts';
import { addressOf, type PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import { wordsText } from '../bits/words-text.ts';
import { viewOf } from '../dma-remapping/view.ts';
import type { Memory } from '../platform/memory.ts';
import { UnchangedMemory } from '../tables/unchanged-memory.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Found } from './finding.ts';
import { Findings } from './findings.ts';
import { Occupancy } from './occupancy.ts';
import type { LintOptions } from './options.ts';

/** What the checks share: the unit, looked at over a memory that nothing changes, and what was found so far. */
export interface Scene {
  readonly unit: RemappingUnit;
  readonly options: LintOptions;
  readonly findings: Findings;
  /** Which page is which structure. */
  readonly occupancy: Occupancy;
  /** Where the context entry of a source-id stands, of those that were found. */
  readonly contextTables: Map<number, PageNumber>;
}

/** The scene of a unit with another memory, or its own. */
export function sceneOf(unit: RemappingUnit, memory: Memory, options: LintOptions): Scene {
  const findings = new Findings(options.all === true);
  return {
    unit: viewOf<RemappingUnit>(unit, { memory: new UnchangedMemory(memory), caches: undefined }),
    options,
    findings,
    occupancy: new Occupancy(findings),
    contextTables: new Map(),
  };
}

/** The words of an entry; undefined where memory refuses. */
export function wordsAt(scene: Scene, format: StructureDeclaration, page: PageNumber, offset: number) {
  const words = new Uint32Array(format.width / 32);
  return scene.unit.memory.load(page, offset, words) ? words : undefined;
}

/** What a finding says of an entry: where it stands and what it holds. */
export const entryFacts = (
  { title }: StructureDeclaration,
  page: PageNumber,
  offset: number,
  words: Words | undefined,
): Found => ({
  structure: title,
  address: addressOf(page, offset),
  ...(words === undefined ? {} : { value: wordsText(words) }),
});
