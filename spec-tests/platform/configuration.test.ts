import { describe, expect, test } from 'vitest';
import {
  configure,
  contradictionsOf,
  PRESETS,
  RemappingUnit,
  SparseMemory,
  type UnitParameters,
} from '../../src/index.ts';

/** A unit without contradictions that has nearly everything, by the document's bit numbers. */
const FULL: UnitParameters = {
  version: 0x70,
  hostAddressWidth: 46,
  capabilities:
    (1n << 60n) | // FS5LP
    (1n << 59n) | // PI
    (1n << 56n) | // FS1GP
    (3n << 54n) | // DRD, DWD
    (18n << 48n) |
    (1n << 39n) |
    (3n << 34n) |
    (0x22n << 24n) |
    (1n << 22n) |
    (47n << 16n) |
    (0b0100n << 8n) |
    6n,
  extendedCapabilities:
    (1n << 62n) | // IRREQ
    (1n << 61n) | // EIMER
    (1n << 59n) | // HPT1GPS
    (1n << 58n) | // SMS
    (1n << 57n) | // SSIRWS
    (1n << 56n) | // PTRS
    (1n << 55n) | // HPTS
    (1n << 53n) | // RPRIVS
    (1n << 49n) | // RPS
    (1n << 48n) | // SMPWCS
    (1n << 47n) | // FSTS
    (1n << 46n) | // SSTS
    (1n << 45n) | // SSADS
    (1n << 43n) | // SMTS
    (1n << 42n) | // PDS
    (1n << 41n) | // DIT
    (1n << 40n) | // PASID
    (19n << 35n) | // PSS
    (1n << 34n) | // EAFS
    (1n << 33n) | // NWFS
    (1n << 31n) | // SRS
    (1n << 29n) | // PRS
    (1n << 26n) | // NEST
    (1n << 25n) | // MTS
    (15n << 20n) | // MHMV
    (0xfn << 8n) | // IRO
    0b1101_1111n, // SC, PT, EIM, IR, DT, QI, C
};

const cap = (set: bigint, clear = 0n) => ({ ...FULL, capabilities: (FULL.capabilities & ~clear) | set });
const ecap = (set: bigint, clear = 0n) => ({
  ...FULL,
  extendedCapabilities: (FULL.extendedCapabilities & ~clear) | set,
});
const bit = (n: number) => 1n << BigInt(n);

