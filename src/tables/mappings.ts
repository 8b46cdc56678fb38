import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { FIRST_INTERRUPT_PAGE, isInterruptPage, LAST_INTERRUPT_PAGE } from '../dma-remapping/interrupt-range.ts';
import { LEGACY_WALK_FAULTS } from '../dma-remapping/legacy-mode.ts';
import { SPAN, walkSecondStage } from '../dma-remapping/second-stage.ts';
import { newTranslation, type Translation } from '../messages/translation.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { Domain, LeafCounts, Stopped } from './items.ts';
import { absorb, type Piece } from './merge.ts';
import { problemAt } from './problems.ts';
import { type TableWatcher, WalkRecorder } from './walk-recorder.ts';

/** How many entries a listing may look at yet; several domains draw on one. */
export interface Budget {
  left: number;
  readonly whole: number;
}

/**
 * What the tables of a domain map, §3.7, in the order of input addresses. The model walks one address after another,
 * and an entry that is absent, faults or maps a page is stepped over whole. So tables that point to themselves or are
 * shared are only long, and `budget` ends them, or `watcher` steps over them. Returns whether the budget did.
 */
export function* mappingsOf(
  unit: DmaRemapping,
  domain: Domain,
  budget: Budget,
  watcher?: TableWatcher,
): Generator<Piece | Stopped, boolean> {
  const { domainId, table, levels, addressWidth } = domain;
  const recorder = new WalkRecorder();
  const listening = recorder.listenTo(unit);
  const leaf = newTranslation();
  const reach = unit.configuration.inputPages[addressWidth]!;
  const end = SPAN[levels]! * 512;
  let current: Piece | undefined;
  let input = 0;
  for (; input < end && budget.left > 0; budget.left--) {
    recorder.restart();
    const condition = walkSecondStage(listening, LEGACY_WALK_FAULTS, table, levels, input, leaf);
    const known = watcher?.walked(recorder, input) ?? 0;
    if (known > 0) {
      input += known;
      continue;
    }
    const span = SPAN[levels - recorder.count + 1]!;
    const absent = condition === undefined && leaf.leafPages === 0;
    if (!absent) {
      const fault = input >= reach ? Fault.LGN_1_1 : (condition ?? missing(recorder, leaf));
      const of = { kind: 'domain', domainId, input, pages: span } as const;
      const pieces =
        fault === undefined ? partsOf(recorder, domain, input, leaf) : [problemAt(recorder.last, fault, of)];
      for (const piece of pieces) {
        if (current !== undefined && absorb(current, piece)) continue;
        if (current !== undefined) yield current;
        current = piece;
      }
    }
    input += span;
  }
  if (current !== undefined) yield current;
  if (input < end) yield { kind: 'stopped', entries: budget.whole };
  return input < end;
}

/** An entry above the leaf took all that the leaf permits: which of the two rows depends on what is asked. */
function missing(recorder: WalkRecorder, { permission }: Translation): Condition | undefined {
  if (permission !== 0) return undefined;
  return SecondStageEntry.R(recorder.last.words) === 1 ? Fault.LGN_3 : Fault.LGN_2;
}

/** A leaf is one mapping, unless some of its pages are in the interrupt address range, coming or going. */
function partsOf(
  recorder: WalkRecorder,
  { domainId }: Domain,
  input: PageNumber,
  { page: output, leafPages, permission, snooped }: Translation,
): readonly Piece[] {
  const cuts = [...new Set([0, ...cutsWithin(input, leafPages), ...cutsWithin(output, leafPages)])].sort(
    (a, b) => a - b,
  );
  return cuts.map((first, n): Piece => {
    const pages = (cuts[n + 1] ?? leafPages) - first;
    const from = input + first;
    const to = output + first;
    if (isInterruptPage(from)) return { kind: 'unreachable', input: from, pages };
    if (isInterruptPage(to)) {
      return problemAt(recorder.last, Fault.LGN_4, { kind: 'domain', domainId, input: from, pages });
    }
    return { kind: 'mapping', input: from, output: to, pages, permission, snooped, leaves: oneLeaf(leafPages) };
  });
}

/** Where the interrupt address range begins and ends within `pages` from `page` on. */
export const cutsWithin = (page: PageNumber, pages: number): readonly number[] =>
  [FIRST_INTERRUPT_PAGE - page, LAST_INTERRUPT_PAGE + 1 - page].filter((cut) => cut > 0 && cut < pages);

/** The count of one leaf that maps so many pages; of none if no leaf does. */
export const oneLeaf = (pages: number): LeafCounts => ({
  '4K': pages === SPAN[1] ? 1 : 0,
  '2M': pages === SPAN[2] ? 1 : 0,
  '1G': pages === SPAN[3] ? 1 : 0,
});
