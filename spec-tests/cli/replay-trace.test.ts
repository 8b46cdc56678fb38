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

  test('of many only the first are printed, and how many more there are', async () => {
    const lines = Array.from({ length: 25 }, (_, n) => `readl 0x1000 = ${n + 1}`);
    const { out } = await vtd('replay', written(`${lines.join('\n')}\n`));
    expect(out).toContain('  line 20: readl 0x1000 = 20\n');
    expect(out).not.toContain('  line 21: ');
    expect(out).toContain('  and 5 more, which --json has\n');
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

  test('a path that cannot be one', async () => {
    const { status, err } = await vtd('replay', 'a\0b');
    expect(status).toBe(2);
    expect(err).toMatch(/^vtd: a path cannot hold a zero byte, /);
  });

  test('a file that is not there', async () => {
    const { status, err } = await vtd('replay', 'nowhere');
    expect({ status, err }).toEqual({
      status: 2,
      err: 'vtd: there is no nowhere, expected a trace or a memory image\n',
    });
  });
});

describe('vtd trace', () => {
  const SCENARIO = join(ROOT, 'fixtures/qemu/iotlb-permission-upgrade.json');

  test('a recorded scenario becomes a trace that is replayed', async () => {
    const { status, out } = await vtd('trace', '--from', 'recording', SCENARIO);
    expect(status).toBe(0);
    expect(out).toMatch(
      /^unit version=0x10 haw=48 cap=0x80d2008c222f0606 ecap=0xf00f4a addressWidthWithoutSecondStage=/,
    );
    const replayed = await vtd('replay', written(out));
    expect(replayed.out).toContain('  answers: 2 fresh, 1 stale, 0 forbidden\n');
    expect(replayed.out).toContain('    missing: iotlb_inv page DID=0x1 ADDR=0x12345000 AM=0 IH=1\n');
  });

  test('trace events become one that says what is not judged; the unit is the one that was named', async () => {
    const log = written(
      'vtd_reg_write addr 0x20 size 0x8 value 0x1000\nvtd_dmar_fault sid 0x28 fault 5 addr 0x0 write 1\n',
    );
    const { status, out } = await vtd('trace', log, '--from', 'qemu', '--cap', 'd2008c40660462', '--haw', '39');
    expect(status).toBe(0);
    expect(out).toMatch(/^# Judged are register writes, .*\n# 1 DMA request in comments: /);
    expect(out).toContain('\nunit version=0x10 haw=39 cap=0xd2008c40660462 ecap=0xf00f4a ');
    expect((await vtd('replay', written(out))).status).toBe(0);
  });

  test.each<[string, readonly string[], RegExp]>([
    ['another form', [SCENARIO, '--from', 'x'], /^vtd: --from is qemu or recording, got "x"\n$/],
    ['no events', [SCENARIO, '--from', 'qemu'], /^vtd: expected trace events with vtd_reg_write in /],
    ['no JSON', [UNMAPPED, '--from', 'recording'], /^vtd: expected JSON in .*unmapped\.trace, but it is not/],
    ['no file', ['nowhere', '--from', 'qemu'], /^vtd: there is no nowhere, expected a log with QEMU's trace events\n$/],
  ])('%s is refused with one sentence and status 2', async (_, args, sentence) => {
    const { status, err } = await vtd('trace', ...args);
    expect(status).toBe(2);
    expect(err).toMatch(sentence);
  });
});
