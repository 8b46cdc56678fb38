import type { Row } from './planted-legacy.ts';
import { IRTA, IRTE, type Planted } from './scenes.ts';

const SECOND = IRTE + 8;
/** EIME. */
const EXTENDED = IRTA | 0x800n;
/** A posted entry, VV 50h, whose descriptor is at 30040h. */
const POSTED = { [IRTE]: 0x0003_0040_0050_8001n, [SECOND]: 0x0004_0020n };
/** NDST 2 in xAPIC mode, NV F2h. */
const DESCRIPTOR = { '0x30060': 0x0000_0200_00f2_0000n };

export const INTERRUPTS: readonly Row[] = [
  ['R5: 65536 entries with one page', 'interrupt-table-unreadable', { irta: IRTA | 0xfn }],
  [
    'R5: foreign memory behind the table',
    'interrupt-table-foreign',
    {
      irta: IRTA | 0x8n,
      words: Object.fromEntries(Array.from({ length: 16 }, (_, n) => [IRTE + 4096 + 16 * n, 0xdead_beef_0000_7001n])),
    },
  ],
  [
    'R6, I2: EIME with entries of xAPIC mode',
    'interrupt-shifted-destination',
    { irta: EXTENDED, words: { [IRTE]: 0x0000_0200_0031_0001n } },
  ],
  ['R7: EIME without EIM', 'eime-without-eim', { ecap: { EIM: 0 }, options: { written: { IRTA_REG: EXTENDED } } }],
  [
    'R7: x2APIC ids without EIM',
    'interrupt-extended-format',
    { ecap: { EIM: 0 }, words: { [IRTE]: 0x0000_0001_0031_0001n } },
  ],
  ['R9: IRTA_REG without SIRTP', 'interrupt-table-not-latched', { writes: [[0xb8, 64, 0x9_0007n]] }],
  ['EIME changed while IRES is 1', 'eime-changed', { writes: [[0xb8, 64, EXTENDED]] }],
  ['IRE taken back', 'interrupts-off', { writes: [[0x18, 32, 0x8000_0000n]] }],
  ['IRE taken back with IRREQ', 'interrupts-blocked', { ecap: { IRREQ: 1 }, writes: [[0x18, 32, 0x8000_0000n]] }],
  ['I1: an APIC id that is not shifted', 'interrupt-destination-format', { words: { [IRTE]: 0x0000_0002_0031_0001n } }],
  ['I3: SVT 00b', 'interrupt-any-source', { words: { [SECOND]: 0n } }],
  [
    'I4, I26: a source-id that nobody has',
    'interrupt-source-unknown',
    { options: { interruptSources: [0xf0f8, 0x21] } },
  ],
  ['I5: buses the wrong way round', 'interrupt-buses-reversed', { words: { [SECOND]: 0x0008_0705n } }],
  ['I6: SVT 11b', 'interrupt-validation-reserved', { words: { [SECOND]: 0x000c_00fan } }],
  ['I7: URG in remapped format', 'interrupt-urgent-remapped', { words: { [IRTE]: 0x0000_0200_0031_4001n } }],
  ['I8: Lowest Priority without RH', 'interrupt-lowest-priority', { words: { [IRTE]: 0x0000_0200_0031_0025n } }],
  ['I9: IM without PI', 'interrupt-posted-unsupported', { words: { ...POSTED, ...DESCRIPTOR }, cap: { PI: 0 } }],
  [
    'I9: a descriptor that is not aligned',
    'interrupt-descriptor-unaligned',
    { words: { ...POSTED, ...DESCRIPTOR, [IRTE]: 0x0003_0050_0050_8001n } },
  ],
  [
    'I10: the address shifted by 6 and put at bit 32',
    'interrupt-descriptor-unaligned',
    { words: { ...POSTED, [IRTE]: 0x048d_1599_0050_8001n } },
  ],
  [
    'I10: PDAH and PDAL exchanged',
    'interrupt-descriptor-above-width',
    { words: { ...POSTED, [IRTE]: 0x0000_0000_0050_8001n, [SECOND]: 0x0003_0040_0004_0020n } },
  ],
  ['a descriptor that is not there', 'descriptor-unreadable', { words: { ...POSTED } }],
  [
    'I11: NDST in the lowest byte',
    'descriptor-destination',
    { words: { ...POSTED, '0x30060': 0x0000_0002_00f2_0000n } },
  ],
  ['I12: bit 258 of a descriptor', 'descriptor-reserved', { words: { ...POSTED, '0x30060': 0x0000_0200_00f2_0004n } }],
  ['I12: bits 511:320 of a descriptor', 'descriptor-reserved', { words: { ...POSTED, ...DESCRIPTOR, '0x30070': 1n } }],
  [
    'I14: an entry past the end',
    'interrupt-beyond-table',
    { irta: IRTA & ~0xfn, words: { [IRTE + 0x100]: 0x0000_0100_0031_0001n, [IRTE + 0x108]: 0x0004_0020n } },
  ],
  ['I19: CFI left on', 'compatibility-format', { writes: [[0x18, 32, 0x8280_0000n]] }],
  ['I25: a logical destination without processors', 'interrupt-nobody', { words: { [IRTE]: 0x0000_0000_0031_0005n } }],
  ['FPD in an entry', 'interrupt-faults-not-recorded', { words: { [IRTE]: 0x0000_0100_0031_0003n } }],
  ['FPD without P', 'interrupt-faults-not-recorded', { words: { [IRTE]: 0x0000_0100_0031_0002n } }],
  ['vector 5', 'interrupt-low-vector', { words: { [IRTE]: 0x0000_0100_0005_0001n } }],
  ['SMI with a vector', 'interrupt-smi-vector', { words: { [IRTE]: 0x0000_0100_0031_0041n } }],
  ['NMI, level', 'interrupt-always-edge', { words: { [IRTE]: 0x0000_0100_0000_0091n } }],
  ['DLM 011b', 'interrupt-delivery-mode', { words: { [IRTE]: 0x0000_0100_0031_0061n } }],
  ['I13: reserved bits of half an entry', 'interrupt-reserved', { words: { [IRTE]: 0x0000_0100_0131_0001n } }],
  [
    'two entries for one vector',
    'interrupt-shared',
    { words: { [IRTE + 16]: 0x0000_0100_0031_0001n, [IRTE + 24]: 0x0004_0020n } },
  ],
  ['IRTA_REG above HAW', 'interrupt-table-above-width', { irta: 0x3fff_ffff_f00fn, words: {} }],
];

