/**
 * Not in the specification: what is usually behind a fault, by condition code, the likeliest first. For tools that
 * explain faults to people; conditions of scalable mode are not here yet.
 */
export const CAUSES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  'LRT.1': [
    'RTADDR_REG points to memory that is not there, or that this image does not hold',
    'the root table was freed or moved and SRTP was not set again',
  ],
  'LRT.2': [
    'no device of this bus was ever given to the unit: a hot-plugged or renumbered bus, a virtual function on the next bus',
    'firmware left the device doing DMA before the operating system took over',
    'the requester is a bridge that puts its own source-id on the requests of the devices behind it',
  ],
  'LRT.3': [
    'the table was written in the scalable-mode format while RTADDR_REG.TTM says legacy',
    'the context-table pointer is above the host address width',
    'the memory of the table is used for something else too',
  ],
  'LCT.1': ['the root entry points to memory that is not there, or that this image does not hold'],
  'LCT.2': [
    'the device was never attached to a domain: no driver is bound, or it was detached while its DMA went on',
    'firmware left the device doing DMA before the operating system took over',
    'the requester is a bridge, or a function that uses the source-id of another one',
  ],
  'LCT.3': [
    'SSPTPTR is above the host address width, or the domain-id wider than CAP_REG.ND allows',
    'the entry was written in the scalable-mode format while RTADDR_REG.TTM says legacy',
    'the two halves of the entry were written in the wrong order, and the unit read in between',
  ],
  'LCT.4.1': ['AW names a table depth that CAP_REG.SAGAW does not have', 'AW was left 0, which is reserved'],
  'LCT.4.2': [
    'pass-through is asked for and ECAP_REG.PT is 0',
    'TT=01b is asked for and ECAP_REG.DT is 0',
    'TT=11b is reserved',
  ],
  'LCT.4.3': [
    'SSPTPTR points to memory that is not there, or that this image does not hold',
    'the tables of the domain were freed while the device was still attached',
  ],
  'LCT.5': [
    'ATS was switched on in the device while TT does not allow it (TT=01b does)',
    'the device holds translations from before it was attached to this domain',
  ],
  'LSS.1': [
    'an entry on the way points to memory that is not there, or that this image does not hold',
    'a table was freed before its entry was cleared and invalidated',
  ],
  'LSS.2': [
    'an address in the entry is above the host address width',
    'a large page where CAP_REG.SSLPS has none, or one whose address is not aligned to its size',
    'a flag that the unit lacks: SNP needs ECAP_REG.SC',
  ],
  'LGN.1.1': [
    'the device was given an address wider than the tables reach: min(MGAW, AGAW)',
    'the driver allowed 64-bit DMA addresses and the domain has fewer bits',
    'the device sent an address of its own making: a descriptor ring that was never set up, a stale one',
  ],
  'LGN.1.2': ['the device made up a translated address, or kept one from before a reset'],
  'LGN.1.3': ['pass-through domain, and the device was given an address that no memory of this host has'],
  'LGN.2': [
    'the address is not mapped, or no longer: the device went on after its buffer was unmapped',
    'the buffer was mapped for reading by the device only (the DMA direction is wrong)',
    'a region that firmware uses (RMRR) has no identity mapping',
  ],
  'LGN.3': [
    'the address is not mapped, or no longer: the device went on after its buffer was unmapped',
    'the buffer was mapped for writing by the device only (the DMA direction is wrong)',
    'a region that firmware uses (RMRR) has no identity mapping',
  ],
  'LGN.4': ['the tables lead to FEEx_xxxxh, where interrupts are written: a mapping that must not exist'],
  'RTA.1.1': ['software chose abort-dma mode without looking at ECAP_REG.ADMS'],
  'RTA.1.2': ['the low bits of RTADDR_REG were not cleared'],
  'RTA.1.3': ['software chose scalable mode without looking at ECAP_REG.SMTS'],
  'RTA.1.4': ['SSIRWE is for scalable mode only'],
  'RTA.2': ['PASID was switched on in the device while the unit is in legacy mode'],
  'RTA.3': ['page requests were switched on in the device while the unit is in legacy mode'],
  'RTA.4': ['DMA is aborted on purpose: nobody has set up tables yet'],
  '29h': [
    'the device read, or wrote other than one whole DWORD, where interrupts are written: FEEx_xxxxh is never memory',
    'the allocator of DMA addresses handed out FEEx_xxxxh',
  ],
});
