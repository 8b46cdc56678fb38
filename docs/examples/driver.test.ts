import { beforeEach, describe, expect, test } from 'vitest';
import { dmaRequest, PRESETS, RemappingUnit, SparseMemory } from 'vtd-model';
import { lint } from 'vtd-model/lint';
import { matchers, type VtdMatchers } from 'vtd-model/matchers';
import { SsPtEntry } from 'vtd-model/structures';
import { type BuiltTables, buildTables, turnOn } from 'vtd-model/tables';

declare module 'vitest' {
  interface Matchers<T> extends VtdMatchers<T> {}
}

expect.extend(matchers);

/** The driver under test: it maps pages in a table that somebody made for it. */
class Driver {
  readonly #memory: SparseMemory;
  readonly #leafTable: number;

  constructor(memory: SparseMemory, leafTable: number) {
    this.#memory = memory;
    this.#leafTable = leafTable;
  }

  map(index: number, page: number, rights: { R: number; W: number }): void {
    this.#memory.store(this.#leafTable, index * 8, SsPtEntry.pack({ ...rights, ADDR: page }));
  }
}

const { unit: parameters } = PRESETS['qemu-7.2'];

describe('the driver', () => {
  let memory: SparseMemory;
  let tables: BuiltTables;
  let unit: RemappingUnit;
  let driver: Driver;

  beforeEach(() => {
    memory = new SparseMemory();
    // One page is mapped to begin with; the other entries of its table are the driver's.
    tables = buildTables(
      parameters,
      {
        domains: [{ id: 1, levels: 3, mappings: [{ input: 0x4020_0000n, output: 0x700_0000n, size: 0x1000n }] }],
        devices: [{ device: '00:05.0', domain: 1 }],
      },
      { memory },
    );
    unit = new RemappingUnit({ unit: parameters, memory });
    turnOn(unit, tables);
    // The third table of three levels, the first of which the builder took first.
    driver = new Driver(memory, 0x3);
  });

  test('maps a page for the device', () => {
    driver.map(1, 0x7001, { R: 1, W: 1 });
    expect(memory).toHaveValidTables(unit);
    expect(unit).toTranslate({ device: '00:05.0', address: 0x4020_1234n, access: 'write' }, 0x700_1234n);
  });

  test('keeps writes from a page that is read-only', () => {
    driver.map(1, 0x7001, { R: 1, W: 0 });
    expect(unit).toFaultWith('LGN.2', { device: '00:05.0', address: 0x4020_1000n, access: 'write' });
    expect(unit.dma(dmaRequest({ sourceId: 0x28, address: 0x4020_2000n, access: 'read' }))).toFaultWith('LGN.3');
  });

  test('a mistake is found before any request meets it', () => {
    driver.map(1, 0x3, { R: 1, W: 1 });
    expect(memory).not.toHaveValidTables(unit);
    const errors = lint(unit, memory, { devices: [{ sourceId: 0x28 }] }).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule }) => rule)).toEqual(['tables-exposed']);
  });
});
