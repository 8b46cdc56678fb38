import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import schema from '../../fixtures/schema/dmar-report-1.json' with { type: 'json' };
import { CLIENT, PROPERTIES, patched, REST_UNIT, TABLE_33, tableOf, UART_NAME, UART_UNIT } from '../acpi/pieces.ts';
import { PLANTS } from '../acpi/plants.ts';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-dmar-'));
afterAll(() => rmSync(folder, { recursive: true }));

const QEMU = join(image('legacy48'), 'dmar.bin');
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema);

/** A file of these bytes, or of this text. */
function file(content: Uint8Array | string, name = 'dmar.bin'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** As acpidump prints a table. */
function dumpOf(bytes: Uint8Array): string {
  const lines = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, n) => {
    const row = [...bytes.subarray(16 * n, 16 * n + 16)];
    const digits = row.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    return `    ${(16 * n).toString(16).toUpperCase().padStart(4, '0')}: ${digits.padEnd(48)} ${text}`;
  });
  return ['DMAR @ 0x000000007AFFD000', ...lines, '', ''].join('\n');
}

describe('vtd dmar', () => {
  test('shows a table, structure by structure', async () => {
    const path = file(CLIENT);
    expect(await vtd('dmar', path)).toEqual({
      status: 0,
      err: '',
      out: `Table    ${path}: 136 bytes, revision 1
From     OEM "OEMID", table "TABLEID", creator "CRTR"
Width    39 bits of host address
Flags    INTR_REMAP=1 X2APIC_OPT_OUT=0 DMA_CTRL_PLATFORM_OPT_IN_FLAG=1

DRHD at offset 48, 24 bytes: DMA Remapping Hardware Unit Definition, §8.3
  segment 0000, registers at 0xfed90000-0xfed90fff, INCLUDE_PCI_ALL=0
  offset  scope         device
      64  PCI endpoint  00:02.0

DRHD at offset 72, 32 bytes: DMA Remapping Hardware Unit Definition, §8.3
  segment 0000, registers at 0xfed91000-0xfed91fff, INCLUDE_PCI_ALL=1
  offset  scope       device
      88  I/O APIC 2  f0:1f.0
      96  HPET 0      00:1f.0

RMRR at offset 104, 32 bytes: Reserved Memory Region Reporting, §8.4
  segment 0000, memory 0x8b800000-0x8fffffff, 72 MiB
  offset  scope         device
     128  PCI endpoint  00:02.0

Nothing wrong
`,
    });
  });

  test('shows names, domains, properties and what it does not know', async () => {
    const affinity = '03 00 14 00 00 00 00 00 00 00 d9 fe 00 00 00 00 02 00 00 00';
    const { out } = await vtd('dmar', file(tableOf([UART_UNIT, affinity, UART_NAME, PROPERTIES, '09 00 06 00 ab cd'])));
    expect(out).toContain('  registers at 0xfed90000, proximity domain 2\n');
    expect(out).toContain('  ACPI device 1, "\\\\_SB.PCI0.UA00"\n');
    expect(out).toContain(
      '     123  PCI endpoint  00:05.0  REQ_WO_PASID_NESTED_NOTALLOWED=0 REQ_WO_PASID_PWSNP_NOTALLOWED=0 REQ_WO_PASID_PGSNP_NOTALLOWED=0 ATC_HARDENED=1 ATC_REQUIRED=1\n',
    );
    expect(out).toContain('structure of type 9 at offset 131, 6 bytes, skipped\n  abcd\n');
  });

  test('an error among the findings is status 1; rule, section, place, value and remedy are told', async () => {
    const { status, out, err } = await vtd('dmar', file(patched(CLIENT, 120, '00 f0 ff 8f')));
    expect([status, err]).toEqual([1, '']);
    expect(out.slice(out.indexOf('1 error'))).toBe(`1 error
  error    region-alignment, §8.4
           the limit 0x8ffff000 is not the last byte of a page: a limit is the address of the last byte, not
           of the one behind it
           offset 120, RMRR: Reserved Memory Region Limit Address is 0x8ffff000
           to mend: widen the region to whole pages
`);
  });

  test('warnings and notes are status 0', async () => {
    const { status, out } = await vtd('dmar', file(tableOf([REST_UNIT, '09 00 04 00'], { flags: 0x02 })));
    expect(status).toBe(0);
    expect(out).toContain('\n1 warning, 1 note\n');
  });

  test.each<[string, readonly string[], string]>([
    [
      'one that is listed',
      ['00:04.0'],
      `Device   00:04.0 of segment 0000 is served by the unit at 0xfed90000 (DRHD at offset 48):
         its scope lists the PCI endpoint at 00:04.0
`,
    ],
    [
      'one that is left, with its segment',
      ['0000:00:1e.0'],
      `Device   00:1e.0 of segment 0000 is served by the unit at 0xfed92000 (DRHD at offset 104):
         no unit lists it, and this one has INCLUDE_PCI_ALL
`,
    ],
    [
      'a bridge, by its number',
      ['0x38'],
      `Device   00:07.0 of segment 0000 is served by the unit at 0xfed91000 (DRHD at offset 80):
         its scope lists the PCI sub-hierarchy at 00:07.0, which it is
`,
    ],
    [
      'one behind it',
      ['02:00.0', '--bridge', '00:07.0=01-02'],
      `Device   02:00.0 of segment 0000 is served by the unit at 0xfed91000 (DRHD at offset 80):
         its scope lists the PCI sub-hierarchy at 00:07.0, and it is below that bridge
`,
    ],
    [
      'one behind another bridge',
      ['02:00.0', '--bridge', '0000:00:1c.0=2'],
      `Device   02:00.0 of segment 0000 is served by the unit at 0xfed92000 (DRHD at offset 104):
         no unit lists it, and this one has INCLUDE_PCI_ALL
`,
    ],
    [
      'one behind a bridge that was not told',
      ['02:00.0'],
      `Device   02:00.0 of segment 0000: the table alone does not tell, since bus 02 is behind a bridge. Give the bridges with --bridge.
         It may be at or below: PCI sub-hierarchy at 00:07.0
`,
    ],
    [
      'one of another segment',
      ['0001:00:04.0'],
      'Device   00:04.0 of segment 0001 is served by no unit: none lists it, and none of the segment has INCLUDE_PCI_ALL\n',
    ],
  ])('--device says which unit serves %s', async (_, args, says) => {
    const { status, out } = await vtd('dmar', file(TABLE_33), '--device', ...args);
    expect(status).toBe(0);
    expect(out).toContain(`\n${says}\nNothing wrong\n`);
  });
});

