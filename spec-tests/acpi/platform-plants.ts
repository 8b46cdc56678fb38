import type { FunctionFacts, PlatformFacts, UnitFacts } from '../../src/acpi/index.ts';
import { ALL_PORTS, CLIENT, GPU_REGION, GPU_UNIT, ONE_PORT, patched, REST_UNIT, TABLE_33, tableOf } from './pieces.ts';
import type { Plant } from './plants.ts';

/** A table without a finding, and what is known beside it: together they break a rule. */
export interface PlatformPlant extends Plant {
  readonly facts: PlatformFacts;
}

/** 48 bits of guest address, fault records at 220h, IOTLB registers at F0h; interrupt remapping, no Device-TLBs. */
const CAPABILITIES = 0xd2_008c_222f_0686n;
const EXTENDED = 0xf0_0f5an;
const bit = (n: number): bigint => 1n << BigInt(n);
/** ECAP_REG: DT, IR, and the two bits that say that software must remap interrupts, in extended mode. */
const [DT, IR, IRREQ, EIMER] = [bit(2), bit(3), bit(62), bit(61)];

const unitAt = (
  registerBaseAddress: bigint,
  capabilities = CAPABILITIES,
  extendedCapabilities = EXTENDED,
): UnitFacts => ({
  registerBaseAddress,
  capabilities,
  extendedCapabilities,
});
const GPU = unitAt(0xfed9_0000n);
const REST = unitAt(0xfed9_1000n);
const withGpu = (unit: Partial<UnitFacts>): PlatformFacts => ({ units: [{ ...GPU, ...unit }, REST] });

const DISPLAY: FunctionFacts = { sourceId: 0x0010, baseClass: 0x03 };
/** Root port 00:1c.0 with bus 1 behind it, and a device there. */
const PORT: FunctionFacts = {
  sourceId: 0x00e0,
  baseClass: 0x06,
  bridge: { kind: 'pcie', secondaryBus: 1, subordinateBus: 1 },
};
const CARD: FunctionFacts = { sourceId: 0x0100, baseClass: 0x02 };
const PLATFORM: readonly FunctionFacts[] = [DISPLAY, PORT, CARD];

/** A unit of these entries alone, then the one of all the rest, with I/O APIC 2 and HPET 0. */
const tableWith = (...entries: readonly string[]) => {
  const scope = entries.join(' ');
  const length = (16 + entries.join('').replace(/ /g, '').length / 2).toString(16).padStart(2, '0');
  return tableOf([`00 00 ${length} 00 00 00 00 00 00 00 d9 fe 00 00 00 00 ${scope}`, REST_UNIT]);
};
const PLAIN = tableOf([GPU_UNIT, REST_UNIT]);
/** The same with INTR_REMAP=0. */
const WITHOUT_REMAPPING = tableOf([GPU_UNIT, REST_UNIT], { flags: 0x00 });

