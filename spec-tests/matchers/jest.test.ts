import { expect as jestExpect } from 'expect';
import { expect, test } from 'vitest';
import { PRESETS, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { matchers, type VtdMatchers } from '../../src/matchers/index.ts';
import { buildTables, turnOn } from '../../src/tables/index.ts';

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T> extends VtdMatchers<R> {}
}

jestExpect.extend(matchers);

test("the matchers hold in jest's expect as in that of vitest", () => {
  const { unit: parameters } = PRESETS['qemu-7.2'];
  const memory = new SparseMemory();
  const mapping = { input: 0x4020_0000n, output: 0x700_0000n, size: 0x1000n };
  const domains = [{ id: 1, levels: 3 as const, mappings: [mapping] }];
  const tables = buildTables(parameters, { domains, devices: [{ device: '00:05.0', domain: 1 }] }, { memory });
  const unit = new RemappingUnit({ unit: parameters, memory });
  turnOn(unit, tables);
  const request = { device: '00:05.0', address: 0x4020_0234n };

  jestExpect(memory).toHaveValidTables(unit);
  jestExpect(unit).toTranslate(request, 0x700_0234n);
  jestExpect(unit).not.toTranslate({ ...request, address: 0x5020_0234n }, 0x700_0234n);
  jestExpect(unit).toFaultWith('LGN.3', { ...request, address: 0x5020_0234n });
  expect(() => jestExpect(unit).toTranslate(request, 0x1n)).toThrow(
    /^expected a read of 00:05.0 at 0x40200234 to go to 0x1, /,
  );
});
