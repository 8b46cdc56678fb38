import type { RuleId } from '../../src/lint/rules.ts';
import { DEVICE, LEGACY_ENTRY, type Planted, type Qwords } from './scenes.ts';

/** Mistakes of legacy mode: what is planted, and the rule that it breaks. Bits are those of the document. */
export type Row = readonly [what: string, rule: RuleId, planted: Planted];

const SECOND = LEGACY_ENTRY + 8;
/** Entries of the four levels for input page 1. */
const [PML4E, PDPE, PDE, PTE] = [0x3000, 0x4000, 0x5000, 0x6008] as const;
/** Another device, 00:05.0, with tables of its own at D000h that map page 1 to 22345000h. */
const OTHER = LEGACY_ENTRY + 0x80;
const OTHER_TABLES = { '0xd000': 0xe003n, '0xe000': 0xf003n, '0xf000': 0x1_0003n, '0x10008': 0x2234_5003n };

export const REGISTERS: readonly Row[] = [
  ['R1: TTM 10b of an unaligned root pointer', 'mode-reserved', { rtaddr: 0x1800n }],
  ['R4: TTM 01b without SMTS', 'mode-unsupported', { rtaddr: 0x1400n }],
  ['R3, R4: TTM 11b without ADMS', 'mode-unsupported', { rtaddr: 0x1c00n }],
  ['R3: TTM 11b with ADMS', 'abort-dma', { rtaddr: 0x1c00n, ecap: { ADMS: 1 } }],
  ['R9: RTADDR_REG without SRTP', 'root-not-latched', { writes: [[0x20, 64, 0x9000n]] }],
  ['TE without SRTP', 'root-not-set', { noRoot: true }],
  ['TE taken back', 'translation-off', { writes: [[0x18, 32, 0n]] }],
  [
    'R10: a sign-extended root pointer',
    'pointer-above-width',
    { options: { written: { RTADDR_REG: 0xffff_ffff_8000_0000n } } },
  ],
  [
    'a flag in a reserved bit of IQA_REG',
    'register-bits-lost',
    { writes: [[0x90, 64, 0x3_0000n]], options: { written: { IQA_REG: 0x3_0008n } } },
  ],
  ['ECAP_REG.C is 0', 'unit-not-coherent', { ecap: { C: 0 } }],
  ['CAP_REG.RWBF is 1', 'unit-write-buffer', { cap: { RWBF: 1 } }],
  ['CAP_REG.CM is 1', 'unit-caching-mode', { cap: { CM: 1 } }],
  ['CAP_REG.ESRTPS is 0', 'unit-set-root', { cap: { ESRTPS: 0 } }],
];

