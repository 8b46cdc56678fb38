import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isCitation } from '../harness/citations.ts';
import { ROOT } from '../harness/repository.ts';
import { LONG } from '../properties/runs.ts';
import { LAYOUT_MUTANTS, UNSEEN } from './layouts.ts';
import { changed, type Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { judge, Rig, type Verdict } from './rig.ts';

const long = process.env.VTD_LONG !== undefined;
/** Making and loading a copy takes a third of a second, so that usually only some are run. */
const chosen = long ? MUTANTS : MUTANTS.filter((_, i) => i % 12 === 0);
/** Usually a mutant meets only the vectors that are likely to catch it, and the unchanged copy a part of them. */
const everywhere = [''];

const rig = new Rig();
let unchanged: Verdict;
beforeAll(async () => {
  unchanged = await judge(await rig.targetOf(undefined), { within: long ? everywhere : ['faults/'], toTheEnd: true });
}, LONG);
afterAll(() => rig.remove(), LONG);

/** The first vector that tells the mutant from the model; undefined if none does. */
async function catcherOf(mutant: Mutant): Promise<string | undefined> {
  const { failed, runs } = await judge(await rig.targetOf(mutant), {
    within: long ? everywhere : [mutant.vectors],
    first: mutant.vectors,
    without: unchanged.failed,
  });
  const [first] = failed;
  return first === undefined ? undefined : `${first[0]}: ${first[1]} (run ${runs})`;
}

describe('Named misreadings', () => {
  test('each has a name of its own and a section that is there', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(MUTANTS.filter(({ section }) => !isCitation(section))).toEqual([]);
  });

  test.each([...MUTANTS, ...LAYOUT_MUTANTS])('$name: what it changes stands in its file once', (mutant) => {
    const text = readFileSync(join(ROOT, mutant.file), 'utf8');
    expect(changed(text, mutant)).not.toBe(text);
  });

  test('a copy without one passes every vector', () => {
    const { failed } = unchanged;
    expect([...failed].slice(0, 5), `${failed.size} runs fail, of which these are some`).toEqual([]);
    expect(unchanged.runs).toBeGreaterThan(long ? 20_000 : 500);
  });

  test.each(chosen)('$name: $says', { timeout: LONG }, async (mutant) => {
    const catcher = await catcherOf(mutant);
    expect(catcher, 'no vector sees it').toBeDefined();
    process.stdout.write(`${mutant.name}: ${catcher}\n`);
  });
});

describe.runIf(long)('Fields moved by a bit', () => {
  test.each(LAYOUT_MUTANTS)(
    '$name',
    async (mutant) => {
      const catcher = await catcherOf(mutant).catch((error: unknown) => {
        if (error instanceof RangeError) return `does not load: ${error.message}`;
        throw error;
      });
      if (mutant.field in UNSEEN || mutant.name in UNSEEN)
        expect(catcher, 'it is seen: take it off the list').toBeUndefined();
      else expect(catcher, 'no vector sees it').toBeDefined();
      process.stdout.write(`${mutant.name}: ${catcher}\n`);
    },
    LONG,
  );
});
