import { describe, expect, test } from 'vitest';
import { RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import { type InterruptFinding, interruptFindings } from '../../src/tables/interrupt-findings.ts';
import { listInterrupts, sourceOf } from '../../src/tables/interrupts.ts';

/** HAW 39; ECAP_REG.IR and EIM, and with `PI` CAP_REG.PI. The rest is that of QEMU. */
const UNIT: UnitParameters = {
  version: 0x10,
  hostAddressWidth: 39,
  capabilities: 0xd2008c222f0606n,
  extendedCapabilities: 0xf00f5an,
};
const PI = 1n << 59n;
const ECAP_EIMER = 1n << 61n;
const ECAP_IRREQ = 1n << 62n;

/** GCMD_REG: SIRTP, IRE, CFI. */
const SIRTP = 0x0100_0000n;
const IRE = 0x0200_0000n;
const CFI = 0x0080_0000n;

interface Scene {
  /** IRTA_REG beside the address: S and EIME. Default: 16 entries, xAPIC. */
  readonly irta?: bigint;
  readonly capabilities?: bigint;
  readonly extendedCapabilities?: bigint;
  readonly command?: bigint;
}

/** A unit with its table at 10000h: two words for each index. Elsewhere memory refuses, but for `more`. */
function unitWith(
  table: Readonly<Record<number, readonly [bigint, bigint]>>,
  { irta = 0x1_0003n, capabilities = UNIT.capabilities, extendedCapabilities, command = IRE }: Scene = {},
  more: Readonly<Record<string, readonly bigint[]>> = {},
): RemappingUnit {
  const memory = new SparseMemory({ unwritten: 'refused' });
  memory.writeQwords(0x1_0000n, [0n, 0n]);
  for (const [index, words] of Object.entries(table)) memory.writeQwords(0x1_0000n + 16n * BigInt(index), words);
  for (const [address, words] of Object.entries(more)) memory.writeQwords(BigInt(address), words);
  const given = { capabilities, extendedCapabilities: extendedCapabilities ?? UNIT.extendedCapabilities };
  const unit = new RemappingUnit({ unit: { ...UNIT, ...given }, memory });
  unit.writeRegister(0xb8, 64, irta);
  unit.writeRegister(0x18, 32, SIRTP);
  // GCMD_REG keeps nothing: what is on has to be written again.
  unit.writeRegister(0x18, 32, command);
  return unit;
}

const findingsOf = (unit: RemappingUnit) => interruptFindings(unit, listInterrupts(unit));

/** Rule and indices, and what is said. */
const shown = ({ rule, indices, says }: InterruptFinding) => `${rule} [${indices}] ${says}`;

/** Vector 31h to APIC 2, Fixed, edge; from 00:1f.2. */
const SOUND = [0x0000_0200_0031_0001n, 0x0000_0000_0004_00fan] as const;

describe('listInterrupts (§5.1.3)', () => {
  test('present entries alone, with their words', () => {
    const unit = unitWith({ 2: SOUND, 3: [0x0000_0200_0031_0000n, 0x4_00fan] });
    const listing = listInterrupts(unit);
    expect(listing).toEqual({
      entries: [{ index: 2, words: Uint32Array.of(0x0031_0001, 0x200, 0x4_00fa, 0) }],
      silent: [],
      unreadable: [],
      unreachable: [],
      beyond: [],
    });
    expect(findingsOf(unit)).toEqual([]);
  });

  test('a table that goes on where memory refuses, and one that goes on above the host address width', () => {
    // 512 entries, of which the second page is not there.
    const refused = unitWith({ 0: SOUND }, { irta: 0x1_0008n });
    expect(listInterrupts(refused).unreadable).toEqual(Array.from({ length: 256 }, (_, n) => 256 + n));
    expect(findingsOf(refused).map(({ rule, says }) => [rule, says])).toEqual([
      ['23h', 'memory refuses, or the image does not hold it'],
    ]);
    // The last page below 2^39, and 256 entries behind it.
    const above = unitWith({}, { irta: 0x7f_ffff_f008n }, { 549755809792: [0n, 0n] });
    expect(listInterrupts(above).unreachable).toEqual(Array.from({ length: 256 }, (_, n) => 256 + n));
    expect(findingsOf(above).map(({ rule, blocks, says }) => [rule, blocks, says])).toEqual([
      ['21h', true, 'above the host address width of 39 bits'],
    ]);
  });

  test('what stands past the end, in the page that the table ends in', () => {
    const unit = unitWith({ 15: SOUND, 16: SOUND, 255: SOUND });
    expect(findingsOf(unit).map(shown)).toEqual(['21h [16,255] present past the end: the table has 16 entries']);
  });

  test('nothing of the unit changes: no fault is recorded, and nothing is posted', () => {
    const descriptor = [0n, 0n, 0n, 0n, 0x0000_0200_00f2_0000n, 0n, 0n, 0n];
    const table = { 0: [0x0000_5000_0031_8001n, 0n], 1: [0x0000_0200_4031_0001n, 0n] } as const;
    // PDAL has address bits 31:6 in bits 63:38: 5000h << 32 is the descriptor at 5000h.
    const unit = unitWith(table, { capabilities: UNIT.capabilities | PI }, { 20480: descriptor });
    const listing = listInterrupts(unit);
    expect(listing.entries.map(({ condition }) => condition?.code)).toEqual([undefined, '24h']);
    expect(listing.entries[0]?.descriptor?.address).toBe(0x5000n);
    const words = new Uint32Array(16);
    expect(unit.memory.load(5, 0, words)).toBe(true);
    expect(words).toEqual(Uint32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0xf2_0000, 0x200, 0, 0, 0, 0, 0, 0));
    expect(unit.readRegister(0x34, 32)).toBe(0n);
  });

  test.each<[string, readonly [number, number], number]>([
    ['SVT=01b: SID', [0x4_00fa, 0], 0x00fa],
    ['SVT=10b: the first bus', [0x8_0408, 0], 0x0400],
    ['SVT=00b: any', [0x0_00fa, 0], 0],
  ])('a source that an entry lets through, %s', (_, [low, high], source) => {
    expect(sourceOf(Uint32Array.of(1, 0, low, high))).toBe(source);
  });
});