describe('vtd dmar --json', () => {
  test.each([...PLANTS.filter(({ rule }) => rule !== 'signature'), { rule: 'none', what: 'a client', bytes: CLIENT }])(
    'keeps to its schema: $rule, $what',
    async ({ bytes }) => {
      if (bytes.length < 48) return;
      const { out, err } = await vtd('dmar', file(bytes), '--json', '--device', '00:02.0');
      expect(err).toBe('');
      validate(JSON.parse(out));
      expect(validate.errors ?? []).toEqual([]);
    },
  );

  test('has what the text has', async () => {
    const { status, out } = await vtd('dmar', file(patched(CLIENT, 8, '02')), '--json', '--device', '00:02.0');
    expect(status).toBe(1);
    const report = JSON.parse(out);
    expect(report.findings.map(({ rule }: { rule: string }) => rule)).toEqual(['revision']);
    expect(report.structures[2]).toEqual({
      offset: 104,
      length: 32,
      kind: 'RMRR',
      segmentNumber: 0,
      baseAddress: '0x8b800000',
      limitAddress: '0x8fffffff',
      deviceScope: [{ offset: 128, type: 1, enumerationId: 0, startBusNumber: 0, path: [{ device: 2, function: 0 }] }],
    });
    expect(report.device).toEqual({
      segment: 0,
      device: '00:02.0',
      by: 'listed',
      unit: { offset: 48, registerBaseAddress: '0xfed90000' },
      entry: 'PCI endpoint at 00:02.0',
      names: '00:02.0',
      doubt: [],
    });
  });

  test('in doubt it names the entries', async () => {
    const { out } = await vtd('dmar', file(TABLE_33), '--json', '--device', '02:00.0');
    const report = JSON.parse(out);
    validate(report);
    expect(validate.errors ?? []).toEqual([]);
    expect(report.device).toEqual({
      segment: 0,
      device: '02:00.0',
      by: 'unknown',
      doubt: ['PCI sub-hierarchy at 00:07.0'],
    });
  });
});

