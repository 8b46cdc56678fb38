import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { casesOf } from '../../src/conformance/fuzz/campaign.ts';
import { type Ran, vtd } from '../cli/vtd.ts';
import { ROOT } from '../harness/repository.ts';
import { lint } from '../harness/vector-lint.ts';
import { LONG } from '../properties/runs.ts';

const node = (script: string): string =>
  `exec '${process.execPath}' --import tsx '${join(ROOT, 'spec-tests', script.split(' ')[0]!)}' ${script.split(' ').slice(1).join(' ')}`;
const SERVER = node('oracle-protocol/server.ts');
const folder = mkdtempSync(join(tmpdir(), 'vtd-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fuzz = (target: string, ...more: readonly string[]): Promise<Ran> =>
  vtd('fuzz', '--target', target, '--jobs', '1', ...more);

describe('The cases of a campaign', () => {
  test('are those of its shards, each in one', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 20 }), (cases, of) => {
        const shards = Array.from({ length: of }, (_, shard) => casesOf({ cases, shard, of }));
        for (const [shard, places] of shards.entries()) expect(places.every((k) => k % of === shard)).toBe(true);
        expect(shards.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: cases }, (_, k) => k));
      }),
    );
  });
});

describe('vtd fuzz', () => {
  test.each(['none', 'full'])(
    'finds nothing in the server of the model, with caches %s',
    async (caches) => {
      const { status, out, err } = await fuzz(SERVER, '--cases', '60', '--caches', caches);
      expect({ status, err, out }).toEqual({
        status: 0,
        err: '',
        out: '60 cases\n  60 passed\n  0 failed\n  0 skipped\n',
      });
    },
    LONG,
  );

  test(
    'finds nothing in a unit that cannot be another',
    async () => {
      const { status, out } = await fuzz(node('conformance/fixed-target.ts qemu-7.2 bare'), '--cases', '40');
      expect({ status, out: out.slice(-50) }).toEqual({ status: 0, out: expect.stringContaining('  0 failed\n') });
      // One request in five is atomic, which this target refuses: what else a case asks is asked all the same.
      const skipped = Number(/ (\d+) skipped\n$/.exec(out)?.[1]);
      expect(skipped).toBeGreaterThan(0);
      expect(skipped).toBeLessThan(10);
    },
    LONG,
  );

  test(
    'finds a misreading, makes the case small, and writes a vector that fails on it and passes on the model',
    async () => {
      const mutant = node('mutants/serve.ts permission-or');
      const { status, out } = await fuzz(mutant, '--case', '6', '--out', folder);
      expect(status).toBe(1);
      expect(out).toContain(`    again    vtd fuzz --target '${mutant.replaceAll("'", `'\\''`)}' --seed 1 --case 6\n`);
      const path = join(folder, 'fuzz-1-6.json');
      const text = readFileSync(path, 'utf8');
      expect(lint([{ path, text }])).toEqual([]);
      const { memory, steps, cases } = JSON.parse(text).groups[0];
      expect(memory.length).toBeLessThanOrEqual(7);
      expect(steps.length + cases[0].steps.length).toBeLessThanOrEqual(5);

      const again = (target: string) => vtd('conform', '--target', target, '--vectors', folder);
      expect((await again(mutant)).status).toBe(1);
      expect((await again(SERVER)).status).toBe(0);
      // The same seed, the same case, the same file; from a shard too, where it is one of several.
      const sharded = await fuzz(mutant, '--cases', '14', '--shard', '6/7', '--json');
      const { failed, found } = JSON.parse(sharded.out);
      expect(failed.map((one: { case: number }) => one.case)).toContain(6);
      expect(found[0].vector).toEqual(JSON.parse(text));
    },
    LONG,
  );

  test.each([
    [['--shard', '4/4'], '--shard is i/n with i from 0 to n-1, got "4/4"'],
    [['--shard', 'all'], '--shard is i/n with i from 0 to n-1, got "all"'],
    [['--seed', '-1'], '--seed is a number from 0 to 4294967295, got "-1"'],
    [['--cases', '0'], '--cases is a number from 1 to 1000000000, got "0"'],
    [['--jobs', '0'], '--jobs is a number from 1 to 1024, got "0"'],
    [['--choice', 'patTopBit'], '--choice takes name=value, got "patTopBit"'],
    [['--out', '/dev/null/x'], '"/dev/null/x" cannot be written: '],
    [['--cases', '1'], 'nothing was run: the target does not start: it ended with status 5'],
  ])('%j is bad input: status 2 and one sentence', async (args, sentence) => {
    const { status, err } = await vtd('fuzz', '--target', 'exit 5', ...args);
    expect(status).toBe(2);
    expect(err).toMatch(/^vtd: .*\n$/);
    expect(err).toContain(sentence);
  });

  test('without --target it says what is missing', async () => {
    expect((await vtd('fuzz')).err).toBe('vtd: --target is missing; it takes a command that speaks docs/protocol.md\n');
  });
});