export const ROOT_AND_CONTEXT: readonly Row[] = [
  ['no root table in memory', 'root-unreadable', { rtaddr: 0x7_0000n }],
  ['T1: processor flags in a root entry', 'root-reserved', { words: { '0x1000': 0x2003n } }],
  ['a context table above HAW', 'root-above-width', { words: { '0x1000': 0x4000_0000_2001n } }],
  ['T2: a scalable root entry', 'root-scalable-format', { words: { '0x1008': 0x1_2001n } }],
  ['a context table that is not there', 'context-table-unreadable', { words: { '0x1010': 0x7_0001n } }],
  ['T5: AW 3 with SAGAW 4', 'context-width-unsupported', { words: { [SECOND]: 0x103n } }],
  ['T6: AW holds the count of levels', 'context-width-reserved', { words: { [SECOND]: 0x104n } }],
  ['T9: TT 10b without PT', 'context-pass-through', { words: { [LEGACY_ENTRY]: 0x9n }, ecap: { PT: 0 } }],
  ['T10: TT 10b with a small AW', 'pass-through-width', { words: passed(1), cap: { SAGAW: 6 } }],
  ['TT 10b', 'pass-through', { words: passed(2) }],
  ['T11: TT 01b without DT', 'context-device-tlb', { words: { [LEGACY_ENTRY]: 0x3005n } }],
  ['T12: TT 11b', 'context-type-reserved', { words: { [LEGACY_ENTRY]: 0x300dn } }],
  [
    'T13: ATS in the device and TT 00b',
    'device-tlb-blocked',
    { ecap: { DT: 1 }, options: { devices: [{ sourceId: DEVICE, deviceTlb: true }] } },
  ],
  ['T14: DID 123h with ND 2', 'domain-id-width', { words: { [SECOND]: 0x1_2302n }, cap: { ND: 2 } }],
  ['T15: DID 0 with CM 1', 'domain-id-zero', { words: { [SECOND]: 0x2n }, cap: { CM: 1 } }],
  [
    'T16: one domain-id, two roots',
    'domain-id-two-tables',
    { words: { [OTHER]: 0xd001n, [OTHER + 8]: 0x102n, ...OTHER_TABLES } },
  ],
  ['one root, two domain-ids', 'tables-two-domain-ids', { words: { [OTHER]: 0x3001n, [OTHER + 8]: 0x202n } }],
  ['T17: FPD left on', 'faults-not-recorded', { words: { [LEGACY_ENTRY]: 0x3003n } }],
  ['T18: processor flags 63h', 'context-processor-flags', { words: { [LEGACY_ENTRY]: 0x3063n } }],
  ['T19: SSPTPTR not aligned', 'context-unaligned', { words: { [LEGACY_ENTRY]: 0x3081n } }],
  ['T20: SSPTPTR above HAW', 'context-above-width', { words: { [LEGACY_ENTRY]: 0x80_0000_3001n }, haw: 39 }],
  ['T21: P set while the other half is 0', 'context-half-written', { words: { [SECOND]: 0n } }],
  ['T24: another source-id', 'device-not-served', { options: { devices: [{ sourceId: 0x500 }] } }],
  [
    'T25: the entry of 00:1f.0 at index 1Fh',
    'device-index',
    {
      words: { '0x21f0': 0x3001n, '0x21f8': 0x102n },
      options: { devices: [{ sourceId: 0xf8 }] },
    },
  ],
  ['T26: data in bits 71 and 88', 'context-software-bits', { words: { [SECOND]: 0x100_0182n } }],
];

export const SECOND_STAGE: readonly Row[] = [
  ['S1: SNP without SC', 'second-stage-snoop', { words: { [PTE]: 0x1234_5803n } }],
  ['S2: SNP above a leaf', 'second-stage-snoop-in-table', { words: { [PDE]: 0x6803n } }],
  ['S3: TM', 'second-stage-bit-62', { words: { [PTE]: 0x4000_0000_1234_5003n } }],
  ['S4: PS in a PML4E', 'second-stage-page-size', { words: { [PML4E]: 0x4083n } }],
  ['S5: 2 MiB without SSLPS', 'second-stage-large-page', { words: { [PDE]: 0x4020_0083n }, cap: { SSLPS: 0 } }],
  ['S5: 1 GiB without SSLPS[1]', 'second-stage-large-page', { words: { [PDPE]: 0x4000_0083n }, cap: { SSLPS: 1 } }],
  ['S6: 2 MiB not aligned', 'second-stage-misaligned', { words: { [PDE]: 0x1234_5083n } }],
  ['S7: write-only', 'write-only', { words: { [PTE]: 0x1234_5002n } }],
  ['S8: no writes above a leaf with writes', 'rights-missing-above', { words: { [PML4E]: 0x4001n } }],
  ['S8: reads above, writes below', 'rights-contradict', { words: { [PML4E]: 0x4001n, [PTE]: 0x1234_5002n } }],
  ['S10: a processor page table', 'processor-format', { words: { [PTE]: 0x8000_0000_1234_5067n } }],
  ['S11: 2 MiB over FEE0_0000h', 'output-interrupt-range', { words: { [PDE]: 0xfee0_0083n } }],
  ['S11: a page of FEE0_0000h', 'output-interrupt-range', { words: { [PTE]: 0xfee0_0003n } }],
  ['S12: above HAW', 'second-stage-above-width', { words: { [PTE]: 0x4000_1234_5003n } }],
  ['S17: reserved bits without R and W', 'absent-reserved', { words: { [PTE]: 0x4000_0000_1234_5000n } }],
  ['an absent entry with an address', 'absent-content', { words: { [PTE]: 0x1234_5000n } }],
  ['a table that is not there', 'table-unreadable', { words: { [PDE]: 0x7_0003n } }],
  ['a top table that is not there', 'top-table-unreadable', { words: { [LEGACY_ENTRY]: 0x7_0001n } }],
  ['T8: an address beyond MGAW', 'beyond-reach', { words: { '0x3008': 0x4003n }, cap: { MGAW: 38 }, haw: 39 }],
  [
    'an input in FEEx_xxxxh',
    'input-interrupt-range',
    { words: { '0x4018': 0x1_1003n, '0x11fb8': 0x1_2003n, '0x12000': 0x1234_5003n } },
  ],
];

