import type { Row } from './planted-legacy.ts';
import { DEVICE, PASID_ENTRY, SCALABLE_ENTRY } from './scenes.ts';

const [QW1, QW2] = [PASID_ENTRY + 8, PASID_ENTRY + 16] as const;
const SECOND = SCALABLE_ENTRY + 8;
/** 00:05.0 with another PASID directory, at D000h, whose table is at E000h. */
const OTHER = SCALABLE_ENTRY + 0x100;
const OTHER_PASIDS = { [OTHER]: 0xd001n, '0xd000': 0xe001n };
/** The PASID-table entry with the first stage at 9000h in place of the second at 3000h. */
const FIRST = { [PASID_ENTRY]: 0x41n, [QW2]: 0x9000n };
const [FS_PML4E, FS_PDPE, FS_PDE, FS_PTE] = [0x9000, 0xa000, 0xb000, 0xc008] as const;
/** Nested: the guest's tables at guest address 1000h, which is 9000h of the host. */
const NESTED = {
  [PASID_ENTRY]: 0x30c9n,
  [QW2]: 0x1000n,
  '0x6008': 0x9003n,
  '0x6010': 0xa003n,
  '0x6018': 0xb003n,
  '0x6020': 0xc003n,
  '0x6028': 0x1234_5003n,
  '0x9000': 0x2027n,
  '0xa000': 0x3027n,
  '0xb000': 0x4027n,
  '0xc008': 0x5067n,
};
/** SAGAW of 39 and 48 bits. */
const BOTH = { SAGAW: 6 };

export const CONTEXT: readonly Row[] = [
  [
    'T3, R2: legacy tables in scalable mode',
    'root-legacy-format',
    { words: { [SCALABLE_ENTRY]: 0x3001n, [SECOND]: 0x102n } },
  ],
  [
    'T4: a legacy context entry',
    'context-legacy-format',
    { words: { [SCALABLE_ENTRY]: 0x3001n, [SECOND]: 0x102n, [SECOND + 8]: 0x3001n, [SECOND + 16]: 0x202n } },
  ],
  ['T4: and RPS 0', 'context-legacy-format', { words: { [SECOND]: 0x102n }, ecap: { RPS: 0 } }],
  ['SSIRWE in legacy mode', 'mode-io-permissions', { rtaddr: 0x1080n, ecap: { SSIRWS: 1 } }],
  ['a root entry with reserved bits', 'root-reserved', { words: { '0x1000': 0x2003n } }],
  ['T27: PRE without DTE', 'context-page-requests', { words: { [SCALABLE_ENTRY]: 0x7011n }, ecap: { DT: 1, PRS: 1 } }],
  ['T28: DTE without DT', 'context-needs-DT', { words: { [SCALABLE_ENTRY]: 0x7005n } }],
  ['T28: PRE without PRS', 'context-needs-PRS', { words: { [SCALABLE_ENTRY]: 0x7011n } }],
  [
    'T28: PASIDE without PASID',
    'context-needs-PASID',
    { words: { [SCALABLE_ENTRY]: 0x7009n }, ecap: { PASID: 0, PSS: 0 } },
  ],
  ['HPTE without HPTS', 'context-needs-HPTS', { words: { [SCALABLE_ENTRY]: 0x7021n } }],
  ['EPTR without PTRS', 'context-needs-PTRS', { words: { [SCALABLE_ENTRY]: 0x7049n } }],
  [
    'EPTR without PASIDE',
    'context-translated-pasid',
    { words: { [SCALABLE_ENTRY]: 0x7041n }, ecap: { PTRS: 1, DT: 1 } },
  ],
  ['T29: RID_PASID 2000h with PDTS 0', 'context-own-pasid', { words: { [SECOND]: 0x2000n } }],
  ['T30: RID_PASID without RPS', 'context-needs-RPS', { words: { [SECOND]: 0x1n }, ecap: { RPS: 0 } }],
  ['T31: RID_PRIV without RPRIVS', 'context-needs-RPRIVS', { words: { [SECOND]: 0x10_0000n }, ecap: { RPRIVS: 0 } }],
  ['RID_PRIV without SRE', 'context-supervisor', { words: { [SECOND]: 0x10_0000n, ...FIRST } }],
  ['T32: PDTS 3 with one page', 'directory-unreadable', { words: { [SCALABLE_ENTRY]: 0x1_5609n, '0x15000': 0x8001n } }],
  [
    'T33: PASID 0, which is RID_PASID',
    'pasid-not-served',
    { words: { [SCALABLE_ENTRY]: 0x7009n }, options: { devices: [{ sourceId: DEVICE, pasids: [0] }] } },
  ],
  ['T34: one directory, two devices', 'pasid-directory-shared', { words: { [OTHER]: 0x7001n } }],
  ['T35: UP 0 and 00:1f.0', 'upper-half-absent', { options: { devices: [{ sourceId: 0xf8 }] } }],
  ['PASIDs without PASIDE', 'pasids-unreachable', { words: { '0x7008': 0x8001n } }],
  ['PASIDDIRPTR above HAW', 'context-above-width', { words: { [SCALABLE_ENTRY]: 0x4000_0000_7001n } }],
  ['FPD in a context entry', 'faults-not-recorded', { words: { [SCALABLE_ENTRY]: 0x7003n } }],
];

