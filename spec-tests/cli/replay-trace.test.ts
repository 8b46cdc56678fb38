import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../harness/repository.ts';
import { vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-trace-'));
afterAll(() => rmSync(folder, { recursive: true }));
const UNMAPPED = join(ROOT, 'docs/examples/unmapped.trace');
const schema = JSON.parse(readFileSync(join(ROOT, 'fixtures/schema/trace-report-1.json'), 'utf8'));
const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

function written(text: string): string {
  const path = join(folder, 'a.trace');
  writeFileSync(path, text);
  return path;
}

describe('vtd replay of a trace', () => {
  test('what is forbidden, differs or is missing makes the exit status 1', async () => {
    const { status, out } = await vtd('replay', UNMAPPED);
    expect(status).toBe(1);
    expect(out).toContain('  answers: 2 fresh, 1 stale, 1 forbidden\n');
    expect(out).toContain('  values: 2 as the model has them, 1 otherwise; 1 read before the value came\n');
    expect(out).toContain('FSTS_REG; PPF was 0x0 and is 0x1 here\n');
  });

  test('--json keeps to its schema', async () => {
    const order = [
      'writeq 0xfed900f8 0xa000000100000000',
      'writeq 0xfed90028 0xe000000000280001',
      'dma 00:05.0 read 0',
    ];
    const path = written(`${readFileSync(UNMAPPED, 'utf8')}${order.join('\n')}\n`);
    const { status, out } = await vtd('replay', path, '--json');
    expect(status).toBe(1);
    const report = JSON.parse(out);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
    expect(report).toMatchObject({
      events: 25,
      fresh: 2,
      unobserved: 1,
      unit: { cap: '0xd2008c222f0606', named: true },
    });
    expect(report.findings.map(({ kind }: { kind: string }) => kind)).toEqual(['stale-answer', 'unsafe-order']);
  });

  test('a trace with nothing to say against ends with 0, and the unit is named as that of the model', async () => {
    const { status, out } = await vtd('replay', written('readl 0x1000 = 0\n'));
    expect(status).toBe(0);
    expect(out).toContain('1 event in ');
    expect(out).toContain('  no line says which unit; taken as: version 0x80, ');
    expect(out).toContain('  software: no mistakes\n');
  });

  test.each<[string, string, RegExp]>([
    ['a wrong word', 'reset\nreset hard\n', /^vtd: line 2 of .*a\.trace: "hard" is one word too many: reset takes /],
    ['JSON', '{"a": 1}\n', /^vtd: expected a trace: only a folder brings its own/],
    ['bytes', '\0\0', /^vtd: expected a trace: only a folder brings its own/],
    ['prose', 'Once upon a time\n', /^vtd: line 1 of .*a\.trace begins with "Once", expected one of readb, /],
  ])('%s is refused with one sentence and status 2', async (_, text, sentence) => {
    const { status, out, err } = await vtd('replay', written(text));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(sentence);
    expect(err.match(/\n/g)).toHaveLength(1);
  });

  test('a file that is not there', async () => {
    const { status, err } = await vtd('replay', 'nowhere');
    expect({ status, err }).toEqual({
      status: 2,
      err: 'vtd: there is no nowhere, expected a trace or a memory image\n',
    });
  });
});
