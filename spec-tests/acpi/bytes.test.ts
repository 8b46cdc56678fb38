import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildDmar, parseDmar, type RemappingStructure, validateDmar } from '../../src/acpi/index.ts';
import { ROOT } from '../harness/repository.ts';
import {
  ALL_PORTS,
  CACHE,
  CLIENT,
  GPU_AFFINITY,
  ONE_PORT,
  PROPERTIES,
  patched,
  TABLE_33,
  tableOf,
  UART_NAME,
  withChecksum,
} from './pieces.ts';
import { PLANTS } from './plants.ts';
import { randomTable } from './random-table.ts';

const LINUX = join(ROOT, 'fixtures/linux');
const realTables = readdirSync(LINUX, { withFileTypes: true })
  .filter((it) => it.isDirectory())
  .map(({ name }) => ({ name, bytes: new Uint8Array(readFileSync(join(LINUX, name, 'dmar.bin'))) }));

/** The only structure of a table of one piece. */
const structureOf = (piece: string): RemappingStructure | undefined => parseDmar(tableOf([piece])).table?.structures[0];
const step = (device: number, number = 0) => ({ device, function: number });

describe('Reading', () => {
  test('the header of the client, §8.1', () => {
    const { table } = parseDmar(CLIENT);
    const { structures, ...header } = table!;
    expect(structures.map(({ kind }) => kind)).toEqual(['DRHD', 'DRHD', 'RMRR']);
    expect(header).toEqual({
      revision: 1,
      oemId: 'OEMID ',
      oemTableId: 'TABLEID ',
      oemRevision: 1,
      creatorId: 'CRTR',
      creatorRevision: 1,
      hostAddressWidth: 39,
      INTR_REMAP: 1,
      X2APIC_OPT_OUT: 0,
      DMA_CTRL_PLATFORM_OPT_IN_FLAG: 1,
    });
  });

  test('its units and its region, §8.3, §8.4', () => {
    const { table, places } = parseDmar(CLIENT);
    const display = { type: 1, enumerationId: 0, startBusNumber: 0, path: [step(2)] };
    expect(table!.structures).toEqual([
      {
        kind: 'DRHD',
        INCLUDE_PCI_ALL: 0,
        size: 0,
        segmentNumber: 0,
        registerBaseAddress: 0xfed9_0000n,
        deviceScope: [display],
      },
      {
        kind: 'DRHD',
        INCLUDE_PCI_ALL: 1,
        size: 0,
        segmentNumber: 0,
        registerBaseAddress: 0xfed9_1000n,
        deviceScope: [
          { type: 3, enumerationId: 2, startBusNumber: 0xf0, path: [step(0x1f)] },
          { type: 4, enumerationId: 0, startBusNumber: 0, path: [step(0x1f)] },
        ],
      },
      {
        kind: 'RMRR',
        segmentNumber: 0,
        baseAddress: 0x8b80_0000n,
        limitAddress: 0x8fff_ffffn,
        deviceScope: [display],
      },
    ]);
    expect(places).toEqual([
      { offset: 48, length: 24, deviceScope: [64] },
      { offset: 72, length: 32, deviceScope: [88, 96] },
      { offset: 104, length: 32, deviceScope: [128] },
    ]);
  });

  test.each<[string, string, object]>([
    [
      'Size and the segment of a unit',
      '00 00 10 00 01 03 34 12 00 80 d9 fe 01 00 00 00',
      {
        kind: 'DRHD',
        INCLUDE_PCI_ALL: 1,
        size: 3,
        segmentNumber: 0x1234,
        registerBaseAddress: 0x1_fed9_8000n,
        deviceScope: [],
      },
    ],
    ['ATSR of all ports', ALL_PORTS, { kind: 'ATSR', ALL_PORTS: 1, segmentNumber: 0, deviceScope: [] }],
    [
      'ATSR of a port',
      ONE_PORT,
      {
        kind: 'ATSR',
        ALL_PORTS: 0,
        segmentNumber: 0,
        deviceScope: [{ type: 2, enumerationId: 0, startBusNumber: 0, path: [step(1)] }],
      },
    ],
    ['RHSA', GPU_AFFINITY, { kind: 'RHSA', registerBaseAddress: 0xfed9_0000n, proximityDomain: 0 }],
    ['ANDD', UART_NAME, { kind: 'ANDD', acpiDeviceNumber: 1, acpiObjectName: '\\_SB.PCI0.UA00' }],
    [
      'SATC',
      CACHE,
      {
        kind: 'SATC',
        ATC_REQUIRED: 1,
        segmentNumber: 0,
        deviceScope: [{ type: 1, enumerationId: 0, startBusNumber: 0, path: [step(5)] }],
      },
    ],
    [
      'SIDP',
      PROPERTIES,
      {
        kind: 'SIDP',
        segmentNumber: 0,
        deviceScope: [
          {
            type: 1,
            enumerationId: 0,
            startBusNumber: 0,
            path: [step(5)],
            REQ_WO_PASID_NESTED_NOTALLOWED: 0,
            REQ_WO_PASID_PWSNP_NOTALLOWED: 0,
            REQ_WO_PASID_PGSNP_NOTALLOWED: 0,
            ATC_HARDENED: 1,
            ATC_REQUIRED: 1,
          },
        ],
      },
    ],
    ['a type above 6', '09 00 06 00 ab cd', { kind: 'other', type: 9, data: 'abcd' }],
    [
      'a path through a bridge',
      '00 00 1a 00 00 00 00 00 00 00 d9 fe 00 00 00 00 02 0a 00 00 00 00 1c 00 00 00',
      {
        kind: 'DRHD',
        INCLUDE_PCI_ALL: 0,
        size: 0,
        segmentNumber: 0,
        registerBaseAddress: 0xfed9_0000n,
        deviceScope: [{ type: 2, enumerationId: 0, startBusNumber: 0, path: [step(0x1c), step(0)] }],
      },
    ],
  ])('%s', (_, piece, expected) => {
    expect(structureOf(piece)).toEqual(expected);
  });

  test.each([
    [0, 'REQ_WO_PASID_NESTED_NOTALLOWED'],
    [1, 'REQ_WO_PASID_PWSNP_NOTALLOWED'],
    [2, 'REQ_WO_PASID_PGSNP_NOTALLOWED'],
    [3, 'ATC_HARDENED'],
    [4, 'ATC_REQUIRED'],
  ])('bit %i of an entry of a SIDP is %s, §8.3.1', (n, name) => {
    const bytes = patched(tableOf([PROPERTIES]), 58, (1 << n).toString(16).padStart(2, '0'));
    const [structure] = parseDmar(bytes).table!.structures;
    const [entry] = structure?.kind === 'SIDP' ? structure.deviceScope : [];
    expect(Object.entries(entry!).filter(([key, value]) => /^[A-Z]/.test(key) && value === 1)).toEqual([[name, 1]]);
  });

  test.each([
    [0x26, 39],
    [0x27, 40],
    [0x2d, 46],
    [0x33, 52],
  ])('byte 36 of %i is a width of %i bits, §8.1', (haw, bits) => {
    expect(parseDmar(tableOf([], { haw })).table?.hostAddressWidth).toBe(bits);
  });

  test('what is behind a structure of an unknown type, or of one that is too short, is read', () => {
    const short = '01 00 08 00 00 00 00 00';
    const { table } = parseDmar(tableOf(['09 00 06 00 ab cd', short, ALL_PORTS]));
    expect(table?.structures.map(({ kind }) => kind)).toEqual(['other', 'other', 'ATSR']);
  });

  test('any bytes are read, and every finding lies in them or at their end', () => {
    const almost = fc
      .tuple(
        fc.constantFrom(CLIENT, TABLE_33, ...PLANTS.map(({ bytes }) => bytes)),
        fc.array(fc.nat(), { maxLength: 6 }),
      )
      .map(([bytes, changes]) => {
        const result = bytes.slice();
        for (const change of changes) result[(change >>> 8) % result.length] = change & 0xff;
        return withChecksum(result);
      });
    const headed = fc
      .uint8Array({ maxLength: 200 })
      .map((tail) => Uint8Array.from([...CLIENT.subarray(0, 48), ...tail]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), headed, almost), (bytes) => {
        const { findings, table } = validateDmar(bytes);
        for (const { offset } of findings) expect(offset).toBeLessThanOrEqual(Math.max(bytes.length, 48));
        expect(table === undefined).toBe(
          findings.some(({ rule, offset }) => offset === 0 && /signature|length/.test(rule)),
        );
      }),
    );
  });
});

