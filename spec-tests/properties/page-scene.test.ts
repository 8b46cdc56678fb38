import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionsOf, type PageView, pageOpinions } from '../oracle/index.ts';
import { pageScene } from './page-scene.ts';

const played = fc.sample(pageScene(), { numRuns: 1000, seed: 1 }).flatMap((scene) => pageOpinions(scene).views);
const opinions = played.flatMap(({ opinion }) => (opinion === undefined ? [] : [opinion]));
const share = (fits: (view: PageView) => boolean): number => played.filter(fits).length / played.length;

/** The conditions that requests with this outcome met. */
function met(outcome: 'answered' | 'dropped', logged: boolean): string[] {
  const some = opinions.filter((opinion) => opinion.outcome === outcome && opinion.logged === logged);
  return [...new Set(some.flatMap(({ fault }) => (fault === undefined ? [] : [fault.condition])))].sort();
}

describe('Random scenes of page requests', () => {
  // A unit with PRS=1 has SMTS=1.
  const rows = conditionsOf('PQr')
    .filter((condition) => condition !== 'RTA.1.3')
    .sort();

  test('meet each row of Table 30 that page requests have, answered and dropped', () => {
    expect(conditionsOf('PQd').sort()).toEqual(conditionsOf('PQr').sort());
    expect(met('answered', true)).toEqual(rows);
    expect(met('dropped', true)).toEqual(rows);
  });

  test('silence only qualified faults by FPD', () => {
    const unqualified = /^(RTA|SRT)|^S(CT|PD|PT)\.1$/;
    expect(met('answered', false).filter((condition) => unqualified.test(condition))).toEqual([]);
    expect(met('answered', false).length).toBeGreaterThan(10);
  });

  test('queue many, find full rings, and have events sent and held', () => {
    expect(share(({ opinion }) => opinion?.outcome === 'queued')).toBeGreaterThan(0.1);
    expect(share(({ opinion }) => opinion?.code === 0)).toBeGreaterThan(0.01);
    expect(share(({ messages }) => messages.some(({ kind }) => kind === 'page request event'))).toBeGreaterThan(0.01);
    expect(share(({ registers }) => registers.PECTL >> 30n === 3n)).toBeGreaterThan(0.01);
    expect(share(({ registers }) => registers.PRS === 2n && registers.PECTL >> 30n === 3n)).toBeGreaterThan(0.005);
  });
});
