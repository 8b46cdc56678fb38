import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dmaRequest, PRESETS, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { matchers } from '../../src/matchers/index.ts';
import { buildTables, turnOn } from '../../src/tables/index.ts';
import { ROOT } from '../harness/repository.ts';

const { toFaultWith, toHaveValidTables, toTranslate } = matchers;
const { unit: parameters } = PRESETS['qemu-7.2'];

/** The unit of docs/examples/driver.test.ts before its driver did anything. */
function scene(): { readonly unit: RemappingUnit; readonly memory: SparseMemory } {
  const memory = new SparseMemory();
  const tables = buildTables(
    parameters,
    {
      domains: [{ id: 1, levels: 3, mappings: [{ input: 0x4020_0000n, output: 0x700_0000n, size: 0x1000n }] }],
      devices: [{ device: '00:05.0', domain: 1 }],
    },
    { memory },
  );
  const unit = new RemappingUnit({ unit: parameters, memory });
  turnOn(unit, tables);
  return { unit, memory };
}

const WRITE = { device: '00:05.0', address: 0x4020_1234n, access: 'write' } as const;

describe('toTranslate', () => {
  test('fails with the fault, its causes and the entries, as docs/matchers.md shows it', () => {
    const { pass, message } = toTranslate.call({}, scene().unit, WRITE);
    expect(pass).toBe(false);
    const page = readFileSync(join(ROOT, 'docs/matchers.md'), 'utf8');
    expect(page).toContain(`\`\`\`\n${message()}\n\`\`\`\n`);
  });

  test('fails if the request goes elsewhere', () => {
    const { pass, message } = toTranslate.call({}, scene().unit, { device: 0x28, address: 0x4020_0010n }, 0x700_0000n);
    expect(pass).toBe(false);
    expect(message()).toMatch(/^expected a read of 0x28 at 0x40200010 to go to 0x7000000, and it went to 0x7000010\n/);
  });

  test('holds where it is described, and says so if it should not', () => {
    const { pass, message } = toTranslate.call({}, scene().unit, { device: 0x28, address: 0x4020_0010n }, 0x700_0010n);
    expect(pass).toBe(true);
    expect(message()).toMatch(/ not to go to 0x7000010, and it went to 0x7000010\n/);
  });
});

describe('toFaultWith', () => {
  test('is of a unit with a request', () => {
    const { unit } = scene();
    expect(toFaultWith.call({}, unit, 'LGN.2', WRITE).pass).toBe(true);
    const { pass, message } = toFaultWith.call({}, unit, 'LGN.3', WRITE);
    expect(pass).toBe(false);
    expect(message()).toMatch(/^expected a write of .* to meet LGN\.3, and it was answered with UR: LGN\.2, no write/);
  });

  test('is of an outcome', () => {
    const outcome = scene().unit.dma(dmaRequest({ sourceId: 0x30, address: 0n, access: 'read' }));
    expect(toFaultWith.call({}, outcome, 'LCT.2').pass).toBe(true);
    expect(toFaultWith.call({}, outcome, 'LRT.2').message()).toMatch(
      /^expected LRT\.2, and it was answered with UR: LCT\.2/,
    );
  });
});

describe('toHaveValidTables', () => {
  test('fails with each finding, where it is and how to mend it', () => {
    const { unit, memory } = scene();
    memory.writeQwords(0x3008n, [0x3003n]);
    const { pass, message } = toHaveValidTables.call({}, memory, unit);
    expect(pass).toBe(false);
    expect(message()).toMatch(
      /^expected tables without mistakes, found 1:\n {2}tables-exposed: domain 1 can write to the /,
    );
  });

  test('wants what failOn says, and is of a unit too', () => {
    const { unit } = scene();
    expect(toHaveValidTables.call({}, unit).pass).toBe(true);
    expect(toHaveValidTables.call({}, unit, undefined, { failOn: 'note' }).pass).toBe(false);
  });
});

test('what matchers are not of is refused with a sentence', () => {
  expect(() => toHaveValidTables.call({}, 5)).toThrow('toHaveValidTables is of a unit, or of memory');
  expect(() => toHaveValidTables.call({}, 5, scene().unit)).toThrow('toHaveValidTables is of memory, or of a unit');
  expect(() => toTranslate.call({}, 5, WRITE)).toThrow('toTranslate with a request is of a RemappingUnit');
  expect(() => toFaultWith.call({}, 5, 'LGN.2')).toThrow('toFaultWith is of an outcome, or of a unit with a request');
});