export const PASIDS: readonly Row[] = [
  ['P1: bit 1 of a directory entry', 'directory-faults-not-recorded', { words: { '0x7000': 0x8003n } }],
  ['P2: processor flags in a directory entry', 'directory-reserved', { words: { '0x7000': 0x8067n } }],
  ['SMPTBLPTR above HAW', 'directory-above-width', { words: { '0x7000': 0x4000_0000_8001n } }],
  ['a PASID table that is not there', 'pasid-table-unreadable', { words: { '0x7000': 0x7_0001n } }],
  ['P3: PWSNP at bit 64', 'pasid-walk-not-snooped', { words: { [QW1]: 0x3n } }],
  ['P4: PWSNP without SMPWCS', 'pasid-needs-SMPWCS', { ecap: { SMPWCS: 0, SSADS: 0, EAFS: 0 } }],
  ['P5: PGSNP without SC', 'pasid-needs-SC', { words: { [QW1]: 0x180_0001n }, ecap: { SC: 0 } }],
  ['P6: SRE without SRS', 'pasid-needs-SRS', { words: { [QW2]: 0x1n }, ecap: { SRS: 0, RPRIVS: 0 } }],
  ['P7: ERE', 'pasid-old-fields', { words: { [QW2]: 0x2n } }],
  ['P7: SLEE', 'pasid-old-fields', { words: { [PASID_ENTRY]: 0x30a9n } }],
  ['P7: EMT, PWT, PCD', 'pasid-old-fields', { words: { [QW1]: 0xf880_0001n } }],
  ['P8: NXE and SMEP', 'pasid-ignored-fields', { words: { [QW2]: 0x60n } }],
  ['P9: EAFE without EAFS', 'pasid-needs-EAFS', { words: { ...FIRST, [QW2]: 0x9080n }, ecap: { EAFS: 0 } }],
  ['P10: SSADE without SSADS', 'pasid-needs-SSADS', { words: { [PASID_ENTRY]: 0x3289n }, ecap: { SSADS: 0 } }],
  ['P11: PAT without MTS', 'pasid-needs-MTS', { words: { [QW1]: 0x746_0746_0080_0001n } }],
  ['an HPT pointer without HPTS', 'pasid-needs-HPTS', { words: { [PASID_ENTRY + 32]: 0x1000n } }],
  [
    'SSPTPTR without SSTS',
    'pasid-needs-SSTS',
    { words: { ...FIRST, [PASID_ENTRY]: 0x3041n }, ecap: { SSTS: 0, NEST: 0, SSADS: 0 } },
  ],
  [
    'FSPTPTR without FSTS',
    'pasid-needs-FSTS',
    { words: { [QW2]: 0x9000n }, ecap: { FSTS: 0, NEST: 0, EAFS: 0 }, cap: { FS1GP: 0 } },
  ],
  ['P12: PGTT 000b', 'pasid-type-reserved', { words: { [PASID_ENTRY]: 0x3009n } }],
  ['P12: PGTT 101b', 'pasid-type-reserved', { words: { [PASID_ENTRY]: 0x3149n } }],
  ['P13: PGTT 100b without PT', 'pasid-type-unsupported', { words: { [PASID_ENTRY]: 0x101n }, ecap: { PT: 0 } }],
  ['P14: AW 000b', 'pasid-width', { words: { [PASID_ENTRY]: 0x3081n } }],
  ['P14: AW 011b with SAGAW 4', 'pasid-width', { words: { [PASID_ENTRY]: 0x308dn } }],
  ['P15: FSPM 01b without FS5LP', 'pasid-five-levels', { words: { ...FIRST, [QW2]: 0x9004n } }],
  [
    'P16: FSPM 00b with a PML5 root',
    'level-mismatch',
    // Levels 5 to 2 of the sound tables are read as 4 to 1: the page of the PTE is a table.
    { words: { ...FIRST, [QW2]: 0xd000n, '0xd000': 0x9027n }, cap: { FS5LP: 1 } },
  ],
  [
    'P17: nested FSPTPTR at 2^39 with X of 39 bits',
    'pasid-guest-pointer',
    { words: { [PASID_ENTRY]: 0x30c5n, [QW2]: 0x80_0000_1000n }, cap: BOTH },
  ],
  ['P17b: nested FSPTPTR above HAW', 'pasid-above-width', { words: { ...NESTED, [QW2]: 0x4000_0000_1000n } }],
  [
    'P18: a first and a second stage with DID 1',
    'domain-id-two-kinds',
    { words: { ...OTHER_PASIDS, '0xe000': 0x41n, '0xe008': 0x80_0001n, '0xe010': 0x9000n } },
  ],
  [
    'P19: one SSPTPTR with SSADE 0 and 1',
    'tables-other-flags',
    { words: { ...OTHER_PASIDS, '0xe000': 0x3289n, '0xe008': 0x80_0001n } },
  ],
  [
    'two SSPTPTR with DID 1',
    'domain-id-two-tables',
    { words: { ...OTHER_PASIDS, '0xe000': 0x1_0089n, '0xe008': 0x80_0001n, '0x10000': 0n } },
  ],
  [
    'one SSPTPTR with two DIDs',
    'tables-two-domain-ids',
    { words: { ...OTHER_PASIDS, '0xe000': 0x3089n, '0xe008': 0x80_0002n } },
  ],
  ['P20: P set while the second quadword is 0', 'pasid-half-written', { words: { [QW1]: 0n } }],
  ['P22: random bits', 'pasid-reserved', { words: { [PASID_ENTRY + 24]: 0x5a5a_5a5an } }],
  ['P23: DID 0 with CM 1', 'domain-id-zero', { words: { [QW1]: 0x80_0000n }, cap: { CM: 1 } }],
  ['P24: SRE without WPE', 'pasid-supervisor', { words: { ...FIRST, [QW2]: 0x9001n } }],
  ['PGTT 100b', 'pass-through', { words: { [PASID_ENTRY]: 0x101n } }],
];