/** The device of the scene, with entry 0, and another one with entries 5 and 8001h. */
const [OWN, OTHER] = [0x20, 0x28];
const entryAt = (index: number, word: bigint, sourceId = OTHER) => ({
  [IRTE + 16 * index]: word,
  [IRTE + 16 * index + 8]: 0x0004_0000n | BigInt(sourceId),
});
/** Vector 41h to APIC id 1, edge. */
const SOUND = 0x0000_0100_0041_0001n;
const FIVE = entryAt(5, SOUND);
/** 65536 entries. */
const WHOLE_TABLE = (IRTA & ~0xfn) | 0xfn;

/** What sources of interrupts were given to send. */
export const MESSAGES: readonly Row[] = [
  [
    'I15: index 8001h without its bit 15',
    'message-index-high',
    {
      irta: WHOLE_TABLE,
      unwritten: 'zero',
      words: entryAt(0x8001, SOUND),
      options: { messages: [{ sourceId: OTHER, address: 0xfee0_0038n, data: 0 }] },
    },
  ],
  [
    'I16: data above the subhandle',
    'message-reserved',
    { words: FIVE, options: { messages: [{ sourceId: OTHER, address: 0xfee0_00b8n, data: 0x1_0000 }] } },
  ],
  [
    'I17: four messages and one entry',
    'message-group',
    { words: FIVE, options: { messages: [{ sourceId: OTHER, address: 0xfee0_00b8n, data: 0, count: 4 }] } },
  ],
  [
    'I17: the third entry is of another device',
    'message-group',
    {
      words: { ...FIVE, ...entryAt(6, 0x0000_0100_0042_0001n), ...entryAt(7, 0x0000_0100_0043_0001n, OWN) },
      options: { messages: [{ sourceId: OTHER, address: 0xfee0_00b8n, data: 0, count: 4 }] },
    },
  ],
  [
    'I18: a message of before remapping',
    'message-compatibility',
    { words: FIVE, options: { messages: [{ sourceId: OTHER, address: 0xfee0_2000n, data: 0x4031 }] } },
  ],
  [
    'the entry of another device',
    'message-index',
    { words: FIVE, options: { messages: [{ sourceId: OWN, address: 0xfee0_00b8n, data: 0 }] } },
  ],
  [
    'I20: what firmware left, with the format bit',
    'redirection-unconverted',
    { options: { redirectionEntries: [{ sourceId: OTHER, value: 0x0001_0000_0001_08ffn }] } },
  ],
  [
    'the entry of another source',
    'redirection-index',
    { words: FIVE, options: { redirectionEntries: [{ sourceId: OWN, value: 0x000b_0000_0000_0031n }] } },
  ],
  [
    'I21: a delivery mode in remappable format',
    'redirection-delivery-mode',
    { words: FIVE, options: { redirectionEntries: [{ sourceId: OTHER, value: 0x000b_0000_0000_0131n }] } },
  ],
  [
    'I22: level here, edge there',
    'redirection-trigger-mode',
    { words: FIVE, options: { redirectionEntries: [{ sourceId: OTHER, value: 0x000b_0000_0000_8031n }] } },
  ],
  [
    'I23: another vector, level',
    'redirection-vector',
    {
      words: entryAt(5, 0x0000_0100_0041_0011n),
      options: { redirectionEntries: [{ sourceId: OTHER, value: 0x000b_0000_0000_8031n }] },
    },
  ],
  [
    'I24: the low half before the high one',
    'redirection-compatibility',
    { words: FIVE, options: { redirectionEntries: [{ sourceId: OTHER, value: 0x0100_0000_0000_0031n }] } },
  ],
];

