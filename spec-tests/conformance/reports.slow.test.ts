import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { Parser } from 'tap-parser';
import { afterAll, describe, expect, test } from 'vitest';
import schema from '../../fixtures/schema/conformance-report-1.json' with { type: 'json' };
import type { Report } from '../../src/conformance/report.ts';
import { type Ran, vtd } from '../cli/vtd.ts';
import { ROOT } from '../harness/repository.ts';
import { commandOf, Scratch } from './faulty.ts';
import { SUITE_OF_SEVEN } from './suite-of-seven.ts';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const conform = (fault: string, ...more: readonly string[]): Promise<Ran> =>
  vtd('conform', '--target', commandOf(fault, scratch.path(fault)), '--vectors', scratch.vectors, ...more);

/** What the report files say; they are removed with the folder. */
async function reports(fault: string, ...more: readonly string[]) {
  const [json, junit] = [scratch.path(`${fault}.report.json`), scratch.path(`${fault}.xml`)];
  const ran = await conform(fault, '--json', json, '--junit', junit, ...more);
  return { ran, report: JSON.parse(readFileSync(json, 'utf8')) as Report, junit: readFileSync(junit, 'utf8') };
}

const FAULTS = ['none', 'wrong', 'crash', 'cannot', 'fixed'];

describe('The report of a target', () => {
  test('that passes: the table, status 0', async () => {
    const { status, out, err } = await conform('none');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('faulty 1, vectors of your own\n');
    expect(out).toContain('7 runs of 7 cases\n  7 passed\n  0 failed\n  0 skipped\n');
    expect(out).toMatch(/§11 +registers +6 +\. +\. +\.\n/);
    expect(out).toMatch(/ {2}§3\.4\.2 +legacy mode +1 +\. +\. +\.\n/);
  });

  test('that answers wrongly: what was expected and observed, and how to run it alone', async () => {
    const { status, out } = await conform('wrong');
    expect(status).toBe(1);
    const command = commandOf('wrong', scratch.path('wrong')).replaceAll("'", `'\\''`);
    expect(out).toContain(
      [
        'Failed',
        '  off-4  While translation is off a request of 00:1f.7 passes.',
        '    §3.4.2  rules 3.4.2-R1  in off.json',
        '    step 1: outcome is "UR", expected "completed"',
        '    expected  {"outcome":"completed","address":"0x4000"}',
        '    observed  {"outcome":"UR"}',
        `    alone     vtd conform --target '${command}' --vectors ${scratch.vectors} --id off-4`,
        '      > {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"unit":{"version":"0x10","hostAddressWidth":48,"capabilities":"0xd2008c222f0606","extendedCapabilities":"0xf00f4a"}}}',
      ].join('\n'),
    );
    expect(out).toContain('      < {"jsonrpc":"2.0","id":2,"result":{"outcome":"UR"}}\n');
    expect(out).toMatch(/§3\.4\.2 +legacy mode +\. +1 +\. +\.\n/);
  });

  test('run alone as the report says, the failure is there again', async () => {
    const { status, out } = await conform('wrong', '--id', 'off-4');
    expect(status).toBe(1);
    expect(out).toContain('1 run of 1 case\n  0 passed\n  1 failed\n');
  });

  test('that hides behind more failures than are shown: a line each', async () => {
    const { out } = await conform('wrong', '--failures', '0');
    expect(out).toContain('Failed\n  off-4  §3.4.2  step 1: outcome is "UR", expected "completed"\n\n');
  });

  test('that crashes: what it said, and that a new one went on', async () => {
    const { status, out } = await conform('crash');
    expect(status).toBe(1);
    expect(out).toContain('    stderr    assertion failed\n');
    expect(out).toContain('\n  1 failed, 1 of them without an answer: a new target went on with the next\n');
  });

  test('that cannot do a step: why it is skipped', async () => {
    const { status, out } = await conform('cannot');
    expect(status).toBe(0);
    expect(out).toContain(
      'Skipped\n       1  has a dma that the target says it cannot do\n          1 like off-4: step 1: there is no such device\n',
    );
  });

  test.each(FAULTS)('is the same every time (%s)', async (fault) => {
    const [first, second] = [await reports(fault, '--in-flight', '1'), await reports(fault, '--in-flight', '1')];
    expect(second).toEqual(first);
  });

  test.each(FAULTS)('as JSON keeps to its schema, and counts what is there (%s)', async (fault) => {
    const { report } = await reports(fault);
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    expect(ajv.validate(schema, report), JSON.stringify(ajv.errors)).toBe(true);
    const { runs, passed, failed, skipped, lost } = report.totals;
    expect(passed + failed + skipped + lost).toBe(runs);
    expect(report.failed).toHaveLength(failed);
    const chapters = report.sections.filter(({ section }) => !section.includes('.'));
    expect(chapters.reduce((sum, chapter) => sum + chapter.passed, 0)).toBe(passed);
  });

  test.each(FAULTS)('as JUnit is XML that an XML parser reads (%s)', async (fault) => {
    const { report, junit } = await reports(fault);
    expect(XMLValidator.validate(junit)).toBe(true);
    const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' });
    const { testsuites } = parser.parse(junit) as {
      readonly testsuites: {
        readonly tests: string;
        readonly failures: string;
        readonly testsuite: { testcase: object[] };
      };
    };
    expect(Number(testsuites.tests)).toBe(report.totals.runs);
    expect(Number(testsuites.failures)).toBe(report.totals.failed);
    expect(testsuites.testsuite.testcase.filter((one) => 'failure' in one)).toHaveLength(report.totals.failed);
  });

  test.each(FAULTS)('as TAP is what a TAP parser reads (%s)', async (fault) => {
    const { status, out } = await conform(fault, '--tap');
    const { ok, count, fail, skip } = await parsedTap(out);
    const { report } = await reports(fault);
    expect({ count, fail, skip }).toEqual({
      count: report.totals.runs,
      fail: report.totals.failed,
      skip: report.totals.skipped,
    });
    expect(ok).toBe(status === 0);
  });
});

