import type { PageNumber } from '../bits/page-number.ts';
import { Fault } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { isInterruptPage, overlapsInterruptRange } from '../dma-remapping/interrupt-range.ts';
import { SPAN } from '../dma-remapping/second-stage.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { PasidDomain, Problem, Stopped } from './items.ts';
import { type Budget, cutsWithin, oneLeaf } from './mappings.ts';
import { absorb, type Piece } from './merge.ts';
import { Look } from './stage-look.ts';
import { StageSurvey } from './stage-survey.ts';
import type { TableWatcher } from './walk-recorder.ts';

/** Pages of the whole address space, of which a first stage maps both ends, §3.6. */
const ADDRESS_SPACE = 2 ** 52;

/**
 * What the tables of a domain of scalable mode map, §3.6 to §3.9, in the order of input addresses. Requests of each
 * access and privilege are asked about one page after another, and what one entry decides is stepped over whole.
 * `budget` ends tables without end, or `watcher` steps over them. Returns whether the budget did.
 */
export function* pasidMappingsOf(
  unit: DmaRemapping,
  domain: PasidDomain,
  budget: Budget,
  watcher?: TableWatcher,
): Generator<Piece | Stopped, boolean> {
  const survey = new StageSurvey(unit, domain, watcher);
  const look = new Look(survey, domain);
  for (const [from, end] of rangesOf(unit, domain)) {
    // The last piece of each kind may grow yet: a page that can be read may have a problem with writes.
    const growing = new Map<Piece['kind'], Piece>();
    let input = from;
    while (input < end && budget.left > 0) {
      const before = survey.walks;
      look.at(input);
      if (survey.known > 0) {
        input += survey.known;
        budget.left -= survey.walks - before;
        continue;
      }
      const pages = pagesAlike(look, input, end);
      const pieces = piecesOf(survey, look, domain, input, pages);
      if (growing.size > pieces.length) yield* ended(growing, pieces);
      for (const piece of pieces) {
        const last = growing.get(piece.kind);
        if (last !== undefined && absorb(last, piece)) continue;
        if (last !== undefined) yield last;
        growing.set(piece.kind, piece);
      }
      input += pages;
      // Where a page of pass-through is not even asked about it counts as well.
      budget.left -= Math.max(survey.walks - before, 1);
    }
    yield* growing.values();
    if (input < end) {
      yield { kind: 'stopped', entries: budget.whole };
      return true;
    }
  }
  return false;
}

/** The pieces that grow no more, since nothing of their kind is among those of the next page. */
function* ended(growing: Map<Piece['kind'], Piece>, next: readonly Piece[]): Generator<Piece, void> {
  for (const [kind, piece] of growing) {
    if (next.some((one) => one.kind === kind)) continue;
    growing.delete(kind);
    yield piece;
  }
}

/** The input pages that tables of a type can map, first and end. */
function rangesOf(unit: DmaRemapping, { stages }: PasidDomain): readonly (readonly [PageNumber, PageNumber])[] {
  const { firstStage, secondStage } = stages;
  if (firstStage !== undefined) {
    const half = SPAN[firstStage.levels]! * 256;
    return [
      [0, half],
      [ADDRESS_SPACE - half, ADDRESS_SPACE],
    ];
  }
  return [[0, secondStage === undefined ? unit.configuration.hostPages : SPAN[secondStage.levels]! * 512]];
}

/** For how many pages from `input` on a look holds. */
function pagesAlike({ span, isMapped, output }: Look, input: PageNumber, end: PageNumber): number {
  const shared = span === Number.POSITIVE_INFINITY ? end - input : span - (input % span);
  // Some pages of what one entry maps may be in the interrupt address range, coming or going.
  const comes = overlapsInterruptRange(input, shared);
  const goes = isMapped && overlapsInterruptRange(output, shared);
  if (!comes && !goes) return shared;
  return Math.min(shared, ...cutsWithin(input, shared), ...(goes ? cutsWithin(output, shared) : []));
}

const NOTHING: readonly Piece[] = [];

function piecesOf(
  survey: StageSurvey,
  look: Look,
  domain: PasidDomain,
  input: PageNumber,
  pages: number,
): readonly Piece[] {
  if (!isInterruptPage(input)) return piecesAnywhere(survey, look, domain, input, pages);
  // §3.15: requests without PASID are never looked up there, and nothing is passed through.
  const unreachable = { kind: 'unreachable', input, pages } as const;
  if (domain.stages.type === PGTT.PASS_THROUGH) return [unreachable];
  const pieces = domain.withPasid ? piecesAnywhere(survey, look, domain, input, pages) : NOTHING;
  return look.isMapped && domain.withoutPasid ? [...pieces, unreachable] : pieces;
}

function piecesAnywhere(
  survey: StageSurvey,
  look: Look,
  domain: PasidDomain,
  input: PageNumber,
  pages: number,
): readonly Piece[] {
  const { isMapped, problems, refusal } = look;
  const mapping = isMapped ? [mappingOf(survey, look, domain, input, pages)] : NOTHING;
  if (problems.length > 0) return [...problems.map((problem) => sized(problem, pages)), ...mapping];
  if (isMapped || look.absent || refusal === undefined) return mapping;
  return refusal.condition === Fault.SGN_2 && !domain.supervisor
    ? [{ kind: 'unreachable', input, pages, supervisorOnly: true }]
    : [sized(refusal, pages)];
}

function mappingOf(
  survey: StageSurvey,
  { user, supervisor, output, snooped, span }: Look,
  { stages, supervisor: privileged }: PasidDomain,
  input: PageNumber,
  pages: number,
): Piece {
  const leaves = oneLeaf(span);
  const mapping = { kind: 'mapping', input, output, pages, permission: user, snooped, leaves } as const;
  if (stages.firstStage === undefined) return mapping;
  const guest = survey.guestOf(input, user === 0);
  const through = guest === undefined ? mapping : { ...mapping, guest };
  return privileged ? { ...through, supervisor } : through;
}

/** A problem of one page is one of its neighbours too. */
function sized(problem: Problem, pages: number): Piece {
  const piece: Piece = problem;
  if (piece.of.kind === 'domain') {
    const { kind, domainId, input } = piece.of;
    piece.of = { kind, domainId, input, pages };
  }
  return piece;
}
