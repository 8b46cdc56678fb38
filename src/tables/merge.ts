import type { LeafCounts, Mapping, Problem, Unreachable } from './items.ts';

type Growing<T> = { -readonly [Name in keyof T]: T[Name] };

/** What a listing of addresses is made of. Whoever makes one may let it grow until it is handed on. */
export type Piece = (Growing<Mapping> & { leaves: LeafCounts }) | Growing<Unreachable> | Growing<Problem>;

/** Makes `next`, at the next input address, part of `piece` if the two are alike. `false`: they are not. */
export function absorb(piece: Piece, next: Piece): boolean {
  if (piece.kind === 'mapping') return next.kind === 'mapping' && absorbMapping(piece, next);
  if (piece.kind === 'problem') return next.kind === 'problem' && absorbProblem(piece, next);
  if (next.kind !== 'unreachable' || piece.input + piece.pages !== next.input) return false;
  piece.pages += next.pages;
  return true;
}

function absorbMapping(piece: Growing<Mapping> & { leaves: LeafCounts }, next: Mapping): boolean {
  const alike = piece.permission === next.permission && piece.snooped === next.snooped;
  const neighbours = piece.input + piece.pages === next.input && piece.output + piece.pages === next.output;
  if (!alike || !neighbours) return false;
  piece.pages += next.pages;
  piece.leaves['4K'] += next.leaves['4K'];
  piece.leaves['2M'] += next.leaves['2M'];
  piece.leaves['1G'] += next.leaves['1G'];
  return true;
}

function absorbProblem(piece: Growing<Problem>, next: Problem): boolean {
  if (piece.condition !== next.condition || piece.format !== next.format) return false;
  if (piece.of.kind !== 'domain' || next.of.kind !== 'domain') return false;
  if (piece.of.input + piece.of.pages !== next.of.input) return false;
  piece.entries += next.entries;
  piece.of = { ...piece.of, pages: piece.of.pages + next.of.pages };
  return true;
}
