import { describe, expect, test } from 'vitest';
import { type PlacedRegister, RegisterFile } from '../../src/bits/register-file.ts';
import { maskOf } from '../../src/bits/structure.ts';
import { REGISTERS } from '../../src/registers/index.ts';

type Masks = readonly [write: bigint, clear: bigint, sticky: bigint, reset: bigint, reserved: bigint];

/** The fixed registers with every feature present, address bits up to 63, and N = 19 for protected memory. */
const MASKS: Readonly<Record<string, Masks>> = {
  VER_REG: [0n, 0n, 0n, 0n, 0xffff_ff00n],
  CAP_REG: [0n, 0n, 0n, 0n, 0x0600_0040_0000_e008n],
  ECAP_REG: [0n, 0n, 0n, 0n, 0x8040_0001_190c_0000n],
  GCMD_REG: [0xcf80_0000n, 0n, 0n, 0n, 0x307f_ffffn],
  GSTS_REG: [0n, 0n, 0n, 0n, 0x307f_ffffn],
  RTADDR_REG: [0xffff_ffff_ffff_fc80n, 0n, 0n, 0n, 0x37fn],
  CCMD_REG: [0xe000_0003_ffff_ffffn, 0n, 0n, 0n, 0x07ff_fffc_0000_0000n],
  FSTS_REG: [0n, 0x71n, 0xff73n, 0n, 0xffff_008cn],
  FECTL_REG: [0x8000_0000n, 0n, 0n, 0x8000_0000n, 0x3fff_ffffn],
  FEDATA_REG: [0xffffn, 0n, 0n, 0n, 0xffff_0000n],
  FEADDR_REG: [0xffff_fffcn, 0n, 0n, 0n, 0x3n],
  FEUADDR_REG: [0xffff_ffffn, 0n, 0n, 0n, 0n],
  PMEN_REG: [0x8000_0000n, 0n, 0n, 0n, 0x7fff_fffen],
  PLMBASE_REG: [0xfff0_0000n, 0n, 0n, 0n, 0xf_ffffn],
  PLMLIMIT_REG: [0xfff0_0000n, 0n, 0n, 0n, 0xf_ffffn],
  PHMBASE_REG: [0xffff_ffff_fff0_0000n, 0n, 0n, 0n, 0xf_ffffn],
  PHMLIMIT_REG: [0xffff_ffff_fff0_0000n, 0n, 0n, 0n, 0xf_ffffn],
  IQH_REG: [0n, 0n, 0n, 0n, 0xffff_ffff_fff8_000fn],
  IQT_REG: [0x7_fff0n, 0n, 0n, 0n, 0xffff_ffff_fff8_000fn],
  IQA_REG: [0xffff_ffff_ffff_f807n, 0n, 0n, 0n, 0x7f8n],
  ICS_REG: [0n, 0x1n, 0x1n, 0n, 0xffff_fffen],
  IECTL_REG: [0x8000_0000n, 0n, 0n, 0x8000_0000n, 0x3fff_ffffn],
  IEDATA_REG: [0xffffn, 0n, 0n, 0n, 0xffff_0000n],
  IEADDR_REG: [0xffff_fffcn, 0n, 0n, 0n, 0x3n],
  IEUADDR_REG: [0xffff_ffffn, 0n, 0n, 0n, 0n],
  IQERCD_REG: [0n, 0n, 0xffff_ffff_0000_000fn, 0n, 0xffff_fff0n],
  IRTA_REG: [0xffff_ffff_ffff_f80fn, 0n, 0n, 0n, 0x7f0n],
  PQH_REG: [0x7_ffe0n, 0n, 0n, 0n, 0xffff_ffff_fff8_001fn],
  PQT_REG: [0x7_ffe0n, 0n, 0n, 0n, 0xffff_ffff_fff8_001fn],
  PQA_REG: [0xffff_ffff_ffff_f007n, 0n, 0n, 0n, 0xff8n],
  PRS_REG: [0n, 0x3n, 0x3n, 0n, 0xffff_fffcn],
  PECTL_REG: [0x8000_0000n, 0n, 0n, 0x8000_0000n, 0x3fff_ffffn],
  PEDATA_REG: [0xffffn, 0n, 0n, 0n, 0xffff_0000n],
  PEADDR_REG: [0xffff_fffcn, 0n, 0n, 0n, 0x3n],
  PEUADDR_REG: [0xffff_ffffn, 0n, 0n, 0n, 0n],
  MTRRCAP_REG: [0n, 0n, 0n, 0n, 0xffff_ffff_ffff_fa00n],
  MTRRDEF_REG: [0xcffn, 0n, 0n, 0n, 0xffff_ffff_ffff_f300n],
  PERFCAP_REG: [0n, 0n, 0n, 0xf000_0000_0000_0000n, 0xff80_ffe0_e080_0000n],
  PERFINTRSTS_REG: [0n, 0x1n, 0n, 0n, 0xffff_fffen],
  PERFINTRCTL_REG: [0x8000_0000n, 0n, 0n, 0x8000_0000n, 0x3fff_ffffn],
  PERFINTRDATA_REG: [0xffffn, 0n, 0n, 0n, 0xffff_0000n],
  PERFINTRADDR_REG: [0xffff_fffcn, 0n, 0n, 0n, 0x3n],
  PERFINTRUADDR_REG: [0xffff_ffffn, 0n, 0n, 0n, 0n],
  ECMD_REG: [0xffff_ffff_ffff_00ffn, 0n, 0n, 0n, 0xff00n],
  ECEO_REG: [0xffff_ffff_ffff_ffffn, 0n, 0n, 0n, 0n],
  ECRSP_REG: [0n, 0n, 0n, 0n, 0xff00n],
  ECCAP_REG_3: [0n, 0n, 0n, 0n, 0xffc0_ffff_ffff_ffffn],
  RDTC_REG: [0x1f_0000_0fffn, 0n, 0n, 0n, 0xffff_ffe0_ffff_f000n],
  VCMD_REG: [0xffff_ffff_ffff_00ffn, 0n, 0n, 0n, 0xff00n],
  VCMD_EO_REG: [0xffff_ffff_ffff_ffffn, 0n, 0n, 0n, 0n],
  VCRSP_REG: [0n, 0n, 0n, 0n, 0xff00n],
  VCCAP_REG: [0n, 0n, 0n, 0n, 0xffff_ffff_ffff_fff8n],
};