describe('Configuration (§11.4.2, §11.4.3): contradictions are refused by name', () => {
  test('a unit with nearly everything has none', () => {
    expect(contradictionsOf(FULL)).toEqual([]);
  });

  test.each<[string, UnitParameters, RegExp]>([
    ['SMTS without QI', ecap(0n, bit(1)), /ECAP_REG\.SMTS must be 0 while ECAP_REG\.QI is 0/],
    ['IR without QI', ecap(0n, bit(1)), /ECAP_REG\.IR must be 0 while ECAP_REG\.QI is 0/],
    ['DT without QI', ecap(0n, bit(1)), /ECAP_REG\.DT must be 0 while ECAP_REG\.QI is 0/],
    ['PI without IR', ecap(0n, bit(3)), /CAP_REG\.PI must be 0 while ECAP_REG\.IR is 0/],
    ['EIM without IR', ecap(0n, bit(3)), /ECAP_REG\.EIM must be 0 while ECAP_REG\.IR is 0/],
    ['IRREQ without IR', ecap(0n, bit(3)), /ECAP_REG\.IRREQ must be 0 while ECAP_REG\.IR is 0/],
    ['MHMV without IR', ecap(0n, bit(3)), /ECAP_REG\.MHMV must be 0 while ECAP_REG\.IR is 0/],
    ['EIMER without EIM', ecap(0n, bit(4)), /ECAP_REG\.EIMER must be 0 while ECAP_REG\.EIM is 0/],
    ['NEST without SSTS', ecap(0n, bit(46)), /ECAP_REG\.NEST must be 0 while ECAP_REG\.SSTS is 0/],
    ['NEST without FSTS', ecap(0n, bit(47)), /ECAP_REG\.NEST must be 0 while ECAP_REG\.FSTS is 0/],
    ['SSIRWS without SSTS', ecap(0n, bit(46)), /ECAP_REG\.SSIRWS must be 0 while ECAP_REG\.SSTS is 0/],
    ['FS5LP without FSTS', ecap(0n, bit(47)), /CAP_REG\.FS5LP must be 0 while ECAP_REG\.FSTS is 0/],
    ['FS1GP without FSTS', ecap(0n, bit(47)), /CAP_REG\.FS1GP must be 0 while ECAP_REG\.FSTS is 0/],
    ['PRS without SMTS', ecap(0n, bit(43)), /ECAP_REG\.PRS must be 0 while ECAP_REG\.SMTS is 0/],
    ['PASID without SMTS', ecap(0n, bit(43)), /ECAP_REG\.PASID must be 0 while ECAP_REG\.SMTS is 0/],
    ['PSS without SMTS', ecap(0n, bit(43)), /ECAP_REG\.PSS must be 0 while ECAP_REG\.SMTS is 0/],
    ['PTRS without PASID', ecap(0n, bit(40)), /ECAP_REG\.PTRS must be 0 while ECAP_REG\.PASID is 0/],
    ['HPTS without DT', ecap(0n, bit(2)), /ECAP_REG\.HPTS must be 0 while ECAP_REG\.DT is 0/],
    ['HPT1GPS without HPTS', ecap(0n, bit(55)), /ECAP_REG\.HPT1GPS must be 0 while ECAP_REG\.HPTS is 0/],
    ['SSADS without SMPWCS', ecap(0n, bit(48)), /ECAP_REG\.SSADS must be 0 while ECAP_REG\.SMPWCS is 0/],
    ['EAFS without SMPWCS', ecap(0n, bit(48)), /ECAP_REG\.EAFS must be 0 while ECAP_REG\.SMPWCS is 0/],
    ['RPRIVS without SRS', ecap(0n, bit(31)), /ECAP_REG\.RPRIVS must be 0 while ECAP_REG\.SRS is 0/],
    ['SMS without PRS', ecap(0n, bit(29)), /ECAP_REG\.SMS must be 0 while ECAP_REG\.PRS is 0/],
    ['PDS, DIT and NWFS without DT', ecap(0n, bit(2)), /ECAP_REG\.PDS .*; ECAP_REG\.DIT .*; .*ECAP_REG\.NWFS/],
    ['PMS without ECMDS', ecap(bit(51)), /ECAP_REG\.PMS must be 0 while CAP_REG\.ECMDS is 0/],
    ['RWBF with SMTS', cap(bit(4)), /CAP_REG\.RWBF must be 0 while ECAP_REG\.SMTS is 1/],
    ['SSLPS=2', cap(0n, bit(34)), /CAP_REG\.SSLPS is 0, 1 or 3, got 2/],
    ['ND=7', cap(7n), /CAP_REG\.ND=7 is reserved/],
    ['MGAW=0', cap(0n, 0x3fn << 16n), /CAP_REG\.MGAW=0 is reserved/],
    ['MGAW below HAW', { ...FULL, hostAddressWidth: 52 }, /MGAW is 48 bits, less than the host address width of 52/],
    ['ERS=1', ecap(bit(30)), /ECAP_REG\.ERS must be 0/],
    ['CAP bit 23', cap(bit(23)), /CAP_REG bit 23 is deprecated/],
    ['ECAP bit 5', ecap(bit(5)), /ECAP_REG bit 5 is deprecated/],
    ['a reserved bit of CAP', cap(bit(3)), /CAP_REG has reserved bits set/],
    ['a reserved bit of ECAP', ecap(bit(24)), /ECAP_REG has reserved bits set/],
    ['DRD=0 at major version 2', { ...cap(0n, bit(55)), version: 0x20 }, /DRD and DWD must be 1/],
    ['SAGAW empty', cap(0n, 0x1fn << 8n), /SAGAW has no width/],
    ['a reserved width in SAGAW', cap(bit(12)), /SAGAW has reserved bits set/],
    ['FRO on other registers', cap(0n, 0x3ffn << 24n), /FRCD_REG\[0\] and .*VER_REG are both at 0x0/],
    ['IRO on other registers', ecap(0n, 0xfn << 8n), /IVA_REG and .*VER_REG are both at 0x0/],
    ['fault records that run into IRO', cap(bit(40) | (0x0cn << 24n), 0x20n << 24n), /both at 0xf0/],
    ['a host address width of 60', { ...FULL, hostAddressWidth: 60 }, /host address width is 32 to 52 bits, got 60/],
    ['a version of 9 bits', { ...FULL, version: 0x100 }, /VER_REG is 8 bits wide/],
    ['CAP of 65 bits', { ...FULL, capabilities: 1n << 64n }, /CAP_REG is 64 bits wide/],
    ['a negative ECAP', { ...FULL, extendedCapabilities: -1n }, /ECAP_REG is 64 bits wide/],
  ])('%s', (_, parameters, sentence) => {
    expect(() => configure(parameters)).toThrow(RangeError);
    expect(() => configure(parameters)).toThrow(sentence);
  });

  test('SAGAW with SSTS=0 is refused from major version 6 on and accepted before', () => {
    const legacyOnly = ecap(0n, bit(46) | bit(26) | bit(57));
    expect(contradictionsOf({ ...legacyOnly, version: 0x60 })).toEqual([
      'CAP_REG.SAGAW must be 0 while ECAP_REG.SSTS is 0 from major version 6 on',
    ]);
    expect(contradictionsOf({ ...legacyOnly, version: 0x50 })).toEqual([]);
  });
});

