import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, interruptRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { DEFAULT_UNIT } from '../../src/oracle/default-unit.ts';
import { interruptHistory, legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { WITH_COUNTERS } from '../performance/counted-bench.ts';
import { HistoryUnit, requestOf } from '../permitted/history-unit.ts';
import { InterruptUnit } from '../permitted/interrupt-unit.ts';
import { runs } from '../properties/runs.ts';
import { deepLook, fieldsOf, type Look } from './deep-look.ts';
import { FIELDS, fieldsThatAre, look, namesIn } from './known-fields.ts';
import { travelled } from './two-units.ts';

/** Saves and restores, and looks into both. */
function compare(unit: RemappingUnit): void {
  const again = RemappingUnit.restore(travelled(unit.snapshot()), { memory: unit.memory });
  const looked = look(unit);
  expect(look(again)).toEqual(looked);
  note(looked);
}

const textOf = (looked: unknown): string =>
  JSON.stringify(looked, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value instanceof Map ? [...value] : value,
  );

/** Each value that a field was seen to have. */
const met = new Map<string, Set<string>>();

function note(looked: unknown): void {
  if (Array.isArray(looked)) for (const one of looked) note(one);
  else if (typeof looked === 'object' && looked !== null) {
    const { class: name, fields } = looked as Look;
    for (const [field, value] of fields) {
      const values = met.get(`${name}.${field}`) ?? new Set();
      met.set(`${name}.${field}`, values.add(textOf(value)));
      note(value);
    }
  }
}

/** A unit that has everything which can be had. */
const whole = (): RemappingUnit =>
  new RemappingUnit({
    unit: {
      ...DEFAULT_UNIT,
      // FRO=22h leaves the room for counters; ECMDS. VCS and PMS.
      capabilities: (DEFAULT_UNIT.capabilities & ~(0x3ffn << 24n)) | (0x22n << 24n) | (1n << 61n),
      extendedCapabilities: DEFAULT_UNIT.extendedCapabilities | (1n << 44n) | (1n << 51n),
      // Two variable ranges, fixed ranges and WC; PASIDs are allocated and freed.
      registers: { ...WITH_COUNTERS, MTRRCAP_REG: 0x502n, VCCAP_REG: 6n },
    },
    memory: new SparseMemory(),
    caches: 'full',
    choices: { deviceTlbCompletion: 'asked' },
  });

/** So few entries that some leave, and so many that the store of none is empty. */
const POLICY = { context: 3, pasid: 3, iotlb: 3, firstStage: 3, secondStage: 3, interrupt: 1 };

describe('What a unit is inside', () => {
  test('deepLook sees private fields of classes, through maps and arrays', () => {
    class Inner {
      readonly #secret: number;
      constructor(secret: number) {
        this.#secret = secret;
      }
      get twice(): number {
        return 2 * this.#secret;
      }
    }
    class Outer {
      readonly #inner: ReadonlyMap<string, Inner[]>;
      constructor(secret: number) {
        this.#inner = new Map([['one', [new Inner(secret)]]]);
      }
      get inner(): unknown {
        return this.#inner;
      }
    }
    const all = () => false;
    expect(deepLook(new Outer(1), all)).toEqual(deepLook(new Outer(1), all));
    expect(deepLook(new Outer(1), all)).not.toEqual(deepLook(new Outer(2), all));
    expect(deepLook(new Outer(1), (name) => name === 'Inner')).toEqual(
      deepLook(new Outer(2), (name) => name === 'Inner'),
    );
  });

  test('is nothing but the fields that are known as state, parts, fixed or scratch', () => {
    const unit = whole();
    // PERFCNTRCFG_REG[0].ES and ECMD_REG: a unit that counts has doors of its own.
    unit.writeRegister(0x4004, 32, 2n);
    unit.writeRegister(0x400, 32, 240n);
    const found = fieldsOf(look(unit));
    const known = Object.entries(FIELDS).map(([name, fields]) => [name, Object.values(fields).flatMap(namesIn).sort()]);
    expect(Object.fromEntries([...found].map(([name, fields]) => [name, [...fields].sort()]))).toEqual(
      Object.fromEntries(known),
    );
  });

  test('a restored one is the same inside, and each field of its state was seen with several values', () => {
    const sometimes = runs(10, 500).numRuns;
    for (const history of fc.sample(fc.oneof(legacyHistory(), scalableHistory()), sometimes)) {
      const one = HistoryUnit.of(history, POLICY);
      for (const [i, operation] of rawHistory(history).entries()) {
        if (operation.kind === 'request') one.unit.dma(requestOf(operation));
        else one.perform(operation);
        if (i % 50 === 49) compare(one.unit);
      }
      compare(one.unit);
    }
    for (const history of fc.sample(interruptHistory(), sometimes)) {
      const one = new InterruptUnit(history.unit, { caches: POLICY });
      for (const operation of history.operations) {
        if (operation.kind !== 'interrupt') one.perform(operation);
        else
          one.unit.interrupt(
            interruptRequest({
              sourceId: Number(operation.source),
              address: operation.address,
              data: Number(operation.data),
            }),
          );
      }
      compare(one.unit);
    }
    const unit = whole();
    const memory = unit.memory as SparseMemory;
    // dev_tlb_inv_dsc for 01:00.0, and inv_wait_dsc with SW=1.
    memory.writeQwords(0x1000n, [0x0100_0000_0003n, 0n, 0x25n, 0x2000n]);
    for (const [offset, value] of [
      [0x64, 0x8000_0000n], // PMEN_REG: EPM
      [0x108, 0x806n], // MTRRDEF_REG: E, WB
      [0x90, 0x1000n], // IQA_REG
      [0x18, 0x8400_0000n], // GCMD_REG: TE, QIE
      [0x88, 0x10n], // IQT_REG
      [0x88, 0x20n],
      [0x18, 0x8480_0000n], // CFI
      [0x108, 0xc06n], // MTRRDEF_REG: E, FE, WB
      [0x120, 0x0606_0606n], // MTRR_FIX64K_00000_REG
      [0x188, 0x1000_0800n], // MTRR_PHYSMASK_REG[0]: V
      [0xe00, 1n], // VCMD_REG: allocate a PASID
      [0x4004, 2n], // PERFCNTRCFG_REG[0].ES: IOMMU_REQUESTS
      [0x400, 240n], // ECMD_REG: enable counter 0
    ] as const) {
      unit.writeRegister(offset, 32, value);
      compare(unit);
    }
    unit.dma(dmaRequest({ sourceId: 0x100, address: 0x5000n, access: 'read' }));
    compare(unit);
    // The first of two Invalidation Completion messages.
    unit.completeDeviceTlbInvalidation(0x100, 0, 2);
    compare(unit);
    expect(fieldsThatAre('state').filter((field) => (met.get(field)?.size ?? 0) < 2)).toEqual([]);
    expect(fieldsThatAre('fixed').filter((field) => !met.has(field))).toEqual([]);
  });
});
