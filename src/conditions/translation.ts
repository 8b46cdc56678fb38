import { type Condition, row } from './condition.ts';

/** Every condition of Table 30, §7.1.3, in its order. Group headings (LCT.4.0 and the like) are never reported. */
// biome-ignore format: a table is read by its columns
export const Fault = {
  //              reason  Q    Un  Up  TRn TRp TDn  TDp  PQr PQd
  LRT_1:   row('LRT.1',   0x08, '-', 'UR  -   CA  -   UR   -    -   -   ', 'error fetching the root entry'),
  LRT_2:   row('LRT.2',   0x01, '-', 'UR  -   UR  -   UR   -    -   -   ', 'root entry not present'),
  LRT_3:   row('LRT.3',   0x0a, '-', 'UR  -   CA  -   UR   -    -   -   ', 'reserved bits set in a present root entry'),
  LCT_1:   row('LCT.1',   0x09, '-', 'UR  -   CA  -   UR   -    -   -   ', 'error fetching the context entry'),
  LCT_2:   row('LCT.2',   0x02, 'Q', 'UR  -   UR  -   UR   -    -   -   ', 'context entry not present'),
  LCT_3:   row('LCT.3',   0x0b, 'Q', 'UR  -   CA  -   UR   -    -   -   ', 'reserved bits set in a present context entry'),
  LCT_4_1: row('LCT.4.1', 0x03, 'Q', 'UR  -   CA  -   UR   -    -   -   ', 'AW of the context entry not supported'),
  LCT_4_2: row('LCT.4.2', 0x03, 'Q', 'UR  -   CA  -   UR   -    -   -   ', 'TT of the context entry not supported'),
  LCT_4_3: row('LCT.4.3', 0x03, 'Q', 'UR  -   CA  -   -    -    -   -   ', 'error fetching the entry that SSPTPTR locates'),
  LCT_5:   row('LCT.5',   0x0d, 'Q', '-   -   UR  -   UR   -    -   -   ', 'TT blocks translation and translated requests'),
  LSS_1:   row('LSS.1',   0x07, 'Q', 'UR  -   CA  -   -    -    -   -   ', 'error fetching a lower second-stage entry'),
  LSS_2:   row('LSS.2',   0x0c, 'Q', 'UR  -   CA  -   -    -    -   -   ', 'reserved bits set in a second-stage entry'),
  LGN_1_1: row('LGN.1.1', 0x04, 'Q', 'UR  -   S0  -   -    -    -   -   ', 'address beyond min(MGAW, AGAW)'),
  LGN_1_2: row('LGN.1.2', 0x04, 'Q', '-   -   -   -   UR   -    -   -   ', 'translated address beyond HAW'),
  LGN_1_3: row('LGN.1.3', 0x04, 'Q', 'UR  -   -   -   -    -    -   -   ', 'pass-through address beyond HAW'),
  LGN_2:   row('LGN.2',   0x05, 'Q', 'UR  -   SE  -   -    -    -   -   ', 'no write permission'),
  LGN_3:   row('LGN.3',   0x06, 'Q', 'UR  -   SE  -   -    -    -   -   ', 'no read permission'),
  LGN_4:   row('LGN.4',   0x0e, 'Q', 'UR  -   CA  -   UR   -    -   -   ', 'output in the interrupt address range'),

  RTA_1_1: row('RTA.1.1', 0x30, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'TTM=11b without support for abort-dma mode'),
  RTA_1_2: row('RTA.1.2', 0x30, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'TTM=10b is reserved'),
  RTA_1_3: row('RTA.1.3', 0x30, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'TTM=01b without support for scalable mode'),
  RTA_1_4: row('RTA.1.4', 0x30, '-', 'UR  -   CA  -   UR   -    -   -   ', 'SSIRWE=1 in legacy mode'),
  RTA_2:   row('RTA.2',   0x31, '-', '-   UR  -   UR  -    UR   -   -   ', 'request with PASID in legacy mode'),
  RTA_3:   row('RTA.3',   0x32, '-', '-   -   -   -   -    -    IR  drop', 'page request in legacy mode'),
  RTA_4:   row('RTA.4',   0x33, '-', 'UR  UR  UR  UR  UR   UR   IR  drop', 'abort-dma mode'),
  RTA_5:   row('RTA.5',   0x34, '-', '-   UR  -   UR  -    UR   -   -   ', 'execute requested'),

  SRT_1:   row('SRT.1',   0x38, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'error fetching the scalable-mode root entry'),
  SRT_2:   row('SRT.2',   0x39, '-', 'UR  UR  UR  UR  UR   UR   IR  drop', 'half of the scalable-mode root entry not present'),
  SRT_3:   row('SRT.3',   0x3a, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'reserved bits set in the scalable-mode root entry'),
  SCT_1:   row('SCT.1',   0x40, '-', 'UR  UR  CA  CA  UR   UR   IR  drop', 'error fetching the scalable-mode context entry'),
  SCT_2:   row('SCT.2',   0x41, 'Q', 'UR  UR  UR  UR  UR   UR   IR  drop', 'scalable-mode context entry not present'),
  SCT_3:   row('SCT.3',   0x42, 'Q', 'UR  UR  CA  CA  UR   UR   IR  drop', 'reserved bits set in the scalable-mode context entry'),
  SCT_4_1: row('SCT.4.1', 0x43, 'Q', 'UR  UR  CA  CA  UR   UR   IR  drop', 'PRE=1 with DTE=0'),
  SCT_4_2: row('SCT.4.2', 0x43, 'Q', 'UR  UR  CA  CA  UR   UR   IR  drop', 'RID_PASID beyond the PASID directory'),
  SCT_4_3: row('SCT.4.3', 0x43, 'Q', 'UR  -   CA  -   UR   UR   IR  drop', 'EPTR=1 with PASIDE=0'),
  SCT_5:   row('SCT.5',   0x44, 'Q', '-   -   UR  UR  UR   UR   -   -   ', 'DTE=0 blocks translation and translated requests'),
  SCT_6:   row('SCT.6',   0x45, 'Q', '-   UR  -   UR  -    -    IR  drop', 'PASIDE=0 blocks requests with PASID'),
  SCT_7:   row('SCT.7',   0x46, 'Q', '-   UR  -   UR  -    UR   IR  drop', 'PASID beyond the PASID directory'),
  SCT_8:   row('SCT.8',   0x47, 'Q', '-   -   -   -   -    -    IR  drop', 'PRE=0 blocks page requests'),
  SCT_9:   row('SCT.9',   0x48, 'Q', '-   UR  -   UR  -    UR   IR  drop', 'PASID of the request equals RID_PASID'),
  SCT_10:  row('SCT.10',  0x49, 'Q', '-   -   -   -   -    UR   -   -   ', 'EPTR=0 blocks translated requests with PASID'),
  SPD_1:   row('SPD.1',   0x50, '-', 'UR  UR  CA  CA  CA   CA   IR  drop', 'error fetching the PASID-directory entry'),
  SPD_2:   row('SPD.2',   0x51, 'Q', 'UR  UR  S0  S0  UR   UR   IR  drop', 'PASID-directory entry not present'),
  SPD_3:   row('SPD.3',   0x52, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'reserved bits set in the PASID-directory entry'),
  SPT_1:   row('SPT.1',   0x58, '-', 'UR  UR  CA  CA  CA   CA   IR  drop', 'error fetching the PASID-table entry'),
  SPT_2:   row('SPT.2',   0x59, 'Q', 'UR  UR  S0  S0  UR   UR   IR  drop', 'PASID-table entry not present'),
  SPT_3:   row('SPT.3',   0x5a, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'reserved bits set in the PASID-table entry'),
  SPT_4_1: row('SPT.4.1', 0x5b, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'AW of the PASID-table entry not supported'),
  SPT_4_2: row('SPT.4.2', 0x5b, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'PGTT of the PASID-table entry not supported'),
  SPT_4_3: row('SPT.4.3', 0x5b, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'FSPM of the PASID-table entry not supported'),
  SPT_4_4: row('SPT.4.4', 0x5b, 'Q', 'UR  UR  CA  CA  CA   CA   IR  drop', 'nested FSPTPTR beyond min(MGAW, AGAW)'),
  SPT_5:   row('SPT.5',   0x5c, 'Q', '-   UR  -   S0  -    -    -   -   ', 'execute requested without support'),
  SPT_6:   row('SPT.6',   0x5d, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'supervisor privilege requested with SRE=0'),
  SPT_9:   row('SPT.9',   0x60, 'Q', '-   -   -   -   UR   UR   -   -   ', 'translated address beyond HPTSZ'),

  SFS_1:   row('SFS.1',   0x70, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'error fetching a lower first-stage entry'),
  SFS_2:   row('SFS.2',   0x71, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'first-stage entry not present'),
  SFS_3:   row('SFS.3',   0x72, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'reserved bits set in a first-stage entry'),
  SFS_4:   row('SFS.4',   0x73, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'error fetching the entry that FSPTPTR locates'),
  SFS_5:   row('SFS.5',   0x74, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'nested first-stage ADDR beyond min(MGAW, AGAW)'),
  SFS_6:   row('SFS.6',   0x75, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'second stage forbids reading the top first-stage table'),
  SFS_7:   row('SFS.7',   0x76, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'second stage forbids reading a lower first-stage table'),
  SFS_8:   row('SFS.8',   0x77, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'second stage forbids a flag update in a first-stage entry'),
  SFS_9:   row('SFS.9',   0x90, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'first-stage flag update needed but walks are not snooped'),
  SFS_10:  row('SFS.10',  0x91, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'first-stage flag update failed'),

  SSS_1:   row('SSS.1',   0x78, 'Q', 'UR  UR  CA  CA  -    -    -   -   ', 'error fetching a lower second-stage entry'),
  SSS_2:   row('SSS.2',   0x79, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'second stage gives no permission'),
  SSS_3:   row('SSS.3',   0x7a, 'Q', 'UR  UR  CA  CA  -    -    -   -   ', 'reserved bits set in a second-stage entry'),
  SSS_4:   row('SSS.4',   0x7b, 'Q', 'UR  UR  CA  CA  -    -    -   -   ', 'error fetching the entry that SSPTPTR locates'),
  SSS_5:   row('SSS.5',   0x7c, 'Q', 'UR  UR  CA  CA  -    -    -   -   ', 'second-stage flag update needed but walks are not snooped'),
  SSS_6:   row('SSS.6',   0x7d, 'Q', 'UR  UR  CA  CA  -    -    -   -   ', 'second-stage flag update failed'),

  SGN_1:   row('SGN.1',   0x80, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'first-stage address not canonical'),
  SGN_2:   row('SGN.2',   0x81, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'user request to a supervisor page'),
  SGN_4_1: row('SGN.4.1', 0x83, 'Q', '-   -   -   -   UR   UR   -   -   ', 'translated address beyond HAW'),
  SGN_4_2: row('SGN.4.2', 0x83, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'pass-through address beyond HAW'),
  SGN_5:   row('SGN.5',   0x84, 'Q', 'UR  UR  S0  S0  -    -    -   -   ', 'address beyond min(MGAW, AGAW)'),
  SGN_6:   row('SGN.6',   0x85, 'Q', 'UR  UR  SE  SE  -    -    -   -   ', 'no write permission'),
  SGN_7:   row('SGN.7',   0x86, 'Q', 'UR  UR  SE  SE  -    -    -   -   ', 'no read permission'),
  SGN_8_1: row('SGN.8.1', 0x87, 'Q', 'UR  UR  -   -   -    -    -   -   ', 'output in the interrupt address range'),
  SGN_8_2: row('SGN.8.2', 0x87, 'Q', '-   -   CA  CA  -    -    -   -   ', 'translated range overlaps the interrupt address range'),
  SGN_8_3: row('SGN.8.3', 0x87, 'Q', '-   -   -   -   UR   UR   -   -   ', 'translated request to the interrupt address range'),
  SGN_10:  row('SGN.10',  0x89, 'Q', '-   UR  -   UR  -    UR   -   -   ', 'PASID wider than PSS'),

  HPT_1:   row('HPT.1',   0xa0, 'Q', '-   -   -   -   CA   CA   -   -   ', 'error fetching a lower host permission table entry'),
  HPT_2:   row('HPT.2',   0xa1, 'Q', '-   -   -   -   CA   CA   -   -   ', 'reserved bits set in a host permission table entry'),
  HPT_3:   row('HPT.3',   0xa2, 'Q', '-   -   -   -   CA   CA   -   -   ', 'error fetching the entry that HPTPTR locates'),
  HPT_4:   row('HPT.4',   0xa3, 'Q', '-   -   -   -   UR   UR   -   -   ', 'host permission walk ended for a zero-length read'),
  HPT_5:   row('HPT.5',   0xa4, 'Q', '-   -   -   -   UR   UR   -   -   ', 'no write permission in the host permission table'),
  HPT_6:   row('HPT.6',   0xa5, 'Q', '-   -   -   -   UR   UR   -   -   ', 'no read permission in the host permission table'),
} as const;

/** A row of Table 30. */
export type TranslationFault = (typeof Fault)[keyof typeof Fault];

/** Every row of Table 30, in its order. */
export const TRANSLATION_FAULTS: readonly Condition[] = Object.freeze(Object.values(Fault));

/**
 * The one row whose Success completion is recorded all the same, §7.1.3: a flag update that failed is the table's
 * trouble and not the device's.
 */
export const RECORDED_WITH_SUCCESS: Condition = Fault.SFS_10;
