import type { Subject } from './suite.ts';

/** Why a run was left out: what is the same for many runs, and what is special to this one. */
export interface Skip {
  readonly kind: SkipKind;
  readonly reason: string;
  readonly detail?: string;
  /** The step of the case, from 1, that the target cannot do. */
  readonly step?: number;
}

export type SkipKind = 'feature' | 'method' | 'choice' | 'unit' | 'unit-refused' | 'step-refused';

/** What was expected of a target, and what it did. */
export interface Failure {
  /** Which step, `step 2`; undefined where the target did not answer at all. */
  readonly where?: string;
  /** Why it is wrong, a sentence. */
  readonly difference: string;
  readonly expected?: unknown;
  readonly observed?: unknown;
  /** Why the judge forbids it, with the rules that it rests on. */
  readonly because?: readonly string[];
  /** What went to the target, and what came back: `>` and `<` before each line. */
  readonly lines: readonly string[];
  /** What it last wrote to standard error, where it did not answer. */
  readonly stderr?: string;
}

/** What became of a run. */
export type Verdict =
  | { readonly kind: 'passed'; readonly adapted: boolean }
  | { readonly kind: 'failed'; readonly adapted: boolean; readonly failure: Failure }
  | { readonly kind: 'skipped'; readonly skip: Skip }
  /** The target was given up before. */
  | { readonly kind: 'lost'; readonly how: string };

export interface Result {
  readonly subject: Subject;
  readonly verdict: Verdict;
}
