import type { PageNumber } from '../bits/page-number.ts';
import { SPAN } from '../dma-remapping/second-stage.ts';
import type { Domain, PasidDomain, Stages, Stopped } from '../tables/items.ts';
import { type Budget, mappingsOf } from '../tables/mappings.ts';
import type { Piece } from '../tables/merge.ts';
import { StageSurvey } from '../tables/stage-survey.ts';
import type { Scene } from './scene.ts';

/** Entries that one trial looks at, and all of them: there may be thousands of domains. */
const LOOKED_AT = 2 ** 15;
const LOOKED_AT_IN_ALL = 2 ** 18;

/** What a domain's tables were found to be as they are set up. */
export interface AsSet {
  readonly levels: number;
  readonly leaves: number;
  /** Those of 4 KB: with more levels they are tables, while a larger one still is a page, of another size. */
  readonly smallest: number;
  /** Entries above level 3 that ask for a page of their own: no such page exists, but one level lower it may. */
  readonly pagesTooLarge: number;
}

/** How tables read with some count of levels; undefined if an entry is wrong then, or nothing is mapped. */
type Trial = (levels: number) => { readonly leaves: number } | undefined;

/**
 * The count of levels with which the tables of a stage read better than with the one that is set, §9.3, §9.6: fewer,
 * where that makes sense of pages that are too large; or more, where all that is mapped is tables in turn. That a
 * shorter reading finds nothing wrong says little by itself: it takes the lowest tables for pages. Undefined if there
 * is none.
 */
export function betterLevels(
  { levels, leaves, smallest, pagesTooLarge }: AsSet,
  others: readonly number[],
  trial: Trial,
) {
  return others.find((other) => {
    const worthATry = other < levels ? pagesTooLarge > 0 : other > levels && smallest > 0;
    const found = worthATry ? trial(other) : undefined;
    return found !== undefined && (other < levels || found.leaves >= leaves);
  });
}

/** How many entries trials may look at yet. */
export const trialBudget = (): Budget => ({ left: LOOKED_AT_IN_ALL, whole: LOOKED_AT_IN_ALL });

/** What one trial may look at of that. */
function part(all: Budget): Budget {
  const left = Math.min(all.left, LOOKED_AT);
  return { left, whole: left };
}

/** A trial of a second stage. */
export function secondStageTrial({ unit }: Scene, table: PageNumber, all: Budget): Trial {
  return (levels) => {
    const addressWidth = unit.configuration.levels.indexOf(levels);
    const domain: Domain = { kind: 'domain', domainId: 0, addressWidth, table, levels, devices: [], ambiguous: false };
    const budget = part(all);
    const leaves = leavesOf(mappingsOf(unit, domain, budget));
    all.left -= budget.whole - Math.max(budget.left, 0);
    return leaves === 0 ? undefined : { leaves };
  };
}

/** How many leaves there are; 0 if anything is wrong, or there is no end. */
function leavesOf(pieces: Iterable<Piece | Stopped>): number {
  let leaves = 0;
  for (const piece of pieces) {
    if (piece.kind === 'unreachable') continue;
    // Page 0 is what a table of small numbers seems to map.
    if (piece.kind !== 'mapping' || piece.output === 0) return 0;
    leaves += piece.leaves['4K'] + piece.leaves['2M'] + piece.leaves['1G'];
  }
  return leaves;
}

/** A trial of a first stage that no second one is under. */
export function firstStageTrial({ unit }: Scene, domain: PasidDomain, all: Budget): Trial {
  return (levels) => {
    const survey = new StageSurvey(unit, domain);
    survey.entry.firstStageLevels = levels;
    let leaves = 0;
    const end = SPAN[levels]! * 256;
    for (let input = 0, { left } = part(all); input < end; left--, all.left--) {
      if (left <= 0) return undefined;
      const condition = survey.ask(input, 'read', true);
      if (condition !== undefined && !survey.isAbsent(condition)) return undefined;
      if (condition === undefined) {
        if (survey.translation.page === 0) return undefined;
        leaves += 1;
      }
      input += survey.span;
    }
    return leaves === 0 ? undefined : { leaves };
  };
}

/** Whether a domain of scalable mode has one stage, so that a trial tells something. */
export const hasOneStage = ({ firstStage, secondStage }: Stages): boolean =>
  (firstStage === undefined) !== (secondStage === undefined);
