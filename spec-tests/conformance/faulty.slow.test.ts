import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConformOptions, conform, type Outcome } from '../../src/conformance/conform.ts';
import type { Verdict } from '../../src/conformance/result.ts';
import { subjectsOf } from '../../src/conformance/suite.ts';
import { commandOf, Scratch } from './faulty.ts';
import { SUITE_OF_SEVEN } from './suite-of-seven.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const subjects = subjectsOf([{ path: 'off.json', file: SUITE_OF_SEVEN }], {});

const conformTo = (fault: string, options: Partial<ConformOptions> = {}): Promise<Outcome | string> =>
  conform(subjects, {
    command: commandOf(fault, scratch.path(fault)),
    timeout: 20_000,
    startTimeout: 20_000,
    inFlight: 16,
    form: 'batches',
    restarts: 100,
    ...options,
  });

async function verdictsOf(fault: string, options: Partial<ConformOptions> = {}): Promise<readonly Verdict[]> {
  const outcome = await conformTo(fault, options);
  if (typeof outcome === 'string') throw new Error(outcome);
  return outcome.results.map(({ verdict }) => verdict);
}

const differenceOf = (verdict: Verdict | undefined): string =>
  verdict?.kind === 'failed' ? verdict.failure.difference : `${verdict?.kind}`;

describe('A target that', () => {
  test.each(['none', 'noisy'])('has no fault passes (%s)', async (fault) => {
    expect(await verdictsOf(fault)).toEqual(subjects.map(() => ({ kind: 'passed', adapted: false })));
  });

  test.each([
    ['hang', /^no answer: it did not answer within 1 s$/],
    ['crash', /^no answer: it (?:was ended by SIGABRT|ended with status 134 \(SIGABRT\))$/],
    ['exit', /^no answer: it ended with status 3$/],
    ['garbage', /^no answer: it wrote a line that is not JSON: "Segmentation fault"$/],
    ['half-line', /^no answer: it did not answer within 1 s$/],
    ['half-line-exit', /^no answer: it wrote a line that is not JSON: /],
    ['wrong-id', /^no answer: it answered the id \d+, for which nothing waits$/],
    ['null-id', /^no answer: it wrote what is no reply: .*no batches here/],
    ['twice', /^no answer: it answered the id \d+, for which nothing waits$/],
    ['no-reply', /^no answer: it wrote what is no reply: /],
    ['too-long', /^no answer: it wrote what cannot be read: a line takes at most 16777216 bytes$/],
    ['not-utf8', /^no answer: it wrote what cannot be read: this line is not UTF-8$/],
    ['refuse', /^dma was refused with -32602: source takes nothing$/],
    ['leaks', /^after reset: outcome is "UR", expected "completed"; after initialize it passes, so that reset leaves/],
    ['wrong', /^outcome is "UR", expected "completed"/],
  ])('fails one vector (%s) fails that vector, and no other', async (fault, difference) => {
    // What is found wrong at once has time enough on a slow machine; who waits for nothing waits for a second.
    const timeout = fault === 'hang' || fault === 'half-line' ? 1000 : 20_000;
    for (const inFlight of [1, 16]) {
      const verdicts = await verdictsOf(fault, { timeout, inFlight });
      expect(differenceOf(verdicts[3])).toMatch(difference);
      expect(verdicts.map(({ kind }) => kind)).toEqual([
        'passed',
        'passed',
        'passed',
        'failed',
        ...Array(3).fill('passed'),
      ]);
    }
  });

  test('crashes is quoted, with the lines that it was sent', async () => {
    const [, , , verdict] = await verdictsOf('crash');
    if (verdict?.kind !== 'failed') throw new Error('it did not fail');
    expect(verdict.failure.stderr).toMatch(/^assertion failed\n/);
    expect(verdict.failure.lines).toHaveLength(2);
    expect(verdict.failure.lines[1]).toBe(
      '> {"jsonrpc":"2.0","id":2,"method":"dma","params":{"source":"00:1f.7","address":"0x4000","access":"read"}}',
    );
  });

  test('says that it cannot do a step has the vector skipped, and says why', async () => {
    const verdicts = await verdictsOf('cannot');
    const reason = 'has a dma that the target says it cannot do';
    const skip = { kind: 'step-refused', reason, detail: 'step 1: there is no such device', step: 1 };
    expect(verdicts[3]).toEqual({ kind: 'skipped', skip });
  });

  test('takes lines, but no batches, is served by lines', async () => {
    expect((await verdictsOf('none', { form: 'lines' })).every(({ kind }) => kind === 'passed')).toBe(true);
  });

  test.each([
    ['exits-at-once', /^the target does not start: it ended with status 7$/],
    ['banner', /^the target does not start: it wrote a line that is not JSON: "> faulty@1\.0\.0 start"$/],
    ['never-starts', /^the target does not start: it did not answer within 1 s$/],
    ['no-unit', /^its reply to initialize has no unit: /],
  ])('cannot be begun with (%s) is told in a sentence', async (fault, sentence) => {
    expect(await conformTo(fault, { startTimeout: fault === 'never-starts' ? 1000 : 20_000 })).toMatch(sentence);
  });

  test('cannot be started again: what is left is reported as not run', async () => {
    const verdicts = await verdictsOf('dies-for-good', { inFlight: 1 });
    expect(verdicts.map(({ kind }) => kind)).toEqual(['passed', 'passed', 'passed', 'failed', 'lost', 'lost', 'lost']);
    expect(verdicts[4]).toEqual({ kind: 'lost', how: 'the target does not start: it ended with status 9' });
  });

  test('fails more often than it may be started again: what is left is reported as not run', async () => {
    const verdicts = await verdictsOf('exit', { inFlight: 1, restarts: 0 });
    expect(verdicts.map(({ kind }) => kind)).toEqual(['passed', 'passed', 'passed', 'failed', 'lost', 'lost', 'lost']);
  });

  test('is gone when conform comes back, also if it hangs', async () => {
    const mark = `mark-${process.pid}`;
    await conform(subjects, {
      command: `${commandOf('hang')} ${mark} & wait`,
      timeout: 500,
      startTimeout: 20_000,
      inFlight: 16,
      form: 'batches',
      restarts: 0,
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(mark);
  });
});
