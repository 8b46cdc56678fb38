import type { RuleId } from '../../src/acpi/rules.ts';
import {
  ALL_PORTS,
  bytesOfHex,
  CACHE,
  CLIENT,
  GPU_AFFINITY,
  GPU_REGION,
  GPU_UNIT,
  ONE_PORT,
  PROPERTIES,
  patched,
  REST_AFFINITY,
  REST_UNIT,
  tableOf,
  UART_NAME,
  UART_UNIT,
} from './pieces.ts';

/** A table with one mistake: the rule, where it is found, and what else follows from it. */
export interface Plant {
  readonly rule: RuleId;
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly also?: readonly RuleId[];
}

/** The bytes of a structure with some replaced, `offset` from its beginning. */
function piece(hex: string, offset: number, replacement: string): string {
  const bytes = bytesOfHex(hex);
  bytes.set(bytesOfHex(replacement), offset);
  return Buffer.from(bytes).toString('hex');
}

/** A unit without INCLUDE_PCI_ALL, at FED9n000h, with these scope entries. */
function unit(n: number, ...entries: readonly string[]): string {
  const scope = entries.join(' ');
  const length = (16 + bytesOfHex(scope).length).toString(16).padStart(2, '0');
  return `00 00 ${length} 00 00 00 00 00 00 ${n.toString(16)}0 d9 fe 00 00 00 00 ${scope}`;
}

/** A SATC or SIDP with one entry. */
const integrated = (type: number, flags: string, entry: string): string =>
  `0${type} 00 ${(8 + bytesOfHex(entry).length).toString(16).padStart(2, '0')} 00 ${flags} 00 00 00 ${entry}`;

const BOTH = [GPU_UNIT, REST_UNIT];
const withBoth = (...more: readonly string[]) => tableOf([...BOTH, ...more]);

