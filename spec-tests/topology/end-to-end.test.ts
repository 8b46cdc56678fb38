import { beforeEach, describe, expect, test } from 'vitest';
import { Hpet, IoApic, PciFunction } from '../../src/topology/index.ts';
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

describe('A function and a remapping unit (§5.1.5.2)', () => {
  test('MSI with 8 messages from index 40h on: message 5 is index 45h', () => {
    const device = new PciFunction({ unit: bench.unit, sourceId: 0x0018, msi: { messages: 8 } });
    bench.entry(0x45, remapped(0x35), only(0x0018));
    device.msi?.write(0x04, 32, 0xfee0_0818);
    device.msi?.write(0x0c, 16, 0);
    device.msi?.write(0x02, 16, 0x31);
    expect(device.raise(5)).toMatchObject({ kind: 'delivered', vector: 0x35, index: 0x45 });
    expect(device.raise(4)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '22h' } } });
  });

  test('MSI-X posts: the bit of PIR, ON and the notification; the second finds ON set', () => {
    const device = new PciFunction({ unit: bench.unit, sourceId: 0x0018, msiX: { entries: 4 } });
    bench.entry(0x45, POSTED, only(0x0018));
    bench.memory.writeQwords(DESCRIPTOR + 32n, [NOTIFICATION]);
    device.msiX?.writeTable(0x30, 64, 0xfee0_08b8n);
    device.msiX?.writeTable(0x38, 64, 0n);
    device.msiX?.write(0x02, 16, 0x8000);
    expect(device.raise(3)).toMatchObject({
      kind: 'posted',
      index: 0x45,
      vector: 0x50,
      notification: { vector: 0xf2 },
    });
    const words = new BigUint64Array(bench.memory.read(DESCRIPTOR, 64).slice().buffer);
    expect([...words.slice(0, 5)]).toEqual([0n, 0x1_0000n, 0n, 0n, NOTIFICATION | 1n]);
    expect(device.raise(3)).toEqual({ kind: 'posted', index: 0x45, descriptor: DESCRIPTOR, vector: 0x50 });
    expect(bench.messages).toHaveLength(1);
  });

  test('26h: behind a bridge it is the name of the bridge that counts', () => {
    const bridge = { kind: 'pcie-to-pci', secondaryBus: 0x05 } as const;
    const device = new PciFunction({ unit: bench.unit, sourceId: 0x0518, bridge, msi: {} });
    device.msi?.write(0x04, 32, 0xfee0_0818);
    device.msi?.write(0x02, 16, 0x01);
    bench.entry(0x40, remapped(0x31), only(0x0518));
    expect(device.raise(0)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '26h' } } });
    expect(bench.record()[1]).toBe(0x8000_0026_0000_0500n);
    bench.entry(0x40, remapped(0x31), only(0x0500));
    expect(device.raise(0)).toMatchObject({ kind: 'delivered', index: 0x40 });
  });
});

test('A timer sends with its own source-id, and through a pin with that of the I/O APIC (§5.1.1)', () => {
  const apic = new IoApic({ unit: bench.unit, sourceId: 0xf0ff });
  const hpet = new Hpet({ unit: bench.unit, sourceId: 0xf0f8, ioApic: apic });
  bench.entry(1, remapped(0x31), only(0xf0f8));
  bench.entry(2, remapped(0x32), only(0xf0ff));
  hpet.write(0x010, 64, 1n);
  hpet.write(0x110, 64, 0xfee0_0038_0000_0000n);
  hpet.write(0x100, 32, 0x4004n);
  hpet.write(0x120, 32, 0x2804n);
  apic.writeEntry(20, Uint32Array.of(0x32, 0x0005_0000));
  expect(hpet.raise(0)).toMatchObject({ kind: 'delivered', index: 1, vector: 0x31 });
  expect(hpet.raise(1)).toMatchObject({ kind: 'delivered', index: 2, vector: 0x32 });
  apic.writeEntry(20, Uint32Array.of(0x32, 0x0003_0000));
  expect(hpet.raise(1)).toMatchObject({ kind: 'blocked', fault: { condition: { code: '26h' } } });
});
