import { describe, expect, test } from 'vitest';
import type { RegisterDeclaration } from '../../src/bits/register.ts';
import { configure } from '../../src/platform/configuration.ts';
import { placeRegisters, REGISTERS, registerAt } from '../../src/registers/index.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import type { VectorGroup } from '../../src/vectors/types.ts';
import { parametersOf } from '../../src/vectors/unit.ts';
import { ROOT } from '../harness/repository.ts';

/** Fields that no vector shows with a value other than 0, and why. */
const UNREACHED: Readonly<Record<string, string>> = {
  'CAP_REG.DEP': 'must be 0 (11.4.2-R6)',
  'ECAP_REG.DEP': 'must be 0 (11.4.2-R6)',
  'ECAP_REG.ERS': 'must be 0 (§11.4.3)',
  'CCMD_REG.ICC': 'commands take no time: it is 0 again when the write returns (11.4.4.1-M1)',
  'IOTLB_REG.IVT': 'as above',
  'GSTS_REG.WBFS': 'as above',
  'ECRSP_REG.IP': 'as above (11.4.14-M1)',
  'VCRSP_REG.IP': 'as above (11.4.14-M1)',
  'ECRSP_REG.RSLT': 'reserved for every command that there is (11.4.14.3-R3)',
};

/** Bits of each register that a vector expects to read as 1, and those that it writes as 1. */
const expected = new Map<string, bigint>();
const written = new Map<string, bigint>();

const note = (bits: Map<string, bigint>, title: string, more: bigint) =>
  bits.set(title, (bits.get(title) ?? 0n) | more);

function noteGroup({ unit, steps = [], cases }: VectorGroup): void {
  const placed = placeRegisters(configure(parametersOf(unit)).capability);
  for (const step of [...steps, ...cases.flatMap((one) => one.steps)]) {
    if (!('offset' in step)) continue;
    const offset = Number(step.offset);
    // 64 bits may cover two registers.
    for (let at = offset; at < offset + step.width / 8; at += 4) {
      const found = registerAt(placed, at);
      if (found === undefined || !found.present(found.register.requires)) continue;
      const place = (value: string) =>
        ((BigInt(value) >> BigInt(8 * (at - offset))) & 0xffff_ffffn) << BigInt(8 * (at - found.offset));
      const { title } = found.register;
      if ('write' in step) note(written, title, place(step.value));
      else {
        const mask = place(step.mask ?? '0xffffffffffffffff');
        for (const value of step.oneOf ?? [step.value!]) note(expected, title, place(value) & mask);
      }
    }
  }
}

for (const { file } of loadVectors(`${ROOT}/fixtures`)) for (const group of file.groups) noteGroup(group);

const registers: readonly RegisterDeclaration[] = Object.values(REGISTERS);
const fields = registers.flatMap(({ title, fields: all }) =>
  Object.entries(all).map(([name, field]) => ({ name: `${title}.${name}`, title, field })),
);

describe('Every register of chapter 11 in the vectors', () => {
  test('every register is read or written by one', () => {
    const seen = new Set([...expected.keys(), ...written.keys()]);
    expect(registers.map(({ title }) => title).filter((title) => !seen.has(title))).toEqual([]);
  });

  test('every field reads other than 0 in one, or is written so if it cannot be read, or is on the list', () => {
    const unreached = fields.filter(({ title, field: { high, low, attribute } }) => {
      const bits = (attribute === 'WO' ? written : expected).get(title) ?? 0n;
      return ((bits >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n)) === 0n;
    });
    expect(unreached.map(({ name }) => name).sort()).toEqual(Object.keys(UNREACHED).sort());
  });
});