export const PLANTS: readonly Plant[] = [
  // §8.1
  { rule: 'signature', what: 'DMAX', bytes: patched(CLIENT, 3, '58'), offset: 0 },
  { rule: 'revision', what: 'Revision 2', bytes: patched(CLIENT, 8, '02'), offset: 8 },
  { rule: 'checksum', what: 'byte 9 is 0', bytes: CLIENT.map((byte, n) => (n === 9 ? 0 : byte)), offset: 9 },
  { rule: 'table-length', what: 'fewer bytes than a header', bytes: CLIENT.slice(0, 47), offset: 0 },
  { rule: 'table-length', what: 'one byte is missing', bytes: patched(tableOf(BOTH), 4, '69'), offset: 4 },
  {
    rule: 'table-length',
    what: 'Length 47',
    bytes: patched(tableOf(BOTH), 4, '2f'),
    offset: 4,
    also: ['checksum', 'no-unit'],
  },
  {
    rule: 'trailing-bytes',
    what: 'a zero byte behind the table',
    bytes: Uint8Array.from([...CLIENT, 0]),
    offset: 136,
  },
  { rule: 'host-address-width', what: 'byte 36 is 0', bytes: tableOf(BOTH, { haw: 0 }), offset: 36 },
  { rule: 'host-address-width', what: '11 bits', bytes: tableOf(BOTH, { haw: 0x0a }), offset: 36 },
  { rule: 'opt-out-without-remapping', what: 'flags 02h', bytes: tableOf(BOTH, { flags: 0x02 }), offset: 37 },
  { rule: 'reserved', what: 'bit 3 of the flags', bytes: tableOf(BOTH, { flags: 0x09 }), offset: 37 },
  { rule: 'reserved', what: 'byte 47 of the header', bytes: patched(CLIENT, 47, '80'), offset: 47 },
  { rule: 'reserved', what: 'Size byte 10h', bytes: patched(CLIENT, 53, '10'), offset: 53 },
  { rule: 'reserved', what: 'bytes 5:4 of an RMRR', bytes: patched(CLIENT, 109, '01'), offset: 109 },
  { rule: 'reserved', what: 'flags of an entry outside SIDP', bytes: patched(CLIENT, 66, '01'), offset: 66 },
  { rule: 'reserved', what: 'bit 5 of the flags in a SIDP', bytes: withBoth(piece(PROPERTIES, 10, '20')), offset: 114 },
  { rule: 'no-unit', what: 'a table without structures', bytes: tableOf([]), offset: 48 },

  // §8.2
  { rule: 'structure-length', what: 'zero padding at the end', bytes: withBoth('00 00 00 00'), offset: 106 },
  { rule: 'structure-length', what: 'one byte at the end', bytes: withBoth('00'), offset: 104 },
  { rule: 'structure-length', what: 'Length 3 of an unknown type', bytes: withBoth('09 00 03 00'), offset: 106 },
  {
    rule: 'structure-length',
    what: 'Length past the end',
    bytes: withBoth(piece(GPU_REGION, 2, '21')),
    offset: 106,
  },
  {
    rule: 'structure-length',
    what: 'an RMRR of 16 bytes',
    bytes: withBoth('01 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00'),
    offset: 106,
  },
  {
    rule: 'structure-order',
    what: 'RMRR before DRHD',
    bytes: tableOf([GPU_REGION, GPU_UNIT]),
    offset: 80,
  },
  { rule: 'structure-type', what: 'type 9', bytes: withBoth('09 00 0c 00 01 02 03 04 05 06 07 08'), offset: 104 },

  // §8.3.1
  {
    rule: 'scope-length',
    what: 'Length 6: no path',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00', '01 06 00 00 00 00')]),
    offset: 73,
  },
  {
    rule: 'scope-length',
    what: 'Length 7',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00', '01 07 00 00 00 00 02')]),
    offset: 73,
  },
  { rule: 'scope-length', what: 'Length 9', bytes: tableOf([unit(0, '01 09 00 00 00 00 02 00 00')]), offset: 65 },
  {
    rule: 'scope-length',
    what: 'past the structure',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00', '01 0a 00 00 00 00 02 00')]),
    offset: 73,
  },
  {
    rule: 'scope-length',
    what: 'one byte of an entry',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00', '01')]),
    offset: 73,
  },
  { rule: 'scope-type', what: 'type 6', bytes: tableOf([unit(0, '06 08 00 00 00 00 02 00')]), offset: 64 },
  { rule: 'scope-type', what: 'type 0', bytes: tableOf([unit(0, '00 08 00 00 00 00 02 00')]), offset: 64 },
  { rule: 'scope-type-here', what: 'an endpoint in ATSR', bytes: withBoth(piece(ONE_PORT, 8, '01')), offset: 112 },
  { rule: 'scope-type-here', what: 'a bridge in SATC', bytes: withBoth(piece(CACHE, 8, '02')), offset: 112 },
  { rule: 'scope-type-here', what: 'an I/O APIC in SIDP', bytes: withBoth(piece(PROPERTIES, 8, '03')), offset: 112 },
  {
    rule: 'scope-path-length',
    what: 'two pairs in SATC',
    bytes: withBoth(integrated(5, '00', '01 0a 00 00 00 00 1c 00 00 00')),
    offset: 113,
  },
  {
    rule: 'scope-path-length',
    what: 'two pairs in SIDP',
    bytes: withBoth(integrated(6, '00', '01 0a 00 00 00 00 1c 00 00 00')),
    offset: 113,
  },
  {
    rule: 'scope-path-length',
    what: 'two pairs of an HPET',
    bytes: tableOf([unit(0, '04 0a 00 00 00 00 1f 00 00 00')]),
    offset: 65,
  },
  { rule: 'scope-path', what: 'device 32', bytes: tableOf([unit(0, '01 08 00 00 00 00 20 00')]), offset: 70 },
  {
    rule: 'scope-path',
    what: 'device and function exchanged',
    bytes: tableOf([unit(0, '01 08 00 00 00 00 00 1c')]),
    offset: 70,
  },
  { rule: 'scope-enumeration-id', what: 'an endpoint with 5', bytes: patched(CLIENT, 68, '05'), offset: 68 },
  {
    rule: 'scope-twice',
    what: 'an endpoint of two units',
    bytes: tableOf([unit(0, '01 08 00 00 00 00 02 00'), unit(1, '01 08 00 00 00 00 02 00')]),
    offset: 88,
  },
  {
    rule: 'scope-twice',
    what: 'I/O APIC 2 of two units, with two source-ids',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00'), unit(1, '03 08 00 00 02 f0 1e 00')]),
    offset: 88,
  },
  {
    rule: 'source-id-shared',
    what: 'an I/O APIC and an HPET',
    bytes: tableOf([unit(0, '03 08 00 00 02 f0 1f 00', '04 08 00 00 00 f0 1f 00')]),
    offset: 78,
  },

  // §8.3
  { rule: 'register-base', what: '0', bytes: tableOf([piece(GPU_UNIT, 8, '00 00 00 00')]), offset: 56 },
  {
    rule: 'register-base',
    what: 'all ones',
    bytes: tableOf([piece(GPU_UNIT, 8, 'ff ff ff ff ff ff ff ff')]),
    offset: 56,
  },
  { rule: 'register-alignment', what: 'FED90800h', bytes: tableOf([piece(GPU_UNIT, 8, '00 08')]), offset: 56 },
  {
    rule: 'register-alignment',
    what: 'two pages at FED91000h',
    bytes: tableOf([piece(piece(GPU_UNIT, 5, '01'), 8, '00 10')]),
    offset: 56,
  },
  {
    rule: 'register-overlap',
    what: 'the same base',
    bytes: tableOf([GPU_UNIT, piece(REST_UNIT, 8, '00 00')]),
    offset: 80,
  },
  {
    rule: 'register-overlap',
    what: 'the second page of another',
    bytes: tableOf([piece(GPU_UNIT, 5, '01'), REST_UNIT]),
    offset: 80,
  },
  {
    rule: 'register-overlap',
    what: 'two pages that reach into those of another',
    bytes: tableOf([piece(GPU_UNIT, 8, '00 10'), piece(piece(REST_UNIT, 5, '01'), 8, '00 00')]),
    offset: 80,
  },
  {
    rule: 'include-all-twice',
    what: 'flags 01h of two units',
    bytes: tableOf(['00 00 10 00 01 00 00 00 00 00 d9 fe 00 00 00 00', REST_UNIT]),
    offset: 52,
  },
  { rule: 'include-all-last', what: 'the rest before the display', bytes: tableOf([REST_UNIT, GPU_UNIT]), offset: 52 },
  { rule: 'include-all-scope', what: 'an endpoint', bytes: tableOf([piece(GPU_UNIT, 4, '01')]), offset: 64 },
  {
    rule: 'include-all-scope',
    what: 'a bridge',
    bytes: tableOf([piece(piece(GPU_UNIT, 4, '01'), 16, '02')]),
    offset: 64,
  },
  { rule: 'empty-unit', what: 'neither the flag nor a scope', bytes: tableOf([unit(0)]), offset: 50 },
  {
    rule: 'segment-without-unit',
    what: 'an ATSR of segment 0100h',
    bytes: withBoth(piece(ALL_PORTS, 6, '00 01')),
    offset: 110,
  },

  // §8.4
  { rule: 'region-order', what: 'limit 0', bytes: patched(CLIENT, 120, '00 00 00 00'), offset: 120 },
  { rule: 'region-order', what: 'limit and base are one', bytes: patched(CLIENT, 120, '00 00 80 8b'), offset: 120 },
  { rule: 'region-alignment', what: 'limit 8FFFF000h', bytes: patched(CLIENT, 120, '00 f0 ff 8f'), offset: 120 },
  { rule: 'region-alignment', what: 'limit 8FFFFFFEh', bytes: patched(CLIENT, 120, 'fe'), offset: 120 },
  { rule: 'region-alignment', what: 'base 8B800800h', bytes: patched(CLIENT, 112, '00 08'), offset: 112 },
  { rule: 'region-beyond-width', what: '8FFFFFFFh with 31 bits', bytes: patched(CLIENT, 36, '1e'), offset: 120 },
  {
    rule: 'region-overlap',
    what: 'a page of another',
    bytes: withBoth(GPU_REGION, piece(piece(GPU_REGION, 8, '00 f0 ff 8f'), 16, 'ff ff ff 9f')),
    offset: 144,
  },
  {
    rule: 'region-without-device',
    what: 'Length 24',
    bytes: withBoth(`01 00 18 ${GPU_REGION.slice(9, 71)}`),
    offset: 106,
  },
  { rule: 'region-scope-type', what: 'an I/O APIC', bytes: patched(CLIENT, 128, '03'), offset: 128 },
  {
    rule: 'region-device-without-unit',
    what: '00:03.0, of which no unit knows',
    bytes: tableOf([GPU_UNIT, piece(GPU_REGION, 30, '03')]),
    offset: 96,
  },

  // §8.5
  {
    rule: 'all-ports-scope',
    what: 'a root port beside the flag',
    bytes: withBoth(piece(ONE_PORT, 4, '01')),
    offset: 108,
  },
  { rule: 'ports-empty', what: 'neither', bytes: withBoth(piece(ALL_PORTS, 4, '00')), offset: 108 },
  { rule: 'ports-twice', what: 'two of segment 0', bytes: withBoth(ALL_PORTS, ONE_PORT), offset: 118 },

  // §8.6
  {
    rule: 'affinity-length',
    what: 'Length 24',
    bytes: withBoth(GPU_AFFINITY.replace('14', '18'), '00 00 00 00', REST_AFFINITY),
    offset: 106,
  },
  {
    rule: 'affinity-length',
    what: 'Length 16',
    bytes: withBoth('03 00 10 00 00 00 00 00 00 00 d9 fe 00 00 00 00'),
    offset: 106,
  },
  {
    rule: 'affinity-base',
    what: 'FED94000h',
    bytes: withBoth(GPU_AFFINITY, REST_AFFINITY, piece(GPU_AFFINITY, 8, '00 40')),
    offset: 152,
  },
  { rule: 'affinity-missing', what: 'one of two', bytes: withBoth(GPU_AFFINITY), offset: 80 },
  {
    rule: 'affinity-twice',
    what: 'the same again',
    bytes: withBoth(GPU_AFFINITY, REST_AFFINITY, GPU_AFFINITY),
    offset: 152,
  },

  // §8.7
  { rule: 'name-end', what: 'no zero byte', bytes: tableOf([UART_UNIT, piece(UART_NAME, 22, '30')]), offset: 80 },
  { rule: 'name-end', what: 'two of them', bytes: tableOf([UART_UNIT, piece(UART_NAME, 21, '00')]), offset: 80 },
  { rule: 'name-path', what: 'a relative path', bytes: tableOf([UART_UNIT, piece(UART_NAME, 8, '5f')]), offset: 80 },
  { rule: 'name-path', what: 'a byte above 7Fh', bytes: tableOf([UART_UNIT, piece(UART_NAME, 10, 'd3')]), offset: 80 },
  { rule: 'device-number-twice', what: '1 and 1', bytes: tableOf([UART_UNIT, UART_NAME, UART_NAME]), offset: 102 },
  { rule: 'name-without-scope', what: 'no unit lists it', bytes: withBoth(UART_NAME), offset: 111 },
  {
    rule: 'name-without-scope',
    what: 'a SIDP lists it, and no unit',
    bytes: withBoth(UART_NAME, integrated(6, '00', '05 08 00 00 01 f0 15 00')),
    offset: 111,
  },
  { rule: 'scope-without-name', what: 'an entry with number 1', bytes: tableOf([UART_UNIT]), offset: 68 },

  // §8.8, §8.9
  {
    rule: 'cache-flags-twice',
    what: 'ATC_REQUIRED in two',
    bytes: withBoth(CACHE, piece(CACHE, 14, '06')),
    offset: 124,
  },
  {
    rule: 'properties-differ',
    what: 'required here and not there',
    bytes: withBoth(CACHE, piece(PROPERTIES, 10, '08')),
    offset: 112,
  },
];