const QUEUE = 0x4_0000n;
/** QIE with TE, and IQA_REG before it. */
const queue = (address: bigint) =>
  [
    [0x90, 64, address],
    [0x18, 32, 0x8400_0000n],
  ] as const;

/** Queues of a unit in legacy mode. */
export const QUEUES: readonly Row[] = [
  ['a queue of two pages with one', 'queue-unreadable', { words: { '0x40000': 0n }, writes: queue(QUEUE | 1n) }],
  [
    'a tail outside the queue',
    'queue-registers',
    { words: { '0x40000': 0n }, writes: queue(QUEUE), options: { queue: { head: 0n, tail: 0x1000n } } },
  ],
  [
    'Q5: a page group response in a queue of 128 bits',
    'queue-descriptor-type',
    {
      words: { '0x40000': 0x5_0000_0019n, '0x40008': 0x98n },
      writes: queue(QUEUE),
      options: { queue: { head: 0n, tail: 0x10n } },
    },
  ],
  [
    'a reserved bit in a context-cache invalidation',
    'queue-descriptor',
    { words: { '0x40000': 0x111n }, writes: queue(QUEUE), options: { queue: { head: 0n, tail: 0x10n } } },
  ],
];

/** PASID 5 of 00:05.0 asks to read 1000h as the last of group 13h. */
const REQUESTED = [0x5_0028_0101n, 0x109dn] as const;

/** A page request queue at 50000h with one request, and a response of 256 bits in the invalidation queue. */
function responding(request: readonly [bigint, bigint], low: bigint, high: bigint): Planted {
  const words = { '0x50000': request[0], '0x50008': request[1], '0x50010': 0n, '0x50018': 0n };
  return {
    words: { ...words, '0x40000': low, '0x40008': high, '0x40010': 0n, '0x40018': 0n },
    ecap: { DT: 1, PRS: 1 },
    writes: [[0xd0, 64, 0x5_0000n], ...queue(QUEUE | 0x800n)],
    options: { queue: { head: 0n, tail: 0x20n } },
  };
}

/** Of one in scalable mode. */
export const SCALABLE_QUEUES: readonly Row[] = [
  ['R8: 128-bit descriptors in scalable mode', 'queue-width', { words: { '0x40000': 0n }, writes: queue(QUEUE) }],
  [
    'Q4: a page group response with bit 5 set',
    'queue-descriptor',
    {
      words: { '0x40000': 0x5_0000_0039n, '0x40008': 0x98n, '0x40010': 0n },
      ecap: { DT: 1, PRS: 1 },
      writes: queue(QUEUE | 0x800n),
      options: { queue: { head: 0n, tail: 0x20n } },
    },
  ],
  [
    'Q1: a head between two requests',
    'page-request-head',
    {
      words: { '0x50000': 0n },
      ecap: { DT: 1, PRS: 1 },
      writes: [
        [0xd0, 64, 0x5_0000n],
        [0xc0, 64, 0x30n],
      ],
      options: { written: { PQH_REG: 0x30n } },
    },
  ],
  [
    'Q2: a page request queue of eight pages with one',
    'queue-unreadable',
    { words: { '0x50000': 0n }, ecap: { DT: 1, PRS: 1 }, writes: [[0xd0, 64, 0x5_0003n]] },
  ],
  [
    'Q3: a response to group 13h with the PRGI of another',
    'response-unasked',
    responding(REQUESTED, 0x5_0028_0019n, 0xa0n),
  ],
  ['Q3: a response to another PASID', 'response-unasked', responding(REQUESTED, 0x6_0028_0019n, 0x98n)],
  [
    'Q7: a response to a stop marker',
    'response-to-stop-marker',
    // LPIG without RDR and WRR.
    responding([0x5_0028_0101n, 0x9cn], 0x5_0028_0019n, 0x98n),
  ],
  [
    'Q6: the response, then the invalidation',
    'response-before-invalidation',
    {
      ...responding(REQUESTED, 0x5_0028_0019n, 0x98n),
      words: {
        ...responding(REQUESTED, 0x5_0028_0019n, 0x98n).words,
        // p_iotlb_inv, PASID-selective: PASID 5 of domain 1.
        '0x40020': 0x5_0001_0026n,
        '0x40028': 0n,
        '0x40030': 0n,
        '0x40038': 0n,
      },
      options: { queue: { head: 0n, tail: 0x40n } },
    },
  ],
  [
    'Q8: PFSID 00:00.5 in one piece above bit 52',
    'queue-physical-function',
    {
      // dev_tlb_inv of SID 00:00.6: bits 15:4 hold the whole of 5h, bits 3:0 hold it again.
      words: { '0x40000': 0x0050_0006_0000_5003n, '0x40008': 0n, '0x40010': 0n, '0x40018': 0n },
      ecap: { DT: 1, DIT: 1 },
      writes: queue(QUEUE | 0x800n),
      options: { queue: { head: 0n, tail: 0x20n }, devices: [{ sourceId: 0x20 }] },
    },
  ],
];
