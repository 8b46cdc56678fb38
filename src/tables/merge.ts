import type { LeafCounts, Mapping, Problem, Unreachable } from './items.ts';

type Growing<T> = { -readonly [Name in keyof T]: T[Name] };

/** What a listing of addresses is made of. Whoever makes one may let it grow until it is handed on. */
export type Piece = (Growing<Mapping> & { leaves: LeafCounts }) | Growing<Unreachable> | Growing<Problem>;

/** Makes `next`, at the next input address, part of `piece` if the two are alike. `false`: they are not. */
export function absorb(piece: Piece, next: Piece): boolean {
  if (piece.kind === 'mapping') return next.kind === 'mapping' && absorbMapping(piece, next);
  if (piece.kind === 'problem') return next.kind === 'problem' && absorbProblem(piece, next);
  if (next.kind !== 'unreachable' || piece.input + piece.pages !== next.input) return false;
  if (piece.supervisorOnly !== next.supervisorOnly) return false;
  piece.pages += next.pages;
  return true;
}

function absorbMapping(piece: Growing<Mapping> & { leaves: LeafCounts }, next: Mapping): boolean {
  const { pages, guest } = piece;
  const rights = piece.permission === next.permission && piece.supervisor === next.supervisor;
  const alike = rights && piece.snooped === next.snooped;
  const through = guest === undefined ? next.guest === undefined : guest + pages === next.guest;
  const neighbours = through && piece.input + pages === next.input && piece.output + pages === next.output;
  if (!alike || !neighbours) return false;
  piece.pages += next.pages;
  piece.leaves['4K'] += next.leaves['4K'];
  piece.leaves['2M'] += next.leaves['2M'];
  piece.leaves['1G'] += next.leaves['1G'];
  return true;
}

function absorbProblem(piece: Growing<Problem>, next: Problem): boolean {
  if (piece.condition !== next.condition || piece.format !== next.format) return false;
  if (piece.writesOnly !== next.writesOnly) return false;
  if (piece.of.kind === 'pasid') return absorbPasids(piece, piece.of, next);
  if (piece.of.kind !== 'domain' || next.of.kind !== 'domain') return false;
  if (piece.of.input + piece.of.pages !== next.of.input) return false;
  piece.entries += next.entries;
  const { kind, domainId, input, pages } = piece.of;
  piece.of = { kind, domainId, input, pages: pages + next.of.pages };
  return true;
}

function absorbPasids(piece: Growing<Problem>, of: Problem['of'] & { kind: 'pasid' }, next: Problem): boolean {
  if (next.of.kind !== 'pasid' || of.sourceId !== next.of.sourceId) return false;
  if (of.pasid + of.count !== next.of.pasid) return false;
  piece.entries += next.entries;
  piece.of = { kind: 'pasid', sourceId: of.sourceId, pasid: of.pasid, count: of.count + next.of.count };
  return true;
}
