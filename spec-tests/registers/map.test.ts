import { describe, expect, test } from 'vitest';
import { RegisterFile } from '../../src/bits/register-file.ts';
import { isPresent, placeRegisters, registerAt } from '../../src/registers/index.ts';

/** A unit that has everything that `changes` does not take away; the numbers are those of no particular machine. */
function unit(changes: Readonly<Record<string, number>> = {}): (name: string) => number {
  const values: Readonly<Record<string, number>> = {
    'CAP_REG.FRO': 0xf0,
    'CAP_REG.NFR': 3,
    'ECAP_REG.IRO': 0xe8,
    'MTRRCAP_REG.VCNT': 10,
    'PERFCAP_REG.NCNTR': 2,
    'PERFCAP_REG.EGCNT': 4,
    'PERFCAP_REG.CS': 0,
    'PERFCFGOFF_REG.CFGO': 0x1000,
    'PERFFRZOFF_REG.FZO': 0x1200,
    'PERFOVFOFF_REG.OFO': 0x1208,
    'PERFCNTROFF_REG.CNTO': 0x1400,
    'PERFCNTRCAP_REG[0].EGCNT': 2,
    'PERFCNTRCAP_REG[0].PCC': 1,
    'PERFCNTRCAP_REG[1].EGCNT': 1,
    'PERFCNTRCAP_REG[1].PCC': 0,
    ...changes,
  };
  return (name) => values[name] ?? 1;
}

/** The names of the registers that are there and their offsets. */
const offsets = (capability: (name: string) => number): Readonly<Record<string, number>> =>
  Object.fromEntries(
    placeRegisters(capability)
      .filter(({ present, register }) => present(register.requires))
      .map(({ name, offset }) => [name, offset]),
  );

const fileOf = (capability: (name: string) => number) => new RegisterFile(0x2000, placeRegisters(capability));

/** What is read back after writing all ones to the dwords of 64 bits. */
function readBack(file: RegisterFile, offset: number): [high: number, low: number] {
  file.write(offset, 0xffff_ffff);
  file.write(offset + 4, 0xffff_ffff);
  return [file.read(offset + 4), file.read(offset)];
}

describe('where a unit has its registers (§11.4)', () => {
  test('ECAP_REG.IRO, CAP_REG.FRO and CAP_REG.NFR place the IOTLB and fault-recording registers', () => {
    const placed = offsets(unit());
    expect(placed).toMatchObject({ VER_REG: 0, IVA_REG: 0xe80, IOTLB_REG: 0xe88 });
    expect(placed).toMatchObject({ 'FRCD_REG[0]': 0xf00, 'FRCD_REG[1]': 0xf10, 'FRCD_REG[3]': 0xf30 });
    expect(placed).not.toHaveProperty('FRCD_REG[4]');
  });

  test('the arrays of performance monitoring are where the offset registers say', () => {
    expect(offsets(unit())).toMatchObject({
      'PERFEVNTCAP_REG[3]': 0x398,
      'PERFCNTRCFG_REG[1]': 0x1100,
      'PERFCNTR_PTLFLTR_REG[1]': 0x1118,
      'PERFCNTREVCAP_REG[0,1]': 0x1088,
      'PERFCNTREVCAP_REG[1,0]': 0x1184,
      'PERFFRZSTS_REG[0]': 0x1200,
      'PERFOVFSTS_REG[0]': 0x1208,
      'PERFCNTR_REG[1]': 0x1800,
    });
    expect(offsets(unit({ 'PERFCAP_REG.NCNTR': 65, 'PERFOVFOFF_REG.OFO': 0 }))).toMatchObject({
      'PERFFRZSTS_REG[1]': 0x1208,
    });
    expect(Object.keys(offsets(unit({ 'PERFCFGOFF_REG.CFGO': 0 }))).join()).not.toMatch('PERFCNTRCFG');
    expect(Object.keys(offsets(unit({ 'ECAP_REG.PMS': 0 }))).join()).not.toMatch('PERF');
  });

  test('EGI of a counter that follows the common capabilities is reserved', () => {
    const placed = placeRegisters(unit());
    expect(registerAt(placed, 0x1084)!.present('PERFCNTRCAP_REG.PCC')).toBe(true);
    expect(registerAt(placed, 0x1184)!.present('PERFCNTRCAP_REG.PCC')).toBe(false);
  });

  test('MTRRCAP_REG says which memory type ranges there are', () => {
    expect(offsets(unit())).toMatchObject({ MTRR_FIX4K_F8000_REG: 0x170, MTRR_PHYSMASK9_REG: 0x218 });
    const few = Object.keys(offsets(unit({ 'MTRRCAP_REG.VCNT': 2, 'MTRRCAP_REG.FIX': 0 }))).join();
    expect(few).toMatch('MTRR_PHYSMASK1_REG');
    expect(few).not.toMatch('MTRR_PHYSBASE2_REG');
    expect(few).not.toMatch('MTRR_FIX');
    expect(Object.keys(offsets(unit({ 'MTRRCAP_REG.VCNT': 255 })))).not.toContain('MTRR_PHYSBASE10_REG');
    expect(Object.keys(offsets(unit({ 'ECAP_REG.MTS': 0 }))).join()).not.toMatch('MTRR');
  });

  test('any offset inside a register finds it', () => {
    const placed = placeRegisters(unit());
    expect(registerAt(placed, 0xf3c)?.name).toBe('FRCD_REG[3]');
    expect(registerAt(placed, 0x00f)?.name).toBe('CAP_REG');
    expect(registerAt(placed, 0x030)).toBeUndefined();
  });

  test('fault records may lie where a missing register would be', () => {
    const capability = unit({ 'CAP_REG.FRO': 0x40, 'CAP_REG.NFR': 0, 'CAP_REG.ECMDS': 0 });
    const placed = placeRegisters(capability);
    expect(registerAt(placed, 0x400)?.name).toBe('FRCD_REG[0]');
    expect(registerAt(placed, 0x410)?.name).toBe('ECRSP_REG');
    expect(() => fileOf(capability)).not.toThrow();
    expect(() => fileOf(unit({ 'CAP_REG.FRO': 0x40 }))).toThrow('FRCD_REG[0] and ECMD_REG are both at 0x400');
  });

  test('requirements are names joined by `and`, and these by `or`', () => {
    const capability = (name: string) => (name === 'A' || name === 'C' ? 1 : 0);
    expect(isPresent(undefined, capability)).toBe(true);
    expect(isPresent('A', capability)).toBe(true);
    expect(isPresent('B', capability)).toBe(false);
    expect(isPresent('A and C', capability)).toBe(true);
    expect(isPresent('A and B', capability)).toBe(false);
    expect(isPresent('B or A and C', capability)).toBe(true);
    expect(isPresent('A and B or B', capability)).toBe(false);
  });
});

