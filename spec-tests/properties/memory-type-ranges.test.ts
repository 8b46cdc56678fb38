import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RemappingUnit, SparseMemory } from '../../src/index.ts';
import { DEFAULT_UNIT } from '../../src/oracle/default-unit.ts';
import { mtrrType } from '../oracle/mtrr.ts';
import { LONG, runs } from './runs.ts';

/** Every offset of a fixed-range register, by address, §11.4.12.3. */
const FIXED = [0x120, 0x128, 0x130, 0x138, 0x140, 0x148, 0x150, 0x158, 0x160, 0x168, 0x170];
const VARIABLE = 4;
const HAW = 46;

const type = fc.constantFrom(0, 1, 4, 5, 6, 6, 4, 2, 7, 0xff).map(BigInt);
const types = fc
  .array(type, { minLength: 8, maxLength: 8 })
  .map((all) => all.reduce((word, one) => (word << 8n) | one, 0n));
/** Few of them, so that ranges meet each other and the pages that are asked for. */
const page = fc.constantFrom(0n, 1n, 0x9bn, 0xa0n, 0xffn, 0x100n, 0x101n, 0x8_0000n, 0x10_0000n, 0x3_ffff_ffffn);
const range = fc.record({
  page,
  type,
  size: fc.constantFrom(0n, 1n, 8n, 20n, 33n),
  valid: fc.integer({ min: 0, max: 3 }),
});
const ranges = fc.record({
  enabled: fc.integer({ min: 0, max: 7 }),
  fixedEnabled: fc.boolean(),
  def: type,
  fixed: fc.array(types, { minLength: FIXED.length, maxLength: FIXED.length }),
  variable: fc.array(range, { minLength: VARIABLE, maxLength: VARIABLE }),
  asked: fc.array(page, { minLength: 1, maxLength: 4 }),
});

test('§3.11.2: the second opinion gives each page the same type, whatever the ranges are', { timeout: LONG }, () => {
  const unit = new RemappingUnit({
    unit: { ...DEFAULT_UNIT, registers: { MTRRCAP_REG: 0x500n + BigInt(VARIABLE) } },
    memory: new SparseMemory(),
  });
  fc.assert(
    fc.property(ranges, ({ enabled, fixedEnabled, def, fixed, variable, asked }) => {
      const MTRRDEF = (enabled === 0 ? 0n : 0x800n) | (fixedEnabled ? 0x400n : 0n) | def;
      const registers = variable.map(({ page, type, size, valid }) => ({
        base: (page << 12n) | type,
        mask: (((1n << BigInt(HAW)) - 1n) & ~((1n << (size + 12n)) - 1n)) | (valid === 0 ? 0n : 0x800n),
      }));
      unit.writeRegister(0x108, 64, MTRRDEF);
      for (const [i, offset] of FIXED.entries()) unit.writeRegister(offset, 64, fixed[i]!);
      for (const [i, { base, mask }] of registers.entries()) {
        unit.writeRegister(0x180 + 16 * i, 64, base);
        unit.writeRegister(0x188 + 16 * i, 64, mask);
      }
      for (const one of asked) {
        const opinion = mtrrType({ def: MTRRDEF, fixed, variable: registers }, HAW, one << 12n);
        expect(unit.memoryTypeOf(Number(one)), `page ${one.toString(16)}`).toBe(opinion);
      }
    }),
    runs(300, 20_000),
  );
});
