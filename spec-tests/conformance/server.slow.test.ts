import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../../fixtures/manifest.json' with { type: 'json' };
import { vtd } from '../cli/vtd.ts';
import { ROOT } from '../harness/repository.ts';
import { LONG } from '../properties/runs.ts';

const long = process.env.VTD_LONG !== undefined;
const node = (script: string): string => `'${process.execPath}' --import tsx '${join(ROOT, 'spec-tests', script)}'`;
const some = long ? [] : ['--filter', 'faults/', '--filter', 'invalidation/effects-legacy-leaves'];

describe('vtd conform', () => {
  test.each(['none', 'full'])(
    'the server passes, and no vector is skipped, with caches %s',
    async (caches) => {
      const server = node('oracle-protocol/server.ts');
      const { status, out, err } = await vtd('conform', '--target', server, '--caches', caches, ...some);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toMatch(/\n {2}(\d+) passed\n {2}0 failed\n {2}0 skipped\n$/);
      const { runs, cases } = manifest.totals;
      if (long) expect(out).toContain(`\n${runs} runs of ${cases} cases\n  ${runs} passed\n`);
    },
    LONG,
  );

  const FIXED = [
    { target: 'qemu-7.2 bare', least: 4000 },
    { target: 'qemu-10-first-stage', least: 8000 },
    { target: 'xeon-2023', least: 10_000 },
  ];

  test.each(long ? FIXED : FIXED.slice(0, 1))(
    'the model as a unit that cannot be another ($target) fails nothing, and is told why the others are skipped',
    async ({ target, least }) => {
      const { status, out, err } = await vtd(
        'conform',
        '--target',
        `${node('conformance/fixed-target.ts')} ${target}`,
        ...some,
      );
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toContain('\n  0 failed\n');
      expect(out).toContain('  does not hold for the unit that the target is\n');
      const [, adapted] = /\n {2}(\d+) were written for another unit/.exec(out) ?? [];
      expect(Number(adapted)).toBeGreaterThan(long ? least : 400);
    },
    LONG,
  );
});