describe('interruptFindings: entries that serve nobody', () => {
  const posting = { capabilities: UNIT.capabilities | PI };
  test.each<[string, readonly [bigint, bigint], Scene, string]>([
    [
      'I1: an APIC id that is not shifted',
      [0x2_0031_0001n, SOUND[1]],
      {},
      '24h [4] reserved bit 33 set (with EIME=0 DST is bits 47:40 alone)',
    ],
    ['I7: URG in a remapped entry', [0x200_0031_4001n, SOUND[1]], {}, '24h [4] reserved bit 14 set'],
    [
      'reserved bits of both halves',
      [0x200_0131_1001n, (1n << 63n) | SOUND[1]],
      {},
      '24h [4] reserved bits 127, 24, 12 set',
    ],
    ['I6: the reserved SVT', [SOUND[0], 0xc_00fan], {}, '24h [4] SVT is 11b, which is reserved'],
    ['DLM 011b', [0x200_0031_0061n, SOUND[1]], {}, '24h [4] DLM is 011b, which is reserved'],
    ['DLM 110b', [0x200_0031_00c1n, SOUND[1]], {}, '24h [4] DLM is 110b, which is reserved'],
    ['two mistakes', [0x200_0031_1061n, SOUND[1]], {}, '24h [4] reserved bit 12 set; DLM is 011b, which is reserved'],
    ['I9: posted without PI', [0x5000_0031_8001n, SOUND[1]], {}, '24h [4] IM is 1 (posted), and CAP_REG.PI is 0'],
    ['posted, bits 37:24', [0x5001_0031_8001n, SOUND[1]], posting, '24h [4] reserved bit 32 set'],
    [
      'a descriptor above HAW: address bit 39',
      [0x5000_0031_8001n, 0x80_0004_00fan],
      posting,
      '24h [4] the descriptor is above the host address width (bit 103)',
    ],
    [
      'I5: buses the wrong way round',
      [SOUND[0], 0x8_0804n],
      {},
      '26h [4] SID has buses 08 to 04, the first above the last: no source passes',
    ],
    [
      '27h: a descriptor where memory refuses',
      [0x6000_0031_8001n, SOUND[1]],
      posting,
      '27h [4] the posted interrupt descriptor at 0x6000: memory refuses, or the image does not hold it',
    ],
    [
      'I11, I12: reserved bits of a descriptor, NDST in the wrong half and bit 258',
      [0x5000_0031_8001n, SOUND[1]],
      posting,
      '28h [4] the posted interrupt descriptor at 0x5000: reserved bits 289, 258 set',
    ],
  ])('%s', (_, words, scene, says) => {
    const descriptor = [0n, 0n, 0n, 0n, 0x2_00f2_0004n, 0n, 0n, 0n];
    const unit = unitWith({ 4: words }, scene, { 20480: descriptor });
    const findings = findingsOf(unit);
    expect(findings.map(shown)).toEqual([says]);
    expect(findings[0]?.blocks).toBe(true);
  });

  test('with EIME=1 the whole of DST and NDST is there', () => {
    const descriptor = [0n, 0n, 0n, 0n, 0x2_00f2_0000n, 0n, 0n, 0n];
    const table = { 4: [0x2_0031_0001n, 0x4_00fan], 5: [0x5000_0031_8001n, 0x4_00fan] } as const;
    const scene = { irta: 0x1_0803n, ...posting };
    expect(findingsOf(unitWith(table, scene, { 20480: descriptor }))).toEqual([]);
  });

  test('entries with the same mistake are one finding, and what blocks comes first', () => {
    const shifted = [0x2_0031_0001n, SOUND[1]] as const;
    const open = [0x200_0032_0001n, 0n] as const;
    expect(findingsOf(unitWith({ 1: open, 4: shifted, 5: shifted, 9: shifted })).map(shown)).toEqual([
      '24h [4,5,9] reserved bit 33 set (with EIME=0 DST is bits 47:40 alone)',
      '§9.9 [1] SVT is 00b: any source may ask for it',
    ]);
  });
});