export const STAGES: readonly Row[] = [
  ['F1: PS in a PML4E', 'first-stage-page-size', { words: { ...FIRST, [FS_PML4E]: 0xa0a7n } }],
  [
    'F2: 1 GiB without FS1GP',
    'first-stage-large-page',
    { words: { ...FIRST, [FS_PDPE]: 0x4000_00e7n }, cap: { FS1GP: 0 } },
  ],
  ['F3: 2 MiB not aligned', 'first-stage-misaligned', { words: { ...FIRST, [FS_PDE]: 0x1234_60e7n } }],
  ['F4: above HAW', 'first-stage-above-width', { words: { ...FIRST, [FS_PTE]: 0x4000_1234_5067n } }],
  [
    'F5: A clear and walks not snooped',
    'flags-not-settable',
    { words: { ...FIRST, [QW1]: 0x1n, [FS_PTE]: 0x1234_5007n } },
  ],
  [
    'A clear in memory that refuses the update',
    'flags-refused',
    { words: { ...FIRST, [FS_PTE]: 0x1234_5007n }, readOnly: true },
  ],
  ['F6: U/S 0 in one level', 'supervisor-only', { words: { ...FIRST, [FS_PDE]: 0xc023n } }],
  ['F8: P 0 with content', 'absent-content', { words: { ...FIRST, [FS_PTE]: 0x1234_5002n } }],
  ['F9: R/W 0 above, 1 in the leaf', 'rights-missing-above', { words: { ...FIRST, [FS_PML4E]: 0xa025n } }],
  ['F12: a guest table that cannot be read', 'guest-table-forbidden', { words: { ...NESTED, '0x6018': 0xb002n } }],
  ['a guest table that is not mapped', 'guest-address-unmapped', { words: { ...NESTED, '0x6018': 0n } }],
  [
    'F12: a guest table that cannot be written, with SSADE',
    'guest-table-forbidden',
    { words: { ...NESTED, [PASID_ENTRY]: 0x32c9n, '0x6018': 0xb001n } },
  ],
  ['a guest page that is not mapped', 'guest-address-unmapped', { words: { ...NESTED, '0x6028': 0n } }],
  [
    'a guest address at 2^39 with X of 39 bits',
    'first-stage-guest-address',
    { words: { ...NESTED, [PASID_ENTRY]: 0x40c5n, '0xc008': 0x80_0000_0067n }, cap: BOTH },
  ],
  ['S2: SNP above a leaf', 'second-stage-snoop-in-table', { words: { '0x5000': 0x6803n } }],
  ['S6: 2 MiB not aligned', 'second-stage-misaligned', { words: { '0x5000': 0x1234_5083n } }],
  ['S11: a page of FEE0_0000h', 'output-interrupt-range', { words: { '0x6008': 0xfee0_0003n } }],
  ['S13: SSADE, A clear, walks not snooped', 'flags-not-settable', { words: { [PASID_ENTRY]: 0x3289n, [QW1]: 0x1n } }],
  [
    'a first stage for writes over a second for reads',
    'no-rights',
    { words: { ...NESTED, '0xc008': 0x5065n, '0x6028': 0x1234_5002n } },
  ],
];
