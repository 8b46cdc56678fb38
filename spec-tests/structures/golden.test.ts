import { describe, expect, test } from 'vitest';
import {
  ContextCacheInvalidationDescriptor,
  ContextEntry,
  DeviceTlbInvalidationDescriptor,
  HptCacheInvalidationDescriptor,
  HptL1Entry,
  HptL3Entry,
  InterruptEntryCacheInvalidationDescriptor,
  InterruptRemappingEntry,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  PageGroupResponseDescriptor,
  PageRequestDescriptor,
  PasidCacheInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
  PasidDirectoryEntry,
  PasidIotlbInvalidationDescriptor,
  PasidTableEntry,
  PdEntry2M,
  PdpEntry1G,
  Pml4Entry,
  PostedInterruptDescriptor,
  PostedInterruptRemappingEntry,
  PtEntry,
  RootEntry,
  ScalableModeContextEntry,
  ScalableModeRootEntry,
  SsPdpEntry1G,
  SsPml4Entry,
  SsPtEntry,
  type Words,
} from '../../src/structures/index.ts';

/** The words as 64-bit words in hexadecimal, lowest address first. Zero words at the end are left out. */
function shown(words: Words): string {
  const quadwords: string[] = [];
  for (let i = 0; i < words.length; i += 2) {
    quadwords.push([words[i + 1]!, words[i]!].map((word) => word.toString(16).padStart(8, '0')).join(''));
  }
  return quadwords.join(' ').replace(/( 0{16})+$/, '');
}

