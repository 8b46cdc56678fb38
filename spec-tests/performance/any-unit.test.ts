import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contradictionsOf, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import { LONG, runs } from '../properties/runs.ts';

const NAMES = [
  'MTRRCAP_REG',
  'PERFCAP_REG',
  'PERFCFGOFF_REG',
  'PERFFRZOFF_REG',
  'PERFOVFOFF_REG',
  'PERFCNTROFF_REG',
  'PERFEVNTCAP_REG[0]',
  'PERFEVNTCAP_REG[3]',
  'PERFCNTRCAP_REG[0]',
  'PERFCNTREVCAP_REG[0,0]',
  'ECCAP_REG_3',
  'VCCAP_REG',
  'PERFCNTREVCAP_REG[0]',
  '__proto__',
  '',
];

/** A unit that has them all, so that what is drawn changes one that is sound. */
const SOUND: Readonly<Record<string, bigint>> = {
  MTRRCAP_REG: 0x50an,
  PERFCAP_REG: 0x002e_001f_0528_0004n,
  PERFCFGOFF_REG: 0x1000n,
  PERFFRZOFF_REG: 0x2000n,
  PERFOVFOFF_REG: 0x2008n,
  PERFCNTROFF_REG: 0x3000n,
  'PERFEVNTCAP_REG[0]': 0x2n,
  'PERFEVNTCAP_REG[3]': 0x3n,
  'PERFCNTRCAP_REG[0]': 0x1000_2801n,
  'PERFCNTREVCAP_REG[0,0]': 0x3000_0003n,
  ECCAP_REG_3: 0x3f_0000_0000_0000n,
  VCCAP_REG: 0x7n,
};

const like: Omit<UnitParameters, 'registers'> = {
  version: 0x60,
  hostAddressWidth: 46,
  capabilities: 0xb1d2_078c_2278_0e06n,
  extendedCapabilities: 0x002b_f9ee_86f0_0fdfn,
};

const bits = fc.array(fc.nat(63), { maxLength: 3 });
const changes = fc.array(fc.tuple(fc.constantFrom(...NAMES), bits), { maxLength: 4 });
const accesses = fc.array(
  fc.tuple(fc.constantFrom(0x400, 0x404, 0x1000, 0x1004, 0x1008, 0x1014, 0x3000, 0x2008, 0x324, 0xe00), fc.nat()),
  { maxLength: 12 },
);

test('whatever a unit is told it is refused with sentences, or it is there and takes every write', {
  timeout: LONG,
}, () => {
  expect(contradictionsOf({ ...like, registers: SOUND })).toEqual([]);
  let refused = 0;
  fc.assert(
    fc.property(changes, accesses, (changed, writes) => {
      const registers: Record<string, bigint> = { ...SOUND };
      for (const [name, flipped] of changed) {
        const before = Object.hasOwn(registers, name) ? registers[name]! : 0n;
        const value = flipped.reduce((word, bit) => word ^ (1n << BigInt(bit)), before);
        Object.defineProperty(registers, name, { value, enumerable: true, configurable: true, writable: true });
      }
      const found = contradictionsOf({ ...like, registers });
      for (const sentence of found) expect(sentence).toMatch(/^\S.{10,}/);
      const make = () => new RemappingUnit({ unit: { ...like, registers }, memory: new SparseMemory() });
      if (found.length > 0) {
        refused += 1;
        expect(make).toThrow(RangeError);
        return;
      }
      const unit = make();
      for (const [offset, value] of writes) {
        if (offset < unit.registers.size) unit.writeRegister(offset, 32, BigInt(value >>> 0));
      }
      unit.warmReset();
      expect(unit.readRegister(0x300, 64) >> 60n).toBe(0xfn);
    }),
    runs(200, 5_000),
  );
  expect(refused).toBeGreaterThan(20);
});
