import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conform } from '../../src/conformance/conform.ts';
import { subjectsOf } from '../../src/conformance/suite.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { ROOT } from '../harness/repository.ts';
import { HAS_QEMU, QEMU_VERSION, WITH_QEMU } from './live-qemu.ts';

/** Enough of each subject to see that the adapter tells what QEMU does; `vtd conform` takes all of them. */
const TAKEN = ['dma-remapping/legacy-mode/access-rights.json', 'faults/event.json', 'invalidation/wait.json'];

/** The cases in which QEMU 7.2 differs, by the name that docs/findings.md has for it. */
const { findings } = JSON.parse(readFileSync(join(ROOT, 'fixtures/departures/qemu-7.2.json'), 'utf8')) as {
  readonly findings: Readonly<Record<string, readonly string[]>>;
};
const vectors = loadVectors(join(ROOT, 'fixtures'));
const casesOf = ({ file }: (typeof vectors)[number]) => file.groups.flatMap(({ cases }) => cases.map(({ id }) => id));

test('each reason why QEMU is known to differ is told of in docs/findings.md, and the cases are there', () => {
  const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
  for (const name of Object.keys(findings)) expect(page).toContain(`### ${name}:`);
  const named = Object.values(findings).flat();
  const all = new Set(vectors.flatMap(casesOf));
  expect(named.filter((id) => !all.has(id))).toEqual([]);
});

describe.runIf(HAS_QEMU)(`Vectors on the live unit, ${WITH_QEMU}`, { timeout: 600_000 }, () => {
  test('QEMU differs where it is known to', async () => {
    const files = vectors.filter(({ path }) => TAKEN.includes(path));
    const outcome = await conform(subjectsOf(files, {}), {
      command: `'${process.execPath}' --import tsx '${join(ROOT, 'src/cli/main.ts')}' adapter qemu`,
      timeout: 120_000,
      startTimeout: 120_000,
      inFlight: 16,
      form: 'batches',
      restarts: 100,
    });
    if (typeof outcome === 'string') throw new Error(outcome);
    const differs = new Map(
      outcome.results.flatMap(({ subject, verdict }) =>
        verdict.kind === 'failed' ? [[subject.run.case.id, verdict.failure.difference]] : [],
      ),
    );
    for (const path of TAKEN) {
      const passed = outcome.results.filter(
        ({ subject, verdict }) => subject.path === path && verdict.kind === 'passed',
      );
      expect(passed.length).toBeGreaterThan(0);
    }
    if (!QEMU_VERSION.startsWith('7.2.')) return;
    const known = new Set(Object.values(findings).flat());
    const expected = files.flatMap(casesOf).filter((id) => known.has(id));
    expect([...differs.keys()].sort(), JSON.stringify([...differs], null, 1)).toEqual(expected.sort());
  });
});