export const PLATFORM_PLANTS: readonly PlatformPlant[] = [
  {
    rule: 'host-address-width',
    what: '39 bits, and processors with 46',
    bytes: PLAIN,
    facts: { physicalAddressWidth: 46 },
    offset: 36,
  },
  {
    rule: 'remapping-required',
    what: 'IRREQ',
    bytes: WITHOUT_REMAPPING,
    facts: withGpu({ extendedCapabilities: EXTENDED | IRREQ }),
    offset: 37,
  },
  {
    rule: 'extended-mode-required',
    what: 'EIMER',
    bytes: tableOf([GPU_UNIT, REST_UNIT], { flags: 0x03 }),
    facts: withGpu({ extendedCapabilities: EXTENDED | EIMER }),
    offset: 37,
  },
  {
    rule: 'remapping-missing',
    what: 'IR=0',
    bytes: PLAIN,
    facts: withGpu({ extendedCapabilities: EXTENDED & ~IR }),
    offset: 37,
  },
  {
    rule: 'guest-address-width',
    what: 'MGAW 39 and HAW 46',
    bytes: patched(PLAIN, 36, '2d'),
    facts: { units: [{ ...GPU, capabilities: 0xd2_008c_2226_0686n }] },
    offset: 36,
  },
  {
    rule: 'guest-address-width',
    what: '38 bits and HAW 39',
    bytes: PLAIN,
    facts: withGpu({ capabilities: 0xd2_008c_2225_0686n }),
    offset: 36,
  },
  {
    rule: 'unit-unreadable',
    what: 'CAP_REG is all ones',
    bytes: PLAIN,
    facts: withGpu({ capabilities: bit(64) - 1n }),
    offset: 56,
  },
  {
    rule: 'unit-unreadable',
    what: 'ECAP_REG is all ones',
    bytes: PLAIN,
    facts: withGpu({ extendedCapabilities: bit(64) - 1n }),
    offset: 56,
  },
  {
    rule: 'unit-unreadable',
    what: 'both are 0',
    bytes: PLAIN,
    facts: withGpu({ capabilities: 0n, extendedCapabilities: 0n }),
    offset: 56,
  },
  {
    rule: 'register-set-size',
    what: 'fault records at 1000h, and one page',
    bytes: PLAIN,
    facts: withGpu({ capabilities: 0xd2_008d_002f_0686n }),
    offset: 53,
  },
  {
    rule: 'register-set-size',
    what: 'IOTLB registers at 1000h, and one page',
    bytes: PLAIN,
    facts: withGpu({ extendedCapabilities: 0xf1_005an }),
    offset: 53,
  },
  {
    rule: 'ports-missing',
    what: 'DT=1',
    bytes: PLAIN,
    facts: withGpu({ extendedCapabilities: EXTENDED | DT }),
    offset: 56,
  },
  {
    rule: 'ports-without-device-tlb',
    what: 'DT=0 of both',
    bytes: tableOf([GPU_UNIT, REST_UNIT, ALL_PORTS]),
    facts: withGpu({}),
    offset: 110,
  },
  {
    rule: 'segment-without-unit',
    what: 'a function of segment 1',
    bytes: PLAIN,
    facts: { functions: [DISPLAY, { ...CARD, segment: 1 }] },
    offset: 48,
  },
  {
    rule: 'io-apic-unlisted',
    what: 'I/O APIC 3',
    bytes: PLAIN,
    facts: { ioApics: [{ id: 2 }, { id: 3 }] },
    offset: 48,
  },
  {
    rule: 'io-apic-unknown',
    what: 'MADT id 8, scope id 2',
    bytes: PLAIN,
    facts: { ioApics: [{ id: 8 }] },
    offset: 92,
    also: ['io-apic-unlisted'],
  },
  { rule: 'hpet-unlisted', what: 'HPET 1', bytes: PLAIN, facts: { hpets: [{ number: 0 }, { number: 1 }] }, offset: 48 },
  { rule: 'hpet-unknown', what: 'none sends messages', bytes: PLAIN, facts: { hpets: [] }, offset: 100 },
  {
    rule: 'source-id',
    what: 'requests of 00:1f.6',
    bytes: PLAIN,
    facts: { hpets: [{ number: 0, sourceId: 0x00fe }] },
    offset: 102,
  },
  {
    rule: 'source-id',
    what: 'requests of f0:1f.1',
    bytes: PLAIN,
    facts: { ioApics: [{ id: 2, sourceId: 0xf0f9 }] },
    offset: 94,
  },
  {
    rule: 'scope-absent',
    what: '00:02.1',
    bytes: tableWith('01 08 00 00 00 00 02 00', '01 08 00 00 00 00 02 01'),
    facts: { functions: PLATFORM },
    offset: 78,
  },
  {
    rule: 'scope-kind',
    what: 'an endpoint that is a port',
    bytes: tableWith('01 08 00 00 00 00 1c 00'),
    facts: { functions: PLATFORM },
    offset: 64,
  },
  {
    rule: 'scope-kind',
    what: 'a bridge that is the display',
    bytes: tableWith('02 08 00 00 00 00 02 00'),
    facts: { functions: PLATFORM },
    offset: 64,
  },
  {
    rule: 'scope-swapped',
    what: '00:00.2 for 00:02.0',
    bytes: tableWith('01 08 00 00 00 00 00 02'),
    facts: { functions: PLATFORM },
    offset: 70,
  },
  {
    rule: 'scope-bus',
    what: '01:00.0 for 00:1c.0/00.0',
    bytes: tableWith('01 08 00 00 00 01 00 00'),
    facts: { functions: PLATFORM },
    offset: 70,
  },
  {
    rule: 'virtual-function',
    what: '00:02.1 of 00:02.0',
    bytes: tableWith('01 08 00 00 00 00 02 00', '01 08 00 00 00 00 02 01'),
    facts: { functions: [...PLATFORM, { sourceId: 0x0011, physicalFunction: 0x0010 }] },
    offset: 78,
  },
  {
    rule: 'region-memory',
    what: 'the last page is RAM',
    bytes: CLIENT,
    facts: { reservedMemory: [{ base: 0x8b80_0000n, limit: 0x8fff_efffn }] },
    offset: 112,
  },
  {
    rule: 'region-missing',
    what: 'a USB controller',
    bytes: CLIENT,
    facts: { functions: [DISPLAY, { sourceId: 0x00a0, firmwareDma: true }] },
    offset: 48,
  },
  {
    rule: 'region-large',
    what: '72 MiB for a network card',
    bytes: CLIENT,
    facts: { functions: [{ ...DISPLAY, baseClass: 0x02 }] },
    offset: 128,
  },
  {
    rule: 'open-bus-master',
    what: 'flags 05h',
    bytes: CLIENT,
    facts: { functions: [{ ...DISPLAY, busMaster: true }] },
    offset: 37,
  },
];