/** Computed by hand from the tables of chapter 9, of §7.4.1.1 and of §7.6.1. Page numbers and PDAL are written as held. */
const ENTRIES: readonly (readonly [title: string, packed: Words, words: string])[] = [
  ['Root Entry', RootEntry.pack({ P: 1, CTP: 0x12345 }), '0000000012345001'],
  [
    'Scalable-Mode Root Entry',
    ScalableModeRootEntry.pack({ LP: 1, LCTP: 0x12345, UP: 1, UCTP: 0x23456 }),
    '0000000012345001 0000000023456001',
  ],
  [
    'Context Entry, second stage',
    ContextEntry.pack({ P: 1, TT: 0, AW: 2, DID: 7, SSPTPTR: 0x12345 }),
    '0000000012345001 0000000000000702',
  ],
  [
    'Context Entry, pass-through',
    ContextEntry.pack({ P: 1, TT: 2, AW: 2, DID: 8 }),
    '0000000000000009 0000000000000802',
  ],
  [
    'Scalable-Mode Context Entry',
    ScalableModeContextEntry.pack({
      P: 1,
      PASIDE: 1,
      DTE: 1,
      PRE: 1,
      PDTS: 7,
      PASIDDIRPTR: 0x12345,
      RID_PASID: 0x41,
      RID_PRIV: 1,
    }),
    '0000000012345e1d 0000000000100041',
  ],
  ['Scalable-Mode PASID Directory Entry', PasidDirectoryEntry.pack({ P: 1, SMPTBLPTR: 0x12345 }), '0000000012345001'],
  [
    'Scalable-Mode PASID Table Entry, first stage',
    PasidTableEntry.pack({ P: 1, PGTT: 1, DID: 5, FSPTPTR: 0x12345, PWSNP: 1 }),
    '0000000000000041 0000000000800005 0000000012345000',
  ],
  [
    'Scalable-Mode PASID Table Entry, second stage',
    PasidTableEntry.pack({ P: 1, PGTT: 2, AW: 2, DID: 6, SSPTPTR: 0x23456, SSADE: 1, PWSNP: 1 }),
    '0000000023456289 0000000000800006',
  ],
  [
    'Scalable-Mode PASID Table Entry, nested',
    PasidTableEntry.pack({
      P: 1,
      PGTT: 3,
      AW: 2,
      DID: 6,
      SSPTPTR: 0x23456,
      FSPTPTR: 0x12345,
      FSPM: 1,
      WPE: 1,
      EAFE: 1,
      SRE: 1,
      EMTE: 1,
      PA0: 6,
      PA7: 1,
    }),
    '00000000234560c9 1000000604000006 0000000012345095',
  ],
  [
    'Scalable-Mode PASID Table Entry, pass-through with a host permission table',
    PasidTableEntry.pack({
      P: 1,
      PGTT: 4,
      DID: 9,
      PGSNP: 1,
      HPTPTR: 0x34567,
      HPTSZ: 1,
      HPTPFD: 1,
      HPTDID: 0xabcd,
    }),
    '0000000000000101 0000000001000009 0000000000000000 0000000000000000 0000000034567005 000000000000abcd',
  ],
  ['PML4E', Pml4Entry.pack({ P: 1, 'R/W': 1, 'U/S': 1, ADDR: 0x12345 }), '0000000012345007'],
  [
    'PDPE (1 GB page)',
    PdpEntry1G.pack({ P: 1, 'R/W': 1, 'U/S': 1, PS: 1, ADDR: 3, PAT: 1, D: 1, A: 1 }),
    '00000000c00010e7',
  ],
  ['PDE (2 MB page)', PdEntry2M.pack({ P: 1, 'U/S': 1, PS: 1, ADDR: 0x123, EA: 1, A: 1 }), '00000000246004a5'],
  ['PTE', PtEntry.pack({ P: 1, 'R/W': 1, 'U/S': 1, ADDR: 0x12345, PAT: 1, PCD: 1, PWT: 1 }), '000000001234509f'],
  ['SS-PML4E', SsPml4Entry.pack({ R: 1, W: 1, ADDR: 0x12345 }), '0000000012345003'],
  ['SS-PDPE (1 GB page)', SsPdpEntry1G.pack({ R: 1, W: 1, PS: 1, ADDR: 3, SNP: 1 }), '00000000c0000883'],
  ['SS-PTE', SsPtEntry.pack({ R: 1, W: 1, ADDR: 0x12345, EMT: 6, IPAT: 1, A: 1, D: 1 }), '0000000012345373'],
  ['SS-PTE under SSIRWE', SsPtEntry.pack({ IR: 1, IW: 1, ADDR: 0x12345 }), '6000000012345000'],
  [
    'Interrupt Remapping Table Entry (remapped)',
    InterruptRemappingEntry.pack({ P: 1, V: 0x31, DST: 2, SVT: 1, SID: 0xfa, TM: 1 }),
    '0000000200310011 00000000000400fa',
  ],
  [
    'Interrupt Remapping Table Entry (posted)',
    PostedInterruptRemappingEntry.pack({
      P: 1,
      IM: 1,
      URG: 1,
      VV: 0x50,
      PDAL: 0x48d159,
      PDAH: 1,
      SVT: 2,
      SID: 0x408,
    }),
    '123456400050c001 0000000100080408',
  ],
  [
    'Posted Interrupt Descriptor',
    PostedInterruptDescriptor.pack({ ON: 1, NV: 0xf2, NDST: 3, PIR: 0x1_0000_0000_0000_0000_0000n }),
    '0000000000000000 0000000000010000 0000000000000000 0000000000000000 0000000300f20001',
  ],
  ['HPTL3E', HptL3Entry.pack({ AV: 1, Address: 0x12345, 'PP5.R': 1, 'PP5.W': 1 }), '0000000000300000 0000000012345001'],
  ['HPTL1E', HptL1Entry.pack({ 'PP31.R': 1, 'PP0.W': 1 }), '0000000000000002 1000000000000000'],
  [
    'page_req_dsc',
    PageRequestDescriptor.pack({
      Type: 1,
      PP: 1,
      RID: 0x300,
      PASID: 5,
      RDR: 1,
      WRR: 1,
      LPIG: 1,
      PRGI: 0x12,
      ADDR: 0x7f0012345,
    }),
    '0000000503000101 00007f0012345097',
  ],
  [
    'page_grp_resp_dsc',
    PageGroupResponseDescriptor.pack({ 'Type[3:0]': 9, PP: 1, RID: 0x300, PASID: 5, RC: 1, PRGI: 0x12 }),
    '0000000503001019 0000000000000090',
  ],
  [
    'page_grp_resp_dsc, a larger group index',
    PageGroupResponseDescriptor.pack({ 'Type[3:0]': 9, PP: 1, RID: 0x300, PASID: 3, RC: 1, PRGI: 0x1a5 }),
    '0000000303001019 0000000000000d28',
  ],
];

