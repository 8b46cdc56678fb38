import { INTERRUPT_FAULTS } from '../../conditions/interrupt.ts';
import { TRANSLATION_FAULTS } from '../../conditions/translation.ts';
import type { JsonObject } from '../../oracle/json-rpc.ts';
import type { VectorFile, VectorRun } from '../../vectors/types.ts';
import { stepOf } from '../calls.ts';
import type { Failure } from '../result.ts';
import { STALENESS } from './referee.ts';

/** What a target answered wrongly, with the case made as small as it could be. */
export interface Found {
  readonly case: number;
  readonly failure: Failure;
  readonly rules: readonly string[];
  readonly vector: VectorFile;
}

const TRANSLATION_CODES: ReadonlySet<string> = new Set(TRANSLATION_FAULTS.map(({ code }) => code));
const INTERRUPT_CODES: ReadonlySet<string> = new Set(INTERRUPT_FAULTS.map(({ code }) => code));

/** A finding as a vector that shows it again; `choices` are the freedoms that the target takes. */
export function foundIn(run: VectorRun, failure: Failure, seed: number, place: number, choices: JsonObject): Found {
  const rules = rulesOf(run, failure);
  const { needs, flags } = run.case;
  // What comes after the step that shows it tells nothing more.
  const shown = stepOf(failure.where);
  const steps = shown === undefined ? run.case.steps : run.case.steps.slice(0, shown);
  const { unit, memory, steps: setup } = run.group;
  const says = `Case ${place} of the campaign with seed ${seed}, made smaller: a reproduction of what a target answered otherwise than the model, not worked out by hand.`;
  const vector: VectorFile = {
    schema: 'unit-vectors-1',
    title: 'Found by a campaign',
    sections: sectionsOf(rules),
    ...(flags === undefined ? {} : { flags: { [STALENESS]: 'A cache may still hold what memory no longer says.' } }),
    groups: [
      {
        unit,
        ...(memory === undefined || memory.length === 0 ? {} : { memory }),
        ...(setup === undefined || setup.length === 0 ? {} : { steps: setup }),
        cases: [
          {
            id: run.case.id,
            says,
            rules,
            ...(flags === undefined ? {} : { flags }),
            ...(Object.keys(choices).length === 0 ? {} : { choices: choices as Record<string, string> }),
            ...(needs === undefined ? {} : { needs }),
            steps,
          },
        ],
      },
    ],
  };
  return { case: place, failure, rules, vector };
}

/** Conditions that were expected or seen, and rules that the judge names; else the one that says how such a request goes. */
function rulesOf(run: VectorRun, { expected, observed, because = [], where }: Failure): readonly string[] {
  const conditions = [...JSON.stringify([expected ?? null, observed ?? null]).matchAll(/"condition":"([^"]+)"/g)];
  const named = because.flatMap((sentence) => [...sentence.matchAll(/(?<![\w.])(\d+(?:\.\d+)*-[RMGS]\d+)\b/g)]);
  const known = [...conditions, ...named].map(([, rule]) => rule!).filter((rule) => rule.includes('-') || isCode(rule));
  return known.length > 0 ? [...new Set(known)] : [usualRule(run, where)];
}

const isCode = (code: string): boolean => TRANSLATION_CODES.has(code) || INTERRUPT_CODES.has(code);

function usualRule({ case: { steps, flags }, group }: VectorRun, where: string | undefined): string {
  const step = steps[(stepOf(where) ?? steps.length) - 1];
  if (step !== undefined && 'interrupt' in step) return '5.1.4-R5';
  if (step !== undefined && 'read' in step) return '7.2.1-R1';
  if (flags?.includes(STALENESS) === true) return '6.5.3.6-R1';
  const scalable = group.memory?.some(({ is }) => is === 'sm-root-entry') === true;
  return scalable ? '3.4.3-R1' : '3.4.2-R2';
}

function sectionsOf(rules: readonly string[]): readonly string[] {
  const sections = rules.map((rule) => {
    if (rule.includes('-')) return `§${rule.split('-')[0]}`;
    return INTERRUPT_CODES.has(rule) ? 'Table 15' : 'Table 30';
  });
  return [...new Set(sections)];
}