/** Bits 19:12, which N = 19 takes from the address of a protected region. */
const PROTECTED_MEMORY = /^P[LH]M(BASE|LIMIT)_REG$/;
const ALIGNMENT = 0xf_f000;

describe('what software can do to each bit of a register (§11.3)', () => {
  test.each(Object.entries(MASKS))('%s', (name, [write, clear, sticky, reset, reserved]) => {
    const register = Object.entries(REGISTERS).find(([key]) => key === name)![1];
    const { width } = register;
    const readOnlyMask = new Uint32Array(width / 32);
    if (PROTECTED_MEMORY.test(name)) readOnlyMask[0] = ALIGNMENT;
    const placed: PlacedRegister = { name, register, offset: 0, present: () => true, readOnlyMask };
    const file = new RegisterFile(width / 8, [placed]);
    const words = file.words(0, width);
    const writeOnes = () => {
      for (let offset = 0; offset < width / 8; offset += 4) file.write(offset, 0xffff_ffff);
    };

    const initial = Uint32Array.from(words);
    expect(hex(numberOf(initial)), 'reset').toBe(hex(reset));

    words.fill(0);
    writeOnes();
    expect(hex(numberOf(words)), 'set by writing').toBe(hex(write));

    words.fill(0xffff_ffff);
    writeOnes();
    expect(hex(numberOf(words.map((word) => ~word))), 'cleared by writing 1').toBe(hex(clear));

    words.set(initial.map((word) => ~word));
    file.reset();
    expect(hex(numberOf(words.map((word, index) => word ^ initial[index]!))), 'kept over a reset').toBe(hex(sticky));

    const ranges = register.reserved.map(({ range }) => range);
    expect(hex(numberOf(maskOf(width, ranges).map((word, index) => word | readOnlyMask[index]!))), 'reserved').toBe(
      hex(reserved),
    );
  });
});

/** The value of a register of 32 or 64 bits. */
const numberOf = (words: Uint32Array): bigint => words.reduceRight((value, word) => (value << 32n) | BigInt(word), 0n);

const hex = (value: bigint): string => `0x${value.toString(16)}`;