/** Computed by hand from the tables of §6.5.2. */
const DESCRIPTORS: readonly (readonly [title: string, packed: Words, words: string])[] = [
  [
    'cc_inv_dsc',
    ContextCacheInvalidationDescriptor.pack({ 'Type[3:0]': 1, G: 3, DID: 7, SID: 0x108, FM: 3 }),
    '0003010800070031',
  ],
  ['pc_inv_dsc', PasidCacheInvalidationDescriptor.pack({ 'Type[3:0]': 7, G: 1, DID: 7, PASID: 3 }), '0000000300070017'],
  [
    'iotlb_inv_dsc',
    IotlbInvalidationDescriptor.pack({ 'Type[3:0]': 2, G: 3, DID: 7, ADDR: 0x12345, IH: 1, DR: 1, DW: 1 }),
    '00000000000700f2 0000000012345040',
  ],
  [
    'p_iotlb_inv_dsc',
    PasidIotlbInvalidationDescriptor.pack({ 'Type[3:0]': 6, G: 3, DID: 7, PASID: 3, ADDR: 0x200, AM: 9 }),
    '0000000300070036 0000000000200009',
  ],
  [
    'dev_tlb_inv_dsc',
    DeviceTlbInvalidationDescriptor.pack({
      'Type[3:0]': 3,
      SID: 0x300,
      'PFSID[15:4]': 0x020,
      'PFSID[3:0]': 0x8,
      MIP: 5,
      S: 1,
      ADDR: 0x7_ffff_ffff_ffff,
    }),
    '0200030000058003 7ffffffffffff001',
  ],
  [
    'p_dev_tlb_inv_dsc',
    PasidDeviceTlbInvalidationDescriptor.pack({
      'Type[3:0]': 8,
      SID: 0x300,
      PASID: 3,
      'PFSID[15:4]': 0x020,
      'PFSID[3:0]': 0x8,
      MIP: 5,
      S: 1,
      ADDR: 0x7_ffff_ffff_ffff,
    }),
    '0200000303008058 7ffffffffffff800',
  ],
  [
    'hpt_inv_desc',
    HptCacheInvalidationDescriptor.pack({ 'Type[3:0]': 10, G: 3, HPTDID: 2, ADDR: 0x40000, AM: 18, IH: 2 }),
    '000000000002003a 0000000040000092',
  ],
  [
    'iec_inv_dsc',
    InterruptEntryCacheInvalidationDescriptor.pack({ 'Type[3:0]': 4, G: 1, IIDX: 0x45, IM: 2 }),
    '0000004510000014',
  ],
  [
    'inv_wait_dsc',
    InvalidationWaitDescriptor.pack({
      'Type[3:0]': 5,
      PD: 1,
      FN: 1,
      SW: 1,
      IF: 1,
      StatusData: 0x1234,
      StatusAddress: 0x801n,
    }),
    '00001234000000f5 0000000000002004',
  ],
];

describe('Golden encodings', () => {
  test.each(ENTRIES)('chapter 9 and the page request queue: %s', (_title, packed, words) => {
    expect(shown(packed)).toBe(words);
  });

  test.each(DESCRIPTORS)('§6.5.2: %s', (_title, packed, words) => {
    expect(shown(packed)).toBe(words);
  });
});
