import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { buildDmar, type DeviceScopeEntry, type DmarReading, parseDmar } from '../../src/acpi/index.ts';
import { ROOT } from '../harness/repository.ts';
import { type DisassembledField, HAS_IASL, IASL_VERSION, IaslFolder, WITH_IASL } from './live-iasl.ts';
import {
  CLIENT,
  GPU_AFFINITY,
  GPU_REGION,
  ONE_PORT,
  patched,
  REST_AFFINITY,
  REST_UNIT,
  TABLE_33,
  tableOf,
  UART_NAME,
  UART_UNIT,
} from './pieces.ts';
import { randomTable } from './random-table.ts';

const LINUX = join(ROOT, 'fixtures/linux');
const realTables = readdirSync(LINUX, { withFileTypes: true })
  .filter((it) => it.isDirectory())
  .map(({ name }) => ({ name, bytes: new Uint8Array(readFileSync(join(LINUX, name, 'dmar.bin'))) }));
const tables = [
  ...realTables,
  { name: 'a client', bytes: CLIENT },
  { name: 'Table 33', bytes: TABLE_33 },
  {
    name: 'every structure up to ANDD',
    bytes: tableOf([UART_UNIT, REST_UNIT, GPU_REGION, ONE_PORT, GPU_AFFINITY, REST_AFFINITY, UART_NAME]),
  },
];

/** From this type on the version of Debian 12 knows no structure, and ends where the first of them begins. */
const FIRST_UNKNOWN = 5;

/** Our reading in the words of the disassembler, field by field; bytes that are reserved are 0. */
function fieldsOf({ table, places }: DmarReading, bytes: Uint8Array): readonly DisassembledField[] {
  const fields: DisassembledField[] = [];
  const add = (offset: number, length: number, name: string, value: number | bigint | string): void => {
    const digits =
      typeof value === 'string'
        ? value
        : value
            .toString(16)
            .toUpperCase()
            .padStart(2 * length, '0');
    fields.push({ offset, length, name, value: digits });
  };
  if (table === undefined) return [];
  add(0, 4, 'Signature', 'DMAR');
  add(4, 4, 'Table Length', bytes.length);
  add(8, 1, 'Revision', table.revision);
  add(9, 1, 'Checksum', bytes[9]!);
  add(10, 6, 'Oem ID', table.oemId);
  add(16, 8, 'Oem Table ID', table.oemTableId);
  add(24, 4, 'Oem Revision', table.oemRevision);
  add(28, 4, 'Asl Compiler ID', table.creatorId);
  add(32, 4, 'Asl Compiler Revision', table.creatorRevision);
  add(36, 1, 'Host Address Width', table.hostAddressWidth - 1);
  add(37, 1, 'Flags', table.INTR_REMAP + 2 * table.X2APIC_OPT_OUT + 4 * table.DMA_CTRL_PLATFORM_OPT_IN_FLAG);
  add(38, 10, 'Reserved', 0);
  const types = ['DRHD', 'RMRR', 'ATSR', 'RHSA', 'ANDD', 'SATC', 'SIDP'];
  for (const [n, it] of table.structures.entries()) {
    const { offset: at, length, deviceScope } = places[n]!;
    add(at, 2, 'Subtable Type', types.indexOf(it.kind));
    add(at + 2, 2, 'Length', length);
    if (types.indexOf(it.kind) >= FIRST_UNKNOWN) return fields;
    switch (it.kind) {
      case 'DRHD':
        add(at + 4, 1, 'Flags', it.INCLUDE_PCI_ALL);
        // Reserved before revision 4.0 of the document, and called so.
        add(at + 5, 1, 'Reserved', it.size);
        add(at + 6, 2, 'PCI Segment Number', it.segmentNumber);
        add(at + 8, 8, 'Register Base Address', it.registerBaseAddress);
        break;
      case 'RMRR':
        add(at + 4, 2, 'Reserved', 0);
        add(at + 6, 2, 'PCI Segment Number', it.segmentNumber);
        add(at + 8, 8, 'Base Address', it.baseAddress);
        add(at + 16, 8, 'End Address (limit)', it.limitAddress);
        break;
      case 'ATSR':
        add(at + 4, 1, 'Flags', it.ALL_PORTS);
        add(at + 5, 1, 'Reserved', 0);
        add(at + 6, 2, 'PCI Segment Number', it.segmentNumber);
        break;
      case 'RHSA':
        add(at + 4, 4, 'Reserved', 0);
        add(at + 8, 8, 'Base Address', it.registerBaseAddress);
        add(at + 16, 4, 'Proximity Domain', it.proximityDomain);
        break;
      case 'ANDD':
        add(at + 4, 3, 'Reserved', 0);
        add(at + 7, 1, 'Device Number', it.acpiDeviceNumber);
        add(at + 8, length - 8, 'Device Name', it.acpiObjectName);
        break;
    }
    if (!('deviceScope' in it)) continue;
    for (const [i, entry] of it.deviceScope.entries()) addEntry(entry, deviceScope[i]!);
  }
  return fields;

  function addEntry({ type, enumerationId, startBusNumber, path }: DeviceScopeEntry, at: number): void {
    add(at, 1, 'Device Scope Type', type);
    add(at + 1, 1, 'Entry Length', 6 + 2 * path.length);
    add(at + 2, 2, 'Reserved', 0);
    add(at + 4, 1, 'Enumeration ID', enumerationId);
    add(at + 5, 1, 'PCI Bus Number', startBusNumber);
    const digits = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');
    for (const [i, step] of path.entries()) {
      add(at + 6 + 2 * i, 2, 'PCI Path', `${digits(step.device)},${digits(step.function)}`);
    }
  }
}

