import { describe, expect, test } from 'vitest';
import { dmaRequest, interruptRequest, RemappingUnit, remappableRequest, SparseMemory } from '../../src/index.ts';

/** Memory in which another agent writes, just before the unit's update of an entry, as often as it is told to. */
class SharedMemory extends SparseMemory {
  /** How many updates it comes before. */
  times = 0;
  other: () => void = () => {};

  override compareAndSwap(...update: Parameters<SparseMemory['compareAndSwap']>): 'swapped' | 'changed' | 'refused' {
    if (this.times > 0) {
      this.times -= 1;
      this.other();
    }
    return super.compareAndSwap(...update);
  }

  qword(at: bigint): bigint {
    return new DataView(this.read(at, 8).buffer).getBigUint64(0, true);
  }

  /** The other agent inverts these bits of the word at an address. */
  invert(at: bigint, bits: bigint, times: number): void {
    this.times = times;
    this.other = () => this.writeQwords(at, [this.qword(at) ^ bits]);
  }
}

const LEAF = 0x10_3010n;
/** Ignored in an entry of either stage (§9.7, §9.8). */
const IGNORED = 1n << 59n;

/** Device 00:01.0, tables of four levels at 10_0000h; `type` and `firstStage`: words of its PASID-table entry. */
function unitOver(memory: SharedMemory, type: bigint, firstStage: bigint, table: bigint, leaf: bigint): RemappingUnit {
  memory.writeQwords(0x1000n, [0x2001n, 0n]);
  memory.writeQwords(0x2100n, [0x3001n, 0n, 0n, 0n]);
  memory.writeQwords(0x3000n, [0x4001n]);
  memory.writeQwords(0x4000n, [type, 1n << 23n, firstStage, 0n, 0n, 0n, 0n, 0n]);
  for (const at of [0x10_0000n, 0x10_1000n, 0x10_2000n]) memory.writeQwords(at, [(at + 0x1000n) | table]);
  memory.writeQwords(LEAF, [leaf]);
  const unit = new RemappingUnit({
    memory,
    unit: {
      version: 0x70,
      hostAddressWidth: 46,
      capabilities: 0xd2_078c_226f_0606n,
      extendedCapabilities: 0x3_e99c_8400_0fc3n,
    },
  });
  unit.writeRegister(0x20, 64, 0x1400n);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  return unit;
}

const write = dmaRequest({ sourceId: 8, address: 0x2000n, access: 'write' });

describe('An update against another writer (9-G3, 5.2.3-R2)', () => {
  test.each<[string, bigint, bigint, bigint, bigint, bigint, string]>([
    ['first-stage', 0x41n, 0x10_0000n, 0x27n, 0x30_0007n, 0x60n, 'SFS.10'],
    ['second-stage', 0x10_0289n, 0n, 0x103n, 0x30_0003n, 0x300n, 'SSS.6'],
  ])(
    'a %s leaf keeps what both have written; one that never rests is a failed update',
    (...[, type, firstStage, table, leaf, flags, condition]) => {
      const memory = new SharedMemory();
      const unit = unitOver(memory, type, firstStage, table, leaf);
      memory.invert(LEAF, IGNORED, Number.POSITIVE_INFINITY);
      expect(unit.dma(write)).toMatchObject({ kind: 'blocked', fault: { condition: { code: condition } } });
      expect(memory.qword(LEAF) & flags).toBe(0n);

      memory.writeQwords(LEAF, [leaf]);
      memory.invert(LEAF, IGNORED, 1);
      expect(unit.dma(write)).toMatchObject({ kind: 'completed', address: 0x30_0000n });
      expect(memory.qword(LEAF)).toBe(leaf | flags | IGNORED);
    },
  );

  test('a posted interrupt descriptor keeps what both have written; one that never rests gets 27h', () => {
    const memory = new SharedMemory();
    const [table, descriptor] = [0x10_0000n, 0x30_0040n];
    memory.writeQwords(table + 0x50n, [(descriptor << 32n) | 0x50_8001n, 0n]);
    memory.writeQwords(descriptor, [0n, 0n, 0n, 0n, 0x2000_00f2_0000n, 0n, 0n, 0n]);
    const unit = new RemappingUnit({
      memory,
      unit: {
        version: 0x50,
        hostAddressWidth: 46,
        capabilities: 0x08d2_078c_226f_0606n,
        extendedCapabilities: 0xf0_0fdbn,
      },
    });
    unit.writeRegister(0xb8, 64, table | 7n);
    unit.writeRegister(0x18, 32, 0x0100_0000n);
    unit.writeRegister(0x18, 32, 0x0200_0000n);
    const { address, data } = remappableRequest({ handle: 5 });
    const request = interruptRequest({ sourceId: 8, address: BigInt(address), data });

    memory.invert(descriptor, 1n << 33n, Number.POSITIVE_INFINITY);
    expect(unit.interrupt(request)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '27h' } } });
    expect(memory.qword(descriptor + 8n)).toBe(0n);
    expect(memory.qword(descriptor + 32n)).toBe(0x2000_00f2_0000n);

    memory.writeQwords(descriptor, [0n]);
    memory.invert(descriptor, 1n << 33n, 1);
    expect(unit.interrupt(request)).toMatchObject({ kind: 'posted', vector: 0x50 });
    expect(memory.qword(descriptor)).toBe(1n << 33n);
    expect(memory.qword(descriptor + 8n)).toBe(1n << 16n);
    expect(memory.qword(descriptor + 32n)).toBe(0x2000_00f2_0001n);
  });
});