describe('The file of vtd dmar', () => {
  test.each<[string, string]>([
    ['of one table', dumpOf(readFileSync(QEMU))],
    [
      'of several',
      `APIC @ 0x1000\n    0000: 41 50 49 43 00\n\n${dumpOf(readFileSync(QEMU))}\nXYZW @ 0x2000\n    0000: 00\n`,
    ],
    ['with ends of lines of another system', dumpOf(readFileSync(QEMU)).replaceAll('\n', '\r\n')],
  ])('may be a dump %s', async (_, text) => {
    const [dumped, raw] = [await vtd('dmar', file(text, 'dump.txt'), '--json'), await vtd('dmar', QEMU, '--json')];
    expect(dumped.err).toBe('');
    expect({ ...JSON.parse(dumped.out), file: '' }).toEqual({ ...JSON.parse(raw.out), file: '' });
  });

  test.each<[string, Uint8Array | string, string]>([
    ['too short', CLIENT.slice(0, 47), 'an ACPI DMAR table has 48 bytes or more, FILE has 47'],
    ['another table', patched(CLIENT, 0, '46 41 43 50'), 'an ACPI DMAR table begins with "DMAR", FILE does not'],
    ['empty', '', 'an ACPI DMAR table has 48 bytes or more, FILE has 0'],
    [
      'a dump of other tables',
      'APIC @ 0x1000\n    0000: 41 50 49 43\n',
      'expected a table DMAR in FILE, and it has others',
    ],
    ['a dump without its table', 'DMAR @ 0x1000\n', 'an ACPI DMAR table has 48 bytes or more, FILE has 0'],
    [
      'a dump that lacks a line',
      dumpOf(CLIENT).replace(/^ {4}0010.*\n/m, ''),
      'expected byte 0x10 of the table DMAR next in FILE, got 0020',
    ],
  ])('%s: one sentence and status 2', async (_, content, sentence) => {
    const path = file(content, 'bad');
    expect(await vtd('dmar', path)).toEqual({ status: 2, out: '', err: `vtd: ${sentence.replace('FILE', path)}\n` });
  });

  test.each<[readonly string[], string]>([
    [['nowhere'], 'there is no nowhere, expected an ACPI DMAR table'],
    [[folder], `${folder} is a folder, expected an ACPI DMAR table as a file`],
    [
      [QEMU, '--device', '00:20.0'],
      'a device is written bb:dd.f (00:1f.2) or as a 16-bit source-id (0xfa), got "00:20.0"',
    ],
    [
      [QEMU, '--device', '12345:00:02.0'],
      'a device is written bb:dd.f (00:1f.2) or as a 16-bit source-id (0xfa), got "12345:00:02.0"',
    ],
    [[QEMU, '--bridge', '00:1c.0=01'], '--bridge goes with --device'],
    [
      [QEMU, '--device', '01:00.0', '--bridge', '00:1c.0'],
      'a bridge is written bb:dd.f=bus-bus (00:1c.0=01-02, in hexadecimal), got "00:1c.0"',
    ],
    [
      [QEMU, '--device', '01:00.0', '--bridge', '00:1c.0=02-01'],
      'a bridge is written bb:dd.f=bus-bus (00:1c.0=01-02, in hexadecimal), got "00:1c.0=02-01"',
    ],
  ])('%j: one sentence and status 2', async (args, sentence) => {
    expect(await vtd('dmar', ...args)).toEqual({ status: 2, out: '', err: `vtd: ${sentence}\n` });
  });

  test('any bytes are shown or refused, and no terminal obeys them', async () => {
    const tail = fc.uint8Array({ maxLength: 120 });
    const almost = fc.oneof(
      tail,
      tail.map((bytes) => Uint8Array.from([...CLIENT.subarray(0, 48), ...bytes])),
      tail.map((bytes) => Uint8Array.from([0x44, 0x4d, 0x41, 0x52, ...bytes])),
      tail.map((bytes) =>
        tableOf([UART_UNIT, Buffer.from([4, 0, 8 + bytes.length, 0, 0, 0, 0, 1, ...bytes]).toString('hex')]),
      ),
    );
    await fc.assert(
      fc.asyncProperty(almost, fc.constantFrom([], ['--json']), async (bytes, more) => {
        const { status, out, err } = await vtd('dmar', file(bytes, 'any'), '--device', '01:00.0', ...more);
        expect([0, 1, 2]).toContain(status);
        expect(err).toMatch(status === 2 ? /^vtd: [^\n]+\n$/ : /^$/);
        expect(`${out}${err}`).not.toMatch(/unexpected|undefined|NaN|\[object/);
        // Of JSON a program makes what it likes.
        if (more.length === 0) expect(out).toMatch(/^[\n -~§]*$/);
      }),
      { numRuns: process.env.VTD_LONG === undefined ? 100 : 2000 },
    );
  });
});
