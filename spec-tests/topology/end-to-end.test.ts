import { beforeEach, describe, expect, test } from 'vitest';
import { IoApic } from '../../src/topology/index.ts';
import { RemappingBench } from './bench.ts';

/** Entries of the table: to APIC 12h with a vector, for one source alone (SVT=01b). */
const remapped = (vector: number) => 0x0000_1200_0000_0001n | (BigInt(vector) << 16n);
const LEVEL_ENTRY = 0x10n;
const only = (sourceId: number) => 0x4_0000n | BigInt(sourceId);

const DESCRIPTOR = 0x20_0000n;
/** Posted, vector 50h, descriptor at 200000h. */
const POSTED = 0x0020_0000_0050_8001n;
/** Notification vector F2h for APIC 20h. */
const NOTIFICATION = 0x0000_2000_00f2_0000n;

let bench: RemappingBench;

beforeEach(() => {
  bench = new RemappingBench();
});

describe('An I/O APIC and a remapping unit (§5.1.5.1)', () => {
  let apic: IoApic;

  beforeEach(() => {
    apic = new IoApic({ unit: bench.unit, sourceId: 0xf0ff });
  });

  test('index 8001h is delivered as its entry says', () => {
    bench.entry(0x8001, remapped(0x31), only(0xf0ff));
    apic.writeEntry(3, Uint32Array.of(0x0831, 0x0003_0000));
    expect(apic.raise(3)).toEqual({
      kind: 'delivered',
      address: 0xfee1_2000n,
      data: 0x4031,
      destination: 0x12,
      vector: 0x31,
      deliveryMode: 0,
      destinationMode: 0,
      redirectionHint: 0,
      triggerMode: 0,
      index: 0x8001,
    });
  });

  test('a level-triggered one is delivered again with each EOI of the vector that both entries have', () => {
    bench.entry(1, remapped(0x31) | LEVEL_ENTRY, only(0xf0ff));
    apic.writeEntry(3, Uint32Array.of(0x8031, 0x0003_0000));
    expect(apic.raise(3)).toMatchObject({ kind: 'delivered', vector: 0x31, triggerMode: 1 });
    expect(apic.eoi(0x31)).toMatchObject([{ kind: 'delivered', vector: 0x31, triggerMode: 1 }]);
  });

  test('26h: an entry for another source blocks it, with a record; Remote IRR is set all the same', () => {
    bench.entry(1, remapped(0x31), only(0xf0fe));
    apic.writeEntry(3, Uint32Array.of(0x8031, 0x0003_0000));
    expect(apic.raise(3)).toMatchObject({
      kind: 'blocked',
      response: 'UR',
      fault: { condition: { code: '26h' }, recorded: true },
    });
    expect(bench.record()).toEqual([0x0001_0000_0000_0000n, 0x8000_0026_0000_f0ffn]);
    expect(apic.readEntry(3)[0]! & 0x4000).toBe(0x4000);
  });

  test('25h: compatibility format does not go through', () => {
    apic.writeEntry(3, Uint32Array.of(0x31, 0x1200_0000));
    expect(apic.raise(3)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '25h' } } });
  });

  test('compatibility format is delivered where remapping is off', () => {
    bench.unit.writeRegister(0x18, 32, 0n);
    apic.writeEntry(3, Uint32Array.of(0x8931, 0x1200_0000));
    expect(apic.raise(3)).toMatchObject({
      kind: 'delivered',
      address: 0xfee1_200cn,
      data: 0xc131,
      destination: 0x12,
      deliveryMode: 1,
      destinationMode: 1,
      redirectionHint: 1,
      triggerMode: 1,
    });
  });

  test('a posted level-triggered interrupt is an edge for the processor (§5.2.6)', () => {
    bench.entry(1, POSTED, only(0xf0ff));
    bench.memory.writeQwords(DESCRIPTOR + 32n, [NOTIFICATION]);
    apic.writeEntry(3, Uint32Array.of(0x8050, 0x0003_0000));
    const notification = { address: 0xfee2_0000n, data: 0x40f2, destination: 0x20, vector: 0xf2 };
    expect(apic.raise(3)).toEqual({ kind: 'posted', index: 1, descriptor: DESCRIPTOR, vector: 0x50, notification });
    expect(bench.messages).toEqual([{ kind: 'notification', ...notification }]);
    expect(apic.eoi(0x50)).toEqual([{ kind: 'posted', index: 1, descriptor: DESCRIPTOR, vector: 0x50 }]);
  });
});
