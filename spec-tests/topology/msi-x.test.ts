import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { MsiXCapability } from '../../src/topology/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Recorder } from './bench.ts';

let target: Recorder;

beforeEach(() => {
  target = new Recorder();
});

const [ENABLE, FUNCTION_MASK] = [0x8000, 0x4000];

/** A table in which entry n asks for index n, all of it unmasked, MSI-X on. */
function programmed(entries = 70): MsiXCapability {
  const msiX = new MsiXCapability({ unit: target, sourceId: 0x0010, entries });
  for (let n = 0; n < entries; n++) {
    msiX.writeTable(16 * n, 64, 0xfee0_0018n + BigInt(32 * n));
    msiX.writeTable(16 * n + 8, 64, BigInt(n % 2));
  }
  msiX.write(2, 16, ENABLE);
  return msiX;
}

const mask = (msiX: MsiXCapability, n: number, masked: boolean) =>
  msiX.writeTable(16 * n + 12, 32, masked ? 1n : 0n).length;

describe('The MSI-X capability', () => {
  test('its size and where the table and the pending bits are, by default and as told', () => {
    const byDefault = new MsiXCapability({ unit: target, sourceId: 0, entries: 70 });
    expect([0, 4, 8].map((offset) => byDefault.read(offset, 32))).toEqual([0x0045_0011, 0, 0x460]);
    const table = { bar: 2, offset: 0x2000 };
    const told = new MsiXCapability({
      unit: target,
      sourceId: 0,
      entries: 2048,
      table,
      pendingBits: { bar: 5, offset: 8 },
    });
    expect([0, 4, 8].map((offset) => told.read(offset, 32))).toEqual([0x07ff_0011, 0x2002, 0xd]);
  });

  test('of the capability software can write two bits', () => {
    const msiX = new MsiXCapability({ unit: target, sourceId: 0, entries: 70 });
    for (const offset of [0, 4, 8]) msiX.write(offset, 32, 0xffff_ffff);
    expect([0, 4, 8].map((offset) => msiX.read(offset, 32))).toEqual([0xc045_0011, 0, 0x460]);
  });

  test('an entry: dwords and qwords, masked at first', () => {
    const msiX = new MsiXCapability({ unit: target, sourceId: 0, entries: 2 });
    expect([msiX.readTable(16, 64), msiX.readTable(24, 64), msiX.readTable(28, 32)]).toEqual([0n, 1n << 32n, 1n]);
    msiX.writeTable(16, 64, 0x0000_0001_fee0_0018n);
    msiX.writeTable(24, 64, 0xffff_fffe_1234_5678n);
    expect([16, 20, 24, 28].map((offset) => msiX.readTable(offset, 32))).toEqual([0xfee0_0018n, 1n, 0x1234_5678n, 0n]);
    expect([msiX.readTable(0, 64), msiX.readTable(8, 64)]).toEqual([0n, 1n << 32n]);
  });
});