describe('interruptFindings: entries that are odd', () => {
  test.each<[string, readonly [bigint, bigint], readonly string[]]>([
    ['I3: no source is checked', [SOUND[0], 0n], ['§9.9 [4] SVT is 00b: any source may ask for it']],
    ['FPD', [SOUND[0] | 2n, SOUND[1]], ['§9.9 [4] FPD is 1: the faults of requests for it are not recorded']],
    [
      'FPD of an entry at fault',
      [SOUND[0] | 0x1002n, SOUND[1]],
      ['24h [4] reserved bit 12 set', '§9.9 [4] FPD is 1: the faults of requests for it are not recorded'],
    ],
    ['FPD where P is 0', [2n, 0n], ['§9.9 [4] FPD is 1 though P is 0: the fault of a request is not recorded']],
    [
      'vector Fh, Fixed',
      [0x200_000f_0001n, SOUND[1]],
      ['§9.9 [4] V is 0xf with Fixed, and no processor takes one below 0x10'],
    ],
    ['vector 10h', [0x200_0010_0001n, SOUND[1]], []],
    [
      'vector 0, Lowest Priority with RH',
      [0x200_0000_0029n, SOUND[1]],
      ['§9.9 [4] V is 0x0 with Lowest Priority, and no processor takes one below 0x10'],
    ],
    [
      'I8: Lowest Priority without RH',
      [0x200_0031_0021n, SOUND[1]],
      ['§9.9 [4] Lowest Priority with RH=0, which asks for no choice of a processor'],
    ],
    ['SMI with a vector', [0x200_0031_0041n, SOUND[1]], ['§9.9 [4] V is 0x31 with SMI, which wants 0']],
    ['SMI with vector 0', [0x200_0000_0041n, SOUND[1]], []],
    ['NMI, level', [0x200_0000_0091n, SOUND[1]], ['§9.9 [4] TM is 1 with NMI, which is edge whatever TM says']],
    ['Fixed, level', [0x200_0031_0011n, SOUND[1]], []],
  ])('%s', (_, words, says) => {
    expect(findingsOf(unitWith({ 4: words })).map(shown)).toEqual(says);
  });

  test('one vector at one destination from two entries; another destination, mode or processor is another interrupt', () => {
    const other = (low: bigint) => [low, SOUND[1]] as const;
    const table = {
      1: SOUND,
      4: SOUND,
      5: other(0x300_0031_0001n),
      6: other(0x200_0032_0001n),
      7: other(0x200_0031_0005n),
      // NMIs have no vector.
      8: other(0x200_0000_0081n),
      9: other(0x200_0000_0081n),
    };
    expect(findingsOf(unitWith(table)).map(shown)).toEqual([
      '§9.9 [1,4] vector 0x31 at physical destination 0x2, from each of them',
    ]);
  });

  test('one bit of one descriptor from two entries; another bit of it is another interrupt', () => {
    const scene = { capabilities: UNIT.capabilities | PI };
    const posted = (low: bigint) => [low, SOUND[1]] as const;
    const table = { 1: posted(0x5000_0031_8001n), 2: posted(0x5000_0032_8001n), 3: posted(0x5000_0031_8001n) };
    const unit = unitWith(table, scene, { 20480: [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] });
    expect(findingsOf(unit).map(shown)).toEqual([
      '§9.10 [1,3] bit 0x31 of the descriptor at 0x5000, from each of them',
    ]);
  });

  test('I2: with EIME=1, ids of APICs where xAPIC mode has them', () => {
    const scene = { irta: 0x1_0803n };
    const x2apic = (id: bigint, vector: bigint) => [(id << 32n) | (vector << 16n) | 1n, SOUND[1]] as const;
    const names = (table: Parameters<typeof unitWith>[0]) => findingsOf(unitWith(table, scene)).map(({ name }) => name);
    expect(names({ 0: x2apic(0x200n, 0x31n), 1: x2apic(0n, 0x32n) })).toEqual(['shifted-destination']);
    expect(names({ 0: x2apic(0x200n, 0x31n), 1: x2apic(1n, 0x32n) })).toEqual([]);
    expect(names({ 0: x2apic(0n, 0x31n) })).toEqual([]);
  });
});