export const WHOLE: readonly Row[] = [
  ['a PML4 that points to itself', 'table-loop', { words: { '0x3ff8': 0x3003n } }],
  ['S18: a page table that is a directory too', 'table-two-roles', { words: { '0x5008': 0x5003n, '0x4008': 0x6003n } }],
  [
    'T7: tables of three levels with AW 2',
    'level-mismatch',
    // The PDPT of 1 GiB and 2 MiB pages is read as PML4.
    {
      words: { [LEGACY_ENTRY]: 0xd001n, '0xd000': 0xe003n, '0xe000': 0x4020_0083n, '0xd008': 0x8000_0083n },
      cap: { SAGAW: 6 },
    },
  ],
  [
    'a table of one domain in another',
    'tables-shared',
    {
      words: { [OTHER]: 0xd001n, [OTHER + 8]: 0x202n, '0xd000': 0x4003n },
    },
  ],
  ['a table that a device can write to', 'tables-exposed', { words: { [PTE]: 0x3003n } }],
  ['the root table that a device can read', 'tables-readable', { words: { [PTE]: 0x1001n } }],
  [
    'R5: an interrupt table over the root table',
    'structures-overlap',
    {
      irta: 0x0007n,
      words: { '0x0': 0n },
      unwritten: 'zero',
      writes: [
        [0xb8, 64, 0x000fn],
        [0x18, 32, 0x8300_0000n],
      ],
    },
  ],
  [
    'S16: an RMRR that is not mapped',
    'region-unmapped',
    { options: { reservedRegions: [{ base: 0xbdf6_f000n, limit: 0xbdf6_ffffn, devices: [DEVICE] }] } },
  ],
  [
    'an RMRR that is mapped elsewhere',
    'region-elsewhere',
    { options: { reservedRegions: [{ base: 0x1000n, limit: 0x1fffn, devices: [DEVICE] }] } },
  ],
  [
    'an RMRR that cannot be written',
    'region-read-only',
    {
      words: { [PTE]: 0x1001n },
      options: { reservedRegions: [{ base: 0x1000n, limit: 0x1fffn, devices: [DEVICE] }] },
    },
  ],
  [
    'two RMRRs that overlap',
    'region-overlap',
    {
      options: {
        reservedRegions: [
          { base: 0x1000n, limit: 0x2fffn, devices: [] },
          { base: 0x2000n, limit: 0x3fffn, devices: [] },
        ],
      },
    },
  ],
  [
    'an RMRR whose limit is the byte behind it',
    'region-bounds',
    { options: { reservedRegions: [{ base: 0x1000n, limit: 0x2000n, devices: [] }] } },
  ],
  ['a limit that the tables exceed', 'look-stopped', { options: { limit: 100 } }],
];

/** A context entry that passes through. */
function passed(width: number): Qwords {
  return { [LEGACY_ENTRY]: 0x9n, [SECOND]: 0x100n | BigInt(width) };
}