describe('Messages', () => {
  test('each entry sends its own address and data', () => {
    const msiX = programmed();
    expect(msiX.raise(3)).toEqual({ kind: 'blocked', response: 'UR' });
    expect(target.requests).toEqual([{ sourceId: 0x0010, address: 0xfee0_0078, data: 1 }]);
  });

  test('off, nothing is sent and nothing becomes pending', () => {
    const msiX = programmed();
    msiX.write(2, 16, 0);
    expect(msiX.raise(3)).toBeUndefined();
    expect([msiX.write(2, 16, ENABLE), msiX.readPending(0, 64)]).toEqual([[], 0n]);
  });

  test('masked by its entry it is pending, also beyond the first 64', () => {
    const msiX = programmed();
    for (const n of [3, 69]) {
      mask(msiX, n, true);
      expect([msiX.raise(n), msiX.raise(n)]).toEqual([undefined, undefined]);
    }
    expect([msiX.readPending(0, 64), msiX.readPending(8, 64)]).toEqual([8n, 32n]);
    expect([msiX.readPending(0, 32), msiX.readPending(4, 32), msiX.readPending(8, 32)]).toEqual([8n, 0n, 32n]);
    expect([mask(msiX, 69, false), mask(msiX, 69, false), mask(msiX, 3, false)]).toEqual([1, 0, 1]);
    expect([msiX.readPending(0, 64), msiX.readPending(8, 64)]).toEqual([0n, 0n]);
    expect(target.take()).toEqual(['fee008b8 1', 'fee00078 1']);
  });

  test('masked by the function, all that wait leave together in their order', () => {
    const msiX = programmed();
    mask(msiX, 5, true);
    msiX.write(2, 16, ENABLE | FUNCTION_MASK);
    for (const n of [40, 5, 2]) msiX.raise(n);
    expect(mask(msiX, 2, false)).toBe(0);
    expect(msiX.write(3, 8, 0x80)).toHaveLength(2);
    expect(target.take()).toEqual(['fee00058 0', 'fee00518 0']);
    expect(msiX.readPending(0, 64)).toBe(1n << 5n);
  });

  test('a masked entry may change: what leaves is what it says then', () => {
    const msiX = programmed();
    mask(msiX, 3, true);
    msiX.raise(3);
    expect(msiX.writeTable(48, 64, 0xfee0_1f18n)).toEqual([]);
    expect(msiX.writeTable(56, 64, 0x55n)).toHaveLength(1);
    expect(target.take()).toEqual(['fee01f18 55']);
  });

  test('what is masked never leaves, and what is pending leaves once', { timeout: LONG }, () => {
    const entry = fc.nat(5);
    const operation = fc.oneof(
      entry.map((n) => ({ raise: n })),
      fc.record({ entry, masked: fc.boolean() }),
      fc.record({ on: fc.boolean(), all: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 50 }), (operations) => {
        const msiX = programmed(6);
        const waiting = new Set<number>();
        const masked = new Set<number>();
        let [on, all] = [true, false];
        const open = (n: number) => on && !all && !masked.has(n);
        for (const it of operations) {
          let expected: number[] = [];
          if ('raise' in it) {
            if (open(it.raise)) expected = [it.raise];
            else if (on) waiting.add(it.raise);
            msiX.raise(it.raise);
          } else if ('entry' in it) {
            if (it.masked) masked.add(it.entry);
            else masked.delete(it.entry);
            expected = [...waiting].filter(open).sort();
            mask(msiX, it.entry, it.masked);
          } else {
            ({ on, all } = it);
            expected = [...waiting].filter(open).sort();
            msiX.write(2, 16, (on ? ENABLE : 0) | (all ? FUNCTION_MASK : 0));
          }
          for (const n of expected) waiting.delete(n);
          expect(target.take()).toEqual(expected.map((n) => `${(0xfee0_0018 + 32 * n).toString(16)} ${n % 2}`));
        }
      }),
      runs(200, 10_000),
    );
  });

  test('no write throws', { timeout: LONG }, () => {
    const write = fc.record({
      dword: fc.nat(11),
      wide: fc.boolean(),
      value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), fc.nat(2), (writes, n) => {
        const msiX = programmed(3);
        mask(msiX, n, true);
        msiX.raise(n);
        for (const { dword, wide, value } of writes) {
          const width = wide ? 64 : 32;
          msiX.writeTable((dword * 4) & ~(width / 8 - 1), width, wide ? value : value >> 32n);
        }
        expect([0n, 1n << BigInt(n)]).toContain(msiX.readPending(0, 64));
        for (const entry of [0, 1, 2]) expect(msiX.readTable(16 * entry + 12, 32)).toBeLessThan(2n);
      }),
      runs(200, 5000),
    );
  });
});

describe('What a caller may not do', () => {
  const options = () => ({ unit: target, sourceId: 0, entries: 4 });

  test.each<[string, () => unknown, string]>([
    ['an entry beyond the table', () => programmed(4).raise(4), 'message is an integer from 0 to 0x3, got 4'],
    ['reading beyond it', () => programmed(4).readTable(64, 32), 'offset is an integer from 0 to 0x3c, got 64'],
    ['writing across qwords', () => programmed(4).writeTable(4, 64, 0n), 'aligned to 8 bytes, got offset 4'],
    ['a value too wide', () => programmed(4).writeTable(0, 32, 1n << 32n), 'of 32 bits cannot take 0x100000000'],
    ['16 bits of the table', () => programmed(4).readTable(0, 16), 'an access has 32 or 64 bits here, got 16'],
    ['pending bits beyond', () => programmed(4).readPending(8, 32), 'offset is an integer from 0 to 0x4, got 8'],
    ['no entries', () => new MsiXCapability({ ...options(), entries: 0 }), 'entries is an integer from 1 to 0x800'],
    ['BAR 6', () => new MsiXCapability({ ...options(), table: { bar: 6, offset: 0 } }), 'table.bar is an integer'],
    [
      'an odd place',
      () => new MsiXCapability({ ...options(), pendingBits: { bar: 0, offset: 4 } }),
      'pendingBits.offset is a multiple of 8, got 4',
    ],
  ])('%s', (_, call, sentence) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(sentence);
  });

  test('a message that is not for FEEx_xxxxh', () => {
    const msiX = programmed();
    msiX.writeTable(0, 64, 0x1_fee0_0000n);
    expect(() => msiX.raise(0)).toThrow('the message is an ordinary memory write to 0x1fee00000');
  });
});