/** What is beside a table and right. */
export const SOUND_PLATFORMS: readonly (readonly [string, Uint8Array, PlatformFacts])[] = [
  [
    'a client with all its facts',
    CLIENT,
    {
      physicalAddressWidth: 39,
      units: [GPU, REST],
      ioApics: [{ id: 2, sourceId: 0xf0f8 }],
      hpets: [{ number: 0, sourceId: 0x00f8 }],
      functions: [{ ...DISPLAY, firmwareDma: true }, { ...PORT, busMaster: true }, CARD],
      reservedMemory: [
        { base: 0x8d00_0000n, limit: 0x8fff_ffffn },
        { base: 0x8b80_0000n, limit: 0x8cff_ffffn },
      ],
    },
  ],
  [
    'without INTR_REMAP no I/O APIC is needed',
    WITHOUT_REMAPPING,
    { ioApics: [{ id: 2 }, { id: 3 }], units: [GPU, unitAt(REST.registerBaseAddress, CAPABILITIES, EXTENDED & ~IR)] },
  ],
  [
    'Device-TLBs and an ATSR',
    tableOf([GPU_UNIT, REST_UNIT, ONE_PORT]),
    withGpu({ extendedCapabilities: EXTENDED | DT }),
  ],
  ['Device-TLBs, and no port', PLAIN, { ...withGpu({ extendedCapabilities: EXTENDED | DT }), functions: [DISPLAY] }],
  ['a path through a bridge', tableWith('01 0a 00 00 00 00 1c 00 00 00'), { functions: PLATFORM }],
  [
    'a non-transparent bridge listed as a bridge',
    tableWith('02 08 00 00 00 00 03 00'),
    { functions: [{ sourceId: 0x0018, baseClass: 0x06 }] },
  ],
  ['a large region of a display', tableOf([GPU_UNIT, REST_UNIT, GPU_REGION]), { functions: [DISPLAY] }],
  [
    'Table 33 with its source-ids',
    TABLE_33,
    { ioApics: [{ id: 8, sourceId: 0x00ff }], hpets: [{ number: 0, sourceId: 0x00fe }] },
  ],
  ['39 bits of guest address and HAW 39', PLAIN, withGpu({ capabilities: 0xd2_008c_2226_0686n })],
  ['16 MiB for a network card', patched(CLIENT, 120, 'ff ff 7f 8c'), { functions: [{ ...DISPLAY, baseClass: 0x02 }] }],
  [
    'an ATSR, and one of two units without Device-TLBs is known',
    tableOf([GPU_UNIT, REST_UNIT, ALL_PORTS]),
    { units: [GPU] },
  ],
  [
    'reserved memory below the region, too',
    CLIENT,
    {
      reservedMemory: [
        { base: 0n, limit: 0xfffn },
        { base: 0x8b80_0000n, limit: 0x8fff_ffffn },
      ],
    },
  ],
];