describe('interruptFindings: the unit (§5.1.4)', () => {
  test('I19: requests in compatibility format pass', () => {
    const unit = unitWith({ 0: SOUND }, { command: IRE | CFI });
    expect(findingsOf(unit).map(shown)).toEqual([
      '§5.1.4 [] CFIS is 1 and EIME 0: a request in compatibility format passes the table by, for any vector',
    ]);
    // §5.1.4: with EIME=1 they are blocked whatever CFIS is.
    expect(findingsOf(unitWith({ 0: SOUND }, { command: IRE | CFI, irta: 0x1_0803n })).map(({ name }) => name)).toEqual(
      ['shifted-destination'],
    );
  });

  test('remapping off: the entries are judged all the same', () => {
    const unit = unitWith({ 0: SOUND, 1: [0x2_0031_0001n, SOUND[1]] }, { command: 0n });
    expect(findingsOf(unit).map(shown)).toEqual([
      '§5.1.4 [] IRES is 0: the table is not looked at, and any device may ask for any vector',
      '24h [1] reserved bit 33 set (with EIME=0 DST is bits 47:40 alone)',
    ]);
  });

  test('2Bh: remapping off where it is needed', () => {
    const extendedCapabilities = UNIT.extendedCapabilities | ECAP_IRREQ;
    const [finding] = findingsOf(unitWith({ 0: SOUND }, { command: 0n, extendedCapabilities }));
    expect(finding).toMatchObject({ rule: '2Bh', blocks: true });
  });

  test('2Ah: EIME=0 where x2APIC mode is the only one', () => {
    const extendedCapabilities = UNIT.extendedCapabilities | ECAP_EIMER;
    const unit = unitWith({ 0: SOUND, 1: [0x2_0031_0001n, SOUND[1]] }, { extendedCapabilities });
    expect(findingsOf(unit).map(({ rule, blocks }) => [rule, blocks])).toEqual([
      ['2Ah', true],
      ['24h', true],
    ]);
  });
});
