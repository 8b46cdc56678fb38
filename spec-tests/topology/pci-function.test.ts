import { beforeEach, describe, expect, test } from 'vitest';
import { PciFunction, sourceIdBehind } from '../../src/topology/index.ts';
import { Recorder } from './bench.ts';

let target: Recorder;

beforeEach(() => {
  target = new Recorder();
});

describe('A PCI function', () => {
  const both = () => new PciFunction({ unit: target, sourceId: 0x0218, msi: {}, msiX: { entries: 4 } });

  test('with neither turned on it sends nothing', () => {
    expect([both().raise(0), both().raise(3)]).toEqual([undefined, undefined]);
  });

  test('sends by the one that is on', () => {
    const device = both();
    device.msi?.write(4, 32, 0xfee0_0010);
    device.msiX?.writeTable(0, 64, 0xfee0_0050n);
    device.msiX?.writeTable(8, 64, 7n);
    device.msiX?.write(2, 16, 0x8000);
    device.raise(0);
    device.msi?.write(2, 16, 1);
    device.raise(0);
    expect(target.requests).toEqual([
      { sourceId: 0x0218, address: 0xfee0_0050, data: 7 },
      { sourceId: 0x0218, address: 0xfee0_0010, data: 0 },
    ]);
  });

  test('behind a bridge with a name of its own, requests carry that (§5.1.1)', () => {
    const bridges = [
      { kind: 'pcie-to-pci', secondaryBus: 0x12 },
      { kind: 'pci', sourceId: 0x01f0 },
    ] as const;
    for (const bridge of bridges) {
      const device = new PciFunction({ unit: target, sourceId: 0x1233, bridge, msi: {} });
      device.msi?.write(4, 32, 0xfee0_0010);
      device.msi?.write(2, 16, 1);
      device.raise(0);
    }
    expect(target.requests.map(({ sourceId }) => sourceId)).toEqual([0x1200, 0x01f0]);
  });

  test('what a caller may not do', () => {
    const make = (more: object) => () => new PciFunction({ unit: target, sourceId: 0, ...more });
    expect(make({})).toThrow(new RangeError('a function that raises has msi, msiX or both'));
    expect(make({ sourceId: 0x1_0000, msi: {} })).toThrow('sourceId is an integer from 0 to 0xffff, got 65536');
    expect(() => both().raise(4)).toThrow(new RangeError('message is an integer from 0 to 0x3, got 4'));
    expect(() => sourceIdBehind({ kind: 'pcie-to-pci', secondaryBus: 256 })).toThrow('secondaryBus is an integer');
    expect(() => sourceIdBehind({ kind: 'pci', sourceId: -1 })).toThrow('sourceId of the bridge is an integer');
  });
});
