import type { Problem } from '../tables/items.ts';
import type { Found } from './finding.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

/** The rules that an entry breaks on which the model says that requests fault, by what the entry holds. */
export type RulesOf = (
  scene: Scene,
  problem: Problem,
) => readonly { readonly rule: RuleId; readonly found?: Partial<Found> }[];