/** Byte 9 and bytes 35:28 are those of the compiler. */
const withoutCompiler = (bytes: Uint8Array) => bytes.map((byte, n) => (n === 9 || (n >= 28 && n < 36) ? 0 : byte));

describe.runIf(HAS_IASL)(`Tables under the disassembler of ACPICA, ${WITH_IASL}`, { timeout: 60_000 }, () => {
  const iasl = new IaslFolder();
  afterAll(() => iasl.remove());

  /** The fields that both say of a table; a later version may have more, and call some otherwise. */
  function compare(bytes: Uint8Array): void {
    const { fields } = iasl.disassemble(bytes);
    const ours = fieldsOf(parseDmar(bytes), bytes);
    if (IASL_VERSION === '20200925') {
      expect(ours).toEqual(fields);
      return;
    }
    for (const { offset, length, value } of ours) {
      expect(fields.map((it) => [it.offset, it.length, it.value])).toContainEqual([offset, length, value]);
    }
  }

  test.each(tables)('$name: every field is the same', ({ bytes }) => {
    compare(bytes);
  });

  test.each(tables)('$name: it complains of nothing but of types that it does not know', ({ name, bytes }) => {
    const { complaints } = iasl.disassemble(buildDmar(parseDmar(bytes).table!));
    const unknown = complaints.filter((line) => line.includes('Unknown DMAR subtable type'));
    expect(complaints).toEqual(unknown);
    if (name !== 'Table 33') expect(unknown).toEqual([]);
  });

  test.each(tables.filter(({ name }) => name !== 'Table 33'))(
    '$name: its compiler makes the same bytes',
    ({ bytes }) => {
      expect(withoutCompiler(iasl.disassemble(bytes).compile())).toEqual(withoutCompiler(bytes));
    },
  );

  test('it finds the wrong checksum that we find, and wants what we want', () => {
    const { complaints } = iasl.disassemble(patched(CLIENT, 9, '00').map((byte, n) => (n === 9 ? 0 : byte)));
    expect(complaints.join('\n')).toMatch(/checksum.*3C/i);
  });

  test('random tables that are built have every field where it finds it', () => {
    const types = { DRHD: 0, RMRR: 1, ATSR: 2, RHSA: 3 } as const;
    const known = randomTable.map((table) => ({
      ...table,
      // It reads text up to a zero byte, and entries of types 1 to 5.
      oemId: 'OEMID',
      oemTableId: 'TABLE',
      creatorId: 'CRTR',
      structures: table.structures
        .filter(({ kind }) => kind in types)
        .map((it) =>
          'deviceScope' in it
            ? { ...it, deviceScope: it.deviceScope.map((entry) => ({ ...entry, type: 1 + (entry.type % 5) })) }
            : it,
        ),
    }));
    fc.assert(
      fc.property(known, (table) => compare(buildDmar(table))),
      { numRuns: process.env.VTD_LONG === undefined ? 20 : 300 },
    );
  });
});