/** Tables that look like those and are right. */
export const SOUND: readonly (readonly [string, Uint8Array])[] = [
  ['a client', CLIENT],
  [
    'every kind of structure',
    tableOf([UART_UNIT, REST_UNIT, GPU_REGION, ONE_PORT, GPU_AFFINITY, REST_AFFINITY, UART_NAME, CACHE, PROPERTIES]),
  ],
  ['two pages of registers at FED92000h', tableOf([piece(piece(GPU_UNIT, 5, '01'), 8, '00 20')])],
  ['one device twice in one unit', tableOf([unit(0, '01 08 00 00 00 00 02 00', '01 08 00 00 00 00 02 00')])],
  ['INCLUDE_PCI_ALL in each of two segments', tableOf([REST_UNIT, '00 00 10 00 01 00 01 00 00 00 d9 fe 00 00 00 00'])],
  ['INCLUDE_PCI_ALL with an ACPI device', tableOf([piece(UART_UNIT, 4, '01'), UART_NAME])],
  ['one page of reserved memory', withBoth(piece(piece(GPU_REGION, 8, '00 10 00 00'), 16, 'ff 1f 00 00'))],
  [
    'a region of a device below a listed bridge',
    tableOf([
      unit(0, '02 08 00 00 00 00 1c 00'),
      '01 00 22 00 00 00 00 00 00 00 80 8b 00 00 00 00 ff ff ff 8f 00 00 00 00 01 0a 00 00 00 00 1c 00 00 00',
    ]),
  ],
  ['SATC with and without ATC_REQUIRED', withBoth(CACHE, piece(piece(CACHE, 4, '00'), 14, '06'))],
  [
    'an ACPI device in SIDP',
    tableOf([UART_UNIT, REST_UNIT, UART_NAME, integrated(6, '00', '05 08 1f 00 01 f0 15 00')]),
  ],
  [
    'two ACPI devices with one source-id',
    tableOf([unit(0, '05 08 00 00 01 f0 15 00', '05 08 00 00 02 f0 15 00'), UART_NAME, piece(UART_NAME, 7, '02')]),
  ],
  ['a root port and the device of another', tableOf([GPU_UNIT, REST_UNIT, ONE_PORT])],
  ['a region up to the last byte of 32 bits', patched(patched(CLIENT, 36, '1f'), 120, 'ff ff ff ff')],
];