describe('what reads back after all ones (§11.3, §11.4)', () => {
  test('reserved bits, read-only fields and missing fields keep 0', () => {
    const file = fileOf(unit());
    expect(readBack(file, 0x020)).toEqual([0xffff_ffff, 0xffff_fc80]); // RTADDR_REG
    expect(readBack(file, 0x080)).toEqual([0, 0]); // IQH_REG
    expect(readBack(file, 0x088)).toEqual([0, 0x7_fff0]); // IQT_REG
    expect(readBack(file, 0x090)).toEqual([0xffff_ffff, 0xffff_f807]); // IQA_REG
    expect(readBack(file, 0x0b8)).toEqual([0xffff_ffff, 0xffff_f80f]); // IRTA_REG
    expect(readBack(file, 0x0c0)).toEqual([0, 0x7_ffe0]); // PQH_REG
    expect(readBack(file, 0xdc0)).toEqual([0x1f, 0xfff]); // RDTC_REG
    expect(readBack(file, 0xe80)).toEqual([0, 0]); // IVA_REG is write-only
    expect(readBack(file, 0x038)).toEqual([0xffff, 0x8000_0000]); // FECTL_REG, FEDATA_REG
    expect(readBack(file, 0x1110)).toEqual([0x8000_001f, 0x803f_ffff]); // PASID filter: PFM is 21:20; address type filter

    const plain = fileOf(unit({ 'ECAP_REG.SSIRWS': 0, 'ECAP_REG.EIM': 0 }));
    expect(readBack(plain, 0x020)).toEqual([0xffff_ffff, 0xffff_fc00]);
    expect(readBack(plain, 0x0b8)).toEqual([0xffff_ffff, 0xffff_f00f]);
  });

  test('without its capability a register reads 0', () => {
    const groups: readonly (readonly [capability: string, first: number, end: number])[] = [
      ['ECAP_REG.QI', 0x080, 0x0b8],
      ['ECAP_REG.IR', 0x0b8, 0x0c0],
      ['ECAP_REG.PRS', 0x0c0, 0x0f0],
      ['ECAP_REG.MTS', 0x100, 0x220],
      ['ECAP_REG.PMS', 0x300, 0x400],
      ['CAP_REG.ECMDS', 0x400, 0x450],
      ['ECAP_REG.RDTS', 0xdc0, 0xdc8],
      ['ECAP_REG.VCS', 0xe00, 0xe38],
    ];
    for (const [capability, first, end] of groups) {
      const file = fileOf(unit({ [capability]: 0 }));
      for (let offset = first; offset < end; offset += 8) {
        expect(readBack(file, offset), `${capability} ${offset.toString(16)}`).toEqual([0, 0]);
      }
    }
    expect(readBack(fileOf(unit({ 'CAP_REG.PLMR': 0 })), 0x064)).toEqual([0, 0x8000_0000]);
    expect(readBack(fileOf(unit({ 'CAP_REG.PLMR': 0, 'CAP_REG.PHMR': 0 })), 0x064)).toEqual([0, 0]);
  });
});
