import { hex } from '../bits/hex.ts';
import { isObject, type Kind, readAs, unsigned } from '../bits/json-values.ts';
import { wordsText } from '../bits/words-text.ts';
import type { UnitRegisters } from './unit-registers.ts';

/** Registers that are not as after power-on, by name, as a hexadecimal number each. */
export type SavedRegisters = Readonly<Record<string, string>>;

const value = unsigned(128);

export const REGISTERS: Kind<ReadonlyMap<string, bigint>> = {
  takes: 'an object of register names and their values',
  read(values, path) {
    if (!isObject(values)) return undefined;
    return new Map(
      Object.entries(values).map(([name, one]) => [name, readAs(value, one, `${path}.${name.slice(0, 40)}`)]),
    );
  },
};

/** Not in the specification: what a snapshot has of the registers. */
export function savedRegisters({ file, placed, has }: UnitRegisters): SavedRegisters {
  const changed = placed.filter(({ name, register, offset }) => has(name) && !file.isAsReset(offset, register.width));
  return Object.fromEntries(
    changed.map(({ name, register, offset }) => [name, hex(BigInt(wordsText(file.words(offset, register.width))))]),
  );
}

/** Not in the specification: for registers as after power-on. Throws a RangeError if one is not there or never has such a value. */
export function restoreRegisters(registers: UnitRegisters, saved: ReadonlyMap<string, bigint>, where: string): void {
  for (const [name, one] of saved) {
    if (!registers.has(name))
      throw new RangeError(`${where} has ${JSON.stringify(name.slice(0, 40))}, which is no register of this unit`);
    const { length } = registers.words(name);
    const words = Uint32Array.from({ length }, (_, i) => Number((one >> BigInt(32 * i)) & 0xffff_ffffn));
    if (one >> BigInt(32 * length) !== 0n || !registers.file.restore(registers.offsetOf(name), words)) {
      throw new RangeError(`${where}.${name} takes a value that has no reserved or fixed bit changed, got ${hex(one)}`);
    }
  }
}
