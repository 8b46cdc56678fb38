/**
 * Not in the specification: what is usually behind a fault, by condition code, the likeliest first. For tools that
 * explain faults to people; of scalable mode the conditions that an untranslated request can meet, and all of interrupts.
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
  'RTA.5': [
    'the device asks to execute, which no unit of version 8 or later serves: clear its Execute Permission Enable',
  ],
  'SRT.1': [
    'RTADDR_REG points to memory that is not there, or that this image does not hold',
    'the root table was freed or moved and SRTP was not set again',
  ],
  'SRT.2': [
    'no device in this half of the bus was ever given to the unit; each half, devices 0 to 15 and 16 to 31, has a present bit',
    'the table was written in the legacy format, which knows no upper half, while RTADDR_REG.TTM says scalable',
    'the requester is a bridge that puts its own source-id on the requests of the devices behind it',
  ],
  'SRT.3': [
    'a context-table pointer is above the host address width',
    'the memory of the table is used for something else too',
  ],
  'SCT.1': ['the root entry points to memory that is not there, or that this image does not hold'],
  'SCT.2': [
    'the device was never attached to a domain: no driver is bound, or it was detached while its DMA went on',
    'the entry was put where legacy mode has it: of 16 bytes, or for devices 16 to 31 in the table of the lower half',
    'the requester is a bridge, or a function that uses the source-id of another one',
  ],
  'SCT.3': [
    'a field that the unit lacks: RID_PASID needs ECAP_REG.RPS, RID_PRIV needs RPRIVS, DTE needs DT, PASIDE needs PASID',
    'PASIDDIRPTR is above the host address width',
    'the entry was written in the legacy format while RTADDR_REG.TTM says scalable',
  ],
  'SCT.4.1': ['page requests were allowed before the device TLB was: PRE needs DTE'],
  'SCT.4.2': ['PDTS is smaller than software thinks: 2^(PDTS+13) PASIDs, and RID_PASID is none of them'],
  'SCT.4.3': ['EPTR was set for a device whose PASIDs are not allowed: EPTR needs PASIDE'],
  'SCT.6': [
    'PASID was switched on in the device before PASIDE was set in its context entry',
    'PASIDE was cleared, the last PASID being detached, while the device went on',
  ],
  'SCT.7': [
    'the driver took a PASID beyond the directory: PDTS allows 2^(PDTS+13)',
    'the directory was made for fewer PASIDs than the device was told to use',
  ],
  'SCT.9': [
    'the device sends RID_PASID as a PASID of its own: that one is for requests without PASID, and is 0 unless set',
    'software gave out PASID 0, which it has to keep for itself',
  ],
  'SPD.1': [
    'PASIDDIRPTR points to memory that is not there, or that this image does not hold',
    'PDTS claims more directory than there is memory behind it',
  ],
  'SPD.2': [
    'nothing was ever attached to this PASID or to the 63 beside it',
    'the PASID was freed while the device went on using it',
  ],
  'SPD.3': [
    'SMPTBLPTR is above the host address width, or flags were put into its low bits',
    'the context entry leads to something else than a PASID directory',
  ],
  'SPT.1': [
    'the directory entry points to memory that is not there, or that this image does not hold',
    'the PASID table was freed before its directory entry was cleared and invalidated',
  ],
  'SPT.2': [
    'nothing is attached to this PASID: never, or no longer while the device goes on',
    'requests without PASID: the entry of RID_PASID, 0 unless set, was never filled in',
  ],
  'SPT.3': [
    'a field that the unit lacks: AW and SSPTPTR need ECAP_REG.SSTS, FSPTPTR needs FSTS, PWSNP SMPWCS, PGSNP SC, SRE SRS',
    'a pointer is above the host address width, or the domain-id wider than CAP_REG.ND allows',
    'the entry was reused without being cleared',
  ],
  'SPT.4.1': ['AW names a table depth that CAP_REG.SAGAW does not have', 'AW was left 0, which is reserved'],
  'SPT.4.2': [
    'PGTT was left 0, which is reserved',
    'a type that the unit lacks: ECAP_REG.FSTS, SSTS, NEST and PT say which there are',
  ],
  'SPT.4.3': [
    'a first stage of five levels, the depth of the processor, where CAP_REG.FS5LP is 0',
    'FSPM is 10b or 11b, which are reserved',
  ],
  'SPT.4.4': ["the guest's table of the first stage lies above what its second stage translates: min(MGAW, AGAW)"],
  'SPT.5': ['the device asks to execute, which the unit does not serve: clear its Execute Permission Enable'],
  'SPT.6': [
    'the device asks as a supervisor, and SRE is 0: either is a mistake of its driver',
    'RID_PRIV is 1 while the entry of RID_PASID has SRE=0',
  ],
  'SFS.1': [
    'an entry on the way points to memory that is not there, or that this image does not hold',
    'a page table of the process was freed before its PASID was invalidated',
  ],
  'SFS.2': [
    'the address is not mapped, or no longer: the device went on after its buffer was unmapped',
    'shared virtual memory: the page was never touched, or is swapped out, and the device does not use page requests',
    'the device sent an address of its own making: a descriptor ring that was never set up, a stale one',
  ],
  'SFS.3': [
    'an address in the entry is above the host address width of the unit, which may be less than that of the processor',
    'a page of 1 GiB where CAP_REG.FS1GP is 0, or a large page whose address is not aligned to its size',
  ],
  'SFS.4': [
    'FSPTPTR points to memory that is not there, or that this image does not hold',
    'the tables of the process were freed while the PASID was still attached',
  ],
  'SFS.5': ["the guest's tables name an address above what its second stage translates: min(MGAW, AGAW)"],
  'SFS.6': [
    'the hypervisor write-protected or withdrew the guest page that holds the top table',
    'SSADE is 1, so that tables of the guest need write permission in the second stage',
  ],
  'SFS.7': [
    'the hypervisor write-protected or withdrew a guest page that holds a table',
    'SSADE is 1, so that tables of the guest need write permission in the second stage',
  ],
  'SFS.8': ['the hypervisor write-protected a guest page that holds a table: A or D cannot be set there'],
  'SFS.9': [
    'software did not set A and D in advance, and PWSNP is 0: the unit cannot set them then',
    'the unit lacks ECAP_REG.SMPWCS, so that PWSNP cannot be 1',
  ],
  'SFS.10': ['the table stands where an atomic update is refused: in the memory of a device, or read-only'],
  'SSS.1': [
    'an entry on the way points to memory that is not there, or that this image does not hold',
    'a table was freed before its entry was cleared and invalidated',
  ],
  'SSS.2': [
    'the address is not mapped, or no longer: the device went on after its buffer was unmapped',
    'nested: the guest gave out an address that is no memory of it, or that the hypervisor withdrew',
    'a region that firmware uses (RMRR) has no identity mapping',
  ],
  'SSS.3': [
    'an address in the entry is above the host address width',
    'a large page where CAP_REG.SSLPS has none, or one whose address is not aligned to its size',
    'a flag that the unit lacks: SNP needs ECAP_REG.SC, IW needs RTADDR_REG.SSIRWE=1',
  ],
  'SSS.4': [
    'SSPTPTR points to memory that is not there, or that this image does not hold',
    'the tables of the domain were freed while the PASID was still attached',
  ],
  'SSS.5': ['SSADE is 1 and PWSNP is 0: the unit cannot set A and D then, and software did not set them in advance'],
  'SSS.6': ['the table stands where an atomic update is refused: in the memory of a device, or read-only'],
  'SGN.1': [
    'the address has bits above the first stage that do not repeat its highest one: 47, or with five levels 56',
    'a pointer that carries a tag in its top bits was given to the device',
    'FSPM says four levels and the process uses five',
  ],
  'SGN.2': [
    'the device reached into memory of the kernel: U/S is 0 on the way to the page',
    'a driver means to share its own address space and does not ask as a supervisor (PR, or RID_PRIV)',
  ],
  'SGN.4.2': ['pass-through, and the device was given an address that no memory of this host has'],
  'SGN.5': [
    'the device was given an address wider than the tables reach: min(MGAW, AGAW)',
    'the driver allowed 64-bit DMA addresses and the domain has fewer bits',
  ],
  'SGN.6': [
    'the buffer was mapped for reading by the device only (the DMA direction is wrong)',
    'shared virtual memory: the page is to be copied when it is written, and the device does not use page requests',
    'nested: the hypervisor write-protected the page, to log what is written',
  ],
  'SGN.7': ['the second stage lets the page be written and not read (the DMA direction is wrong)'],
  'SGN.8.1': ['the tables lead to FEEx_xxxxh, where interrupts are written: a mapping that must not exist'],
  'SGN.10': ['the driver took a PASID wider than ECAP_REG.PSS, perhaps by what the device alone can do'],
  '20h': [
    'the data of an MSI have bits above 15 set: with SHV they are a subhandle of 16 bits',
    'bits 10:8 of an I/O APIC entry in remappable format are not 0, so that SHV became 1',
  ],
  '21h': [
    'the interrupt was set up before the table, or with the index of another unit',
    'the entry was taken past the size in IRTA_REG.S, which is log2 of the entries minus 1',
    'handle and subhandle were both given: their sum is the index',
  ],
  '22h': [
    'the driver freed the interrupt and the device went on to send it',
    'the device sends one of several messages, and not all their entries were set up',
    'bit 2 of the address, bit 15 of the index, was dropped, or the index is that of another unit',
  ],
  '23h': ['IRTA_REG points to memory that is not there, or that this image does not hold'],
  '24h': [
    'the entry was written for the other mode: with EIME=0 an APIC id of 8 bits in 47:40, with EIME=1 of 32 in 63:32',
    'bit 14 is URG in the posted format alone, and the posted format needs CAP_REG.PI',
    'the two halves of the entry were written one after the other, and the unit read in between',
  ],
  '25h': [
    'the interrupt was set up before remapping was on, and its source was not programmed again',
    'the source is one that software does not remap, and CFI was not set, or EIME is 1',
    'the device made up an interrupt of its own',
  ],
  '26h': [
    'the requester is another function than the entry names, or a bridge that puts its own source-id on requests',
    'the source is an I/O APIC or a timer, whose source-id firmware reports and PCI does not',
    'buses with SVT=10b stand the wrong way round: the first is SID[15:8], the last SID[7:0]',
  ],
  '27h': [
    'the address of the descriptor was not put together from bits 31:6 (PDAL) and 63:32 (PDAH)',
    'the descriptor was freed, or its memory takes no atomic update',
  ],
  '28h': [
    'with EIME=0 NDST is an APIC id in bits 303:296, and 319:304 and 295:288 are 0',
    'the descriptor was not cleared when it was allocated, or is not one',
  ],
  '29h': [
    'the device read, or wrote other than one whole DWORD, where interrupts are written: FEEx_xxxxh is never memory',
    'the allocator of DMA addresses handed out FEEx_xxxxh',
  ],
  '2Ah': ['the unit works in x2APIC mode alone (ECAP_REG.EIMER), and IRTA_REG.EIME was 0 when SIRTP was written'],
  '2Bh': ['the unit needs interrupt remapping (ECAP_REG.IRREQ), and software has not set GCMD_REG.IRE'],
});