describe('Registers beside CAP_REG and ECAP_REG by which a unit tells what it has', () => {
  const bare: UnitParameters = {
    version: 0x50,
    hostAddressWidth: 46,
    capabilities: 0x20d2_008c_226f_0606n,
    extendedCapabilities: 0x0008_0000_0000_0fc6n,
  };
  /** Four counters of 40 bits, counter 0 with a capability of its own. */
  const registers = {
    PERFCAP_REG: 0x002e_001f_0528_0004n,
    PERFCFGOFF_REG: 0x1000n,
    PERFFRZOFF_REG: 0x2000n,
    PERFOVFOFF_REG: 0x2008n,
    PERFCNTROFF_REG: 0x3000n,
    'PERFEVNTCAP_REG[0]': 0x2n,
    'PERFCNTRCAP_REG[0]': 0x1000_2801n,
    'PERFCNTREVCAP_REG[0,0]': 0x1000_0001n,
    ECCAP_REG_3: 0x003f_0000_0000_0000n,
  };
  const told = (others: Readonly<Record<string, bigint>>) => ({ ...bare, registers: { ...registers, ...others } });
  const alone = (others: Readonly<Record<string, bigint>>) => ({ ...bare, registers: others });

  test('these have none, with bits 63:60 of PERFCAP_REG as 0 and as Fh', () => {
    expect(contradictionsOf(told({}))).toEqual([]);
    expect(contradictionsOf(told({ PERFCAP_REG: 0xf02e_001f_0528_0004n }))).toEqual([]);
    expect(configure(told({})).capability('PERFCNTRCAP_REG[0].CW')).toBe(40);
  });

  test('a unit with performance monitoring of which nothing is told has no counter (10.1-G2)', () => {
    expect(contradictionsOf(bare)).toEqual([]);
    expect(configure(bare).capability('PERFCAP_REG.NCNTR')).toBe(0);
  });

  test.each<[string, UnitParameters, string]>([
    ['another register', told({ GSTS_REG: 1n }), 'no unit is told a register "GSTS_REG"'],
    ['an index that is none', told({ 'PERFEVNTCAP_REG[01]': 1n }), 'no unit is told a register "PERFEVNTCAP_REG[01]"'],
    ['no index', told({ PERFEVNTCAP_REG: 1n }), 'no unit is told a register "PERFEVNTCAP_REG"'],
    ['an index too many', told({ 'PERFCAP_REG[0]': 1n }), 'no unit is told a register "PERFCAP_REG[0]"'],
    ['more bits', told({ PERFCFGOFF_REG: 1n << 32n }), 'PERFCFGOFF_REG is 32 bits wide'],
    ['less than nothing', told({ PERFCFGOFF_REG: -1n }), 'PERFCFGOFF_REG is 32 bits wide'],
    ['a reserved bit', told({ ECCAP_REG_3: 1n << 54n }), 'ECCAP_REG_3 has reserved bits set'],
    ['a part of Fh', told({ PERFCAP_REG: 0x702e_001f_0528_0004n }), 'PERFCAP_REG has reserved bits set'],
    ['MTRRs without MTS', alone({ MTRRCAP_REG: 0x50an }), 'MTRRCAP_REG must be 0 while ECAP_REG.MTS is 0'],
    ['VCCAP_REG without VCS', alone({ VCCAP_REG: 1n }), 'VCCAP_REG must be 0 while ECAP_REG.VCS is 0'],
    [
      'PAS without PASID',
      { ...alone({ VCCAP_REG: 2n }), extendedCapabilities: bare.extendedCapabilities | bit(44) },
      'VCCAP_REG.PAS and FPS must be 0 while ECAP_REG.PASID is 0',
    ],
    [
      'counters without PMS',
      { ...told({}), extendedCapabilities: 0xfc6n },
      'PERFCAP_REG must be 0 while ECAP_REG.PMS is 0',
    ],
    [
      'a capability of a counter without PCCS',
      told({ PERFCAP_REG: 0x0026_001f_0528_0004n }),
      'PERFCNTRCAP_REG[0] must be 0 while PERFCAP_REG.PCCS is 0',
    ],
    ['a group that is not there', told({ 'PERFEVNTCAP_REG[5]': 1n }), 'PERFEVNTCAP_REG[5] is not there'],
    ['a counter that is not there', told({ 'PERFCNTRCAP_REG[4]': 1n }), 'PERFCNTRCAP_REG[4] is not there'],
    ['a group of a counter that is not there', told({ 'PERFCNTREVCAP_REG[0,1]': 1n }), 'PERFCNTREVCAP_REG[0,1] is not'],
    ['no counter', told({ PERFCAP_REG: 0n, 'PERFEVNTCAP_REG[0]': 0n }), 'PERFCNTRCAP_REG[0] must be 0 while'],
    ['no counter at all', alone({ PERFCAP_REG: 0x0028_0000n }), 'PERFCAP_REG.NCNTR must not be 0'],
    ['16 groups', told({ PERFCAP_REG: 0x002e_001f_1028_0004n }), 'PERFCAP_REG.EGCNT is at most 15, got 16'],
    ['counters of no bit', told({ PERFCAP_REG: 0x002e_001f_0500_0004n }), 'PERFCAP_REG.CW is 1 to 64, got 0'],
    ['counters of 65 bits', told({ PERFCAP_REG: 0x002e_001f_0541_0004n }), 'PERFCAP_REG.CW is 1 to 64, got 65'],
    ['a counter of 65 bits', told({ 'PERFCNTRCAP_REG[0]': 0x1000_4101n }), 'PERFCNTRCAP_REG[0].CW is 1 to 64, got 65'],
    ['no place', told({ PERFCNTROFF_REG: 0n }), 'PERFCNTROFF_REG.CNTO must place the registers of 4 counters, got 0'],
    ['a place that is not aligned', told({ PERFCFGOFF_REG: 0x1080n }), 'PERFCFGOFF_REG.CFGO is a multiple of 0x100'],
    ['a place off the stride', told({ PERFCNTROFF_REG: 0x3400n }), 'PERFCNTROFF_REG.CNTO is a multiple of 0x1000'],
    ['a place far away', told({ PERFCNTROFF_REG: 0xffff_f000n }), 'PERFCNTROFF_REG.CNTO places registers beyond'],
    ['counters on each other', told({ PERFFRZOFF_REG: 0x1000n }), 'are both at 0x1000'],
    ['an event that is none', told({ 'PERFEVNTCAP_REG[0]': 0x10n }), 'PERFEVNTCAP_REG[0].ES has bit 4'],
    [
      'an event of no group',
      told({ 'PERFCNTREVCAP_REG[0,0]': 0x5000_0001n }),
      'ES has bit 0, and group 5 no such event',
    ],
    ['an event that has no place here', told({ 'PERFEVNTCAP_REG[0]': 0x1n }), 'offers IOMMU_CLOCKS, which the model'],
  ])('%s', (_, parameters, sentence) => {
    expect(() => configure(parameters)).toThrow(RangeError);
    expect(() => configure(parameters)).toThrow(sentence);
  });
});

describe('Presets', () => {
  test.each(Object.entries(PRESETS))('%s makes a unit that reads back its capabilities', (_, { unit }) => {
    const made = new RemappingUnit({ memory: new SparseMemory(), unit });
    expect(made.readRegister(0x00, 32)).toBe(BigInt(unit.version));
    expect(made.readRegister(0x08, 64)).toBe(unit.capabilities);
    expect(made.readRegister(0x10, 64)).toBe(unit.extendedCapabilities);
  });
});
