import { afterAll, describe, expect, test } from 'vitest';
import { isCitation } from '../harness/citations.ts';
import { MUTANTS } from './mutants.ts';
import { judge, Rig } from './rig.ts';

const rig = new Rig();
afterAll(() => rig.remove());

describe('Named misreadings', () => {
  test('each has a name of its own and a section that is there', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
    expect(MUTANTS.filter(({ section }) => !isCitation(section))).toEqual([]);
  });

  test('a copy without one passes every vector', async () => {
    const { difference, runs } = await judge(await rig.targetOf(undefined));
    expect(difference).toBeUndefined();
    expect(runs).toBeGreaterThan(2000);
  });

  test.each(MUTANTS)('$name: $says', async (mutant) => {
    const { difference, runs } = await judge(await rig.targetOf(mutant), mutant.vectors);
    expect(difference, `no vector sees it; ${runs} were run`).toBeDefined();
    process.stdout.write(`${mutant.name}, after ${runs}: ${difference}\n`);
  });
});