/** The totals of a TAP parser; it throws if a line is no TAP. */
function parsedTap(text: string): Promise<{ ok: boolean; count: number; fail: number; skip: number }> {
  return new Promise((resolve, reject) => {
    const parser = new Parser({ strict: true }, ({ ok, count, fail, skip }) => resolve({ ok, count, fail, skip }));
    parser.on('extra', (line: string) => reject(new Error(`no TAP: ${line}`)));
    parser.end(text);
  });
}

describe('vtd conform', () => {
  test.each([
    [['--target', 'true', '--timeout', '0'], '--timeout is a number from 1 to 86400, got "0"'],
    [['--target', 'true', '--in-flight', 'many'], '--in-flight is a number from 1 to 1024, got "many"'],
    [['--target', 'true', '--caches', 'some'], 'caches is "none", "full" or an object of capacities, got "some"'],
    [['--target', 'true', '--caches', '{"iotlb":'], '--caches takes JSON there, got "{\\"iotlb\\":"'],
    [['--target', 'true', '--choice', 'patTopBit'], '--choice takes name=value, got "patTopBit"'],
    [['--target', 'true', '--choice', 'patTopBit=maybe'], 'choice patTopBit is reserved or ignored, got "maybe"'],
    [
      ['--target', 'true', '--json', '.'],
      '"." cannot be written: EISDIR: illegal operation on a directory, open \'.\'',
    ],
    [['--target', 'true', '--vectors', 'src'], 'there are no vector files in "src"'],
    [['--target', 'true', '--id', 'off-99'], 'there is no vector "off-99"; there is '],
    [
      ['--target', 'true', '--filter', '99.9'],
      'no vector is about "99.9"; --filter takes 7.1, 3.7-R5, LGN.2 or faults/',
    ],
    [['--target', 'exit 5'], 'nothing was run: the target does not start: it ended with status 5'],
    [['--target', commandOf('fixed'), '--filter', '4.2.4.1'], 'no vector was for this target: each was skipped'],
    [[], '--target is missing; it takes a command that speaks docs/protocol.md'],
    [['--tarjet', 'x'], "unknown option '--tarjet'"],
  ])('%j is bad input: status 2 and one sentence', async (args, sentence) => {
    const { status, err } = await vtd('conform', ...args);
    expect(status).toBe(2);
    expect(err).toMatch(/^vtd: .*\n/);
    expect(err).toContain(sentence);
  });

  test.each([
    ['{', 'the vectors in "'],
    ['{ "schema": "unit-vectors-1", "groups": 1 }', 'does not keep to fixtures/schema/unit-vectors-1.json: '],
    [
      JSON.stringify(SUITE_OF_SEVEN).replace('"steps":[', '"memory":[{"at":"0x0","qwords":["much"]}],"steps":['),
      'does not keep to fixtures/schema/unit-vectors-1.json: ',
    ],
  ])('a vector file of somebody that cannot be read is bad input (%#)', async (text, sentence) => {
    const folder = scratch.path('own');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'own.json'), `${text}${text === '{' ? '"schema": "unit-vectors-1"' : ''}`);
    const { status, err } = await vtd('conform', '--target', 'true', '--vectors', folder);
    expect(status).toBe(2);
    expect(err).toContain(sentence);
  });

  test('--list names cases, and runs nothing', async () => {
    const { status, out } = await vtd('conform', '--list', '--vectors', scratch.vectors, '--filter', '3.4.2-R1');
    expect({ status, out }).toEqual({
      status: 0,
      out: 'off-4  §3.4.2  While translation is off a request of 00:1f.7 passes.\n',
    });
  });

  test('--filter takes a section, a rule, a condition and a folder; --id a case and a run of it', async () => {
    const listed = async (...args: readonly string[]) =>
      (await vtd('conform', '--list', ...args)).out.trimEnd().split('\n').length;
    const all = await listed('--filter', '7');
    const some = await listed('--filter', '§7.1.1');
    expect(some).toBeGreaterThan(50);
    expect(all).toBeGreaterThan(some);
    expect(await listed('--filter', 'LGN.2')).toBeGreaterThan(10);
    expect(await listed('--filter', 'faults/event')).toBe(50);
    expect(await listed('--filter', '7.1.1', '--filter', 'faults/event')).toBeGreaterThan(some);
    expect(await listed('--id', 'root-index-1', '--id', 'root-index-2')).toBe(2);
  });

  test('the choices that a target is said to take decide which vectors are for it', async () => {
    const choice = (await vtd('conform', '--list', '--filter', 'LGN.3')).out;
    expect(choice).toContain('\n');
    const { out } = await vtd(
      ...['conform', '--target', commandOf('fixed'), '--filter', 'registers/access', '--choice', 'upperAddress=kept'],
    );
    expect(out).not.toContain('upperAddress is');
    expect(out).toContain('addressTopBits is "drop" there; the target does not say');
  });

  test('loads the vectors of the package from wherever it is started', async () => {
    expect((await vtd('conform', '--list', '--vectors', join(ROOT, 'fixtures'))).out).toBe(
      (await vtd('conform', '--list')).out,
    );
  });
});