describe('Building', () => {
  test('the client, byte for byte, from what has to be said of it', () => {
    const display = { type: 1, path: [{ device: 2, function: 0 }] };
    const bytes = buildDmar({
      oemId: 'OEMID ',
      oemTableId: 'TABLEID ',
      oemRevision: 1,
      creatorId: 'CRTR',
      creatorRevision: 1,
      hostAddressWidth: 39,
      INTR_REMAP: 1,
      DMA_CTRL_PLATFORM_OPT_IN_FLAG: 1,
      structures: [
        { kind: 'DRHD', registerBaseAddress: 0xfed9_0000n, deviceScope: [display] },
        {
          kind: 'DRHD',
          INCLUDE_PCI_ALL: 1,
          registerBaseAddress: 0xfed9_1000n,
          deviceScope: [
            { type: 3, enumerationId: 2, startBusNumber: 0xf0, path: [step(0x1f)] },
            { type: 4, path: [step(0x1f)] },
          ],
        },
        { kind: 'RMRR', baseAddress: 0x8b80_0000n, limitAddress: 0x8fff_ffffn, deviceScope: [display] },
      ],
    });
    expect(Buffer.from(bytes).toString('hex')).toBe(Buffer.from(CLIENT).toString('hex'));
  });

  test('what was built is read as what it was built from', () => {
    fc.assert(
      fc.property(randomTable, (table) => {
        const bytes = buildDmar(table);
        const { table: read, findings } = parseDmar(bytes);
        expect(read).toEqual(table);
        // Names and revisions are random, types above 6 are told of, and all else of the form is right.
        const form = findings.filter(({ rule }) => !['structure-type', 'name-path', 'revision'].includes(rule));
        expect(form).toEqual([]);
        expect(bytes.reduce((sum, byte) => sum + byte, 0) % 256).toBe(0);
      }),
    );
  });

  test.each([...realTables, { name: 'Table 33', bytes: TABLE_33 }])(
    '$name is built again byte for byte',
    ({ bytes }) => {
      expect(buildDmar(parseDmar(bytes).table!)).toEqual(bytes);
    },
  );

  test.each<[string, Parameters<typeof buildDmar>[0], string]>([
    ['a width of 0', { hostAddressWidth: 0, structures: [] }, 'hostAddressWidth is an integer from 1 to 256, got 0'],
    [
      'a name that is too long',
      { hostAddressWidth: 39, oemId: 'OEMID67', structures: [] },
      'oemId has at most 6 characters of one byte, got "OEMID67"',
    ],
    [
      'a segment of 17 bits',
      { hostAddressWidth: 39, structures: [{ kind: 'ATSR', segmentNumber: 0x1_0000 }] },
      'Segment Number is 16 bits wide (63:48), got 0x10000',
    ],
    [
      'an entry without a path',
      { hostAddressWidth: 39, structures: [{ kind: 'ATSR', deviceScope: [{ type: 2, path: [] }] }] },
      'path has one pair of device and function or more, got none',
    ],
    [
      'a later pair of 9 bits',
      { hostAddressWidth: 39, structures: [{ kind: 'ATSR', deviceScope: [{ type: 2, path: [step(1), step(256)] }] }] },
      'a path has numbers of 8 bits, got 256',
    ],
    [
      'an object name that is no ASCII',
      { hostAddressWidth: 39, structures: [{ kind: 'ANDD', acpiObjectName: '\\_SB.Ä' }] },
      'acpiObjectName is ASCII without a zero, got "\\\\_SB.Ä"',
    ],
    [
      'data that is no hexadecimal',
      { hostAddressWidth: 39, structures: [{ kind: 'other', type: 9, data: 'abc' }] },
      'data is two hexadecimal digits a byte, got "abc"',
    ],
    [
      'a structure that is too long',
      { hostAddressWidth: 39, structures: [{ kind: 'other', type: 9, data: '00'.repeat(0x1_0000) }] },
      'Length is 16 bits wide (31:16), got 0x10004',
    ],
  ])('%s is refused', (_, table, says) => {
    expect(() => buildDmar(table)).toThrow(new RangeError(says));
  });
});

describe('Tables of fixtures/linux', () => {
  test('are there', () => {
    expect(realTables.length).toBe(5);
  });

  test.each(realTables)('$name has no finding', ({ bytes }) => {
    expect(validateDmar(bytes).findings).toEqual([]);
  });
});
