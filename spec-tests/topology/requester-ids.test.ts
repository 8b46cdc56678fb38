import { describe, expect, test } from 'vitest';
import type { BridgeFacts, FunctionFacts } from '../../src/acpi/index.ts';
import { dmaRequest } from '../../src/index.ts';
import { assignableInterfaces, phantomFunctionIds, requesterIds, virtualFunctions } from '../../src/topology/index.ts';

const bridge = (sourceId: number, kind: BridgeFacts['kind'], secondaryBus: number, subordinateBus = secondaryBus) => ({
  sourceId,
  bridge: { kind, secondaryBus, subordinateBus },
});

describe('Requester-ids', () => {
  test('behind ports alone a function has its own', () => {
    const functions = [bridge(0x00e0, 'pcie', 1, 2), bridge(0x0100, 'pcie', 2)];
    expect(requesterIds({ sourceId: 0x0218 }, functions)).toEqual([0x0218]);
  });

  test('behind a bridge to PCI its own, or that of the secondary bus (§3.12.1)', () => {
    const functions = [bridge(0x00e0, 'pcie', 1, 2), bridge(0x0100, 'pcie-to-pci', 2)];
    expect(requesterIds({ sourceId: 0x0218 }, functions)).toEqual([0x0218, 0x0200]);
    expect(requesterIds({ sourceId: 0x0200 }, functions)).toEqual([0x0200]);
  });

  test('behind a bridge between PCI buses that of the bridge (§3.12.2)', () => {
    const functions = [bridge(0x00f0, 'pci', 4)];
    expect(requesterIds({ sourceId: 0x0408 }, functions)).toEqual([0x00f0]);
  });

  test('behind both that of the inner bridge, or that of the bus behind the outer one', () => {
    const functions = [bridge(0x00f0, 'pcie-to-pci', 4, 5), bridge(0x0410, 'pci', 5)];
    expect(requesterIds({ sourceId: 0x0508 }, functions)).toEqual([0x0410, 0x0400]);
  });

  test('behind two between PCI buses that of the outer one', () => {
    const functions = [bridge(0x00f0, 'pci', 4, 5), bridge(0x0410, 'pci', 5)];
    expect(requesterIds({ sourceId: 0x0508 }, functions)).toEqual([0x00f0]);
  });

  test('bridges of another segment give no name', () => {
    const functions: FunctionFacts[] = [{ ...bridge(0x00f0, 'pci', 4), segment: 1 }];
    expect(requesterIds({ sourceId: 0x0408 }, functions)).toEqual([0x0408]);
    expect(requesterIds({ sourceId: 0x0408, segment: 1 }, functions)).toEqual([0x00f0]);
  });

  test('phantom functions keep theirs, and lose them at the same bridges', () => {
    const device = { sourceId: 0x0401, phantomBits: 1 };
    expect(requesterIds(device, [])).toEqual([0x0401, 0x0405]);
    expect(requesterIds(device, [bridge(0x00f0, 'pcie-to-pci', 4)])).toEqual([0x0401, 0x0405, 0x0400]);
    expect(requesterIds(device, [bridge(0x00f0, 'pci', 4)])).toEqual([0x00f0]);
  });

  test.each<[number, number, readonly number[]]>([
    [0, 0x0028, [0x0028]],
    [1, 0x002b, [0x002b, 0x002f]],
    [2, 0x0029, [0x0029, 0x002b, 0x002d, 0x002f]],
    [3, 0x0028, [0x0028, 0x0029, 0x002a, 0x002b, 0x002c, 0x002d, 0x002e, 0x002f]],
  ])('with %i phantom bits (§3.12.5)', (phantomBits, sourceId, ids) => {
    expect(phantomFunctionIds({ sourceId, phantomBits })).toEqual(ids);
  });

  test('a function that has a phantom bit in its number is refused', () => {
    expect(() => phantomFunctionIds({ sourceId: 0x002c, phantomBits: 1 })).toThrow(
      new RangeError('with phantomBits 1 a device has functions 0 to 3, this is 4'),
    );
    expect(() => phantomFunctionIds({ sourceId: 0, phantomBits: 4 })).toThrow(
      'phantomBits is an integer from 0 to 0x3',
    );
  });
});

describe('Virtual functions (§3.12.6)', () => {
  const idsOf = (...args: Parameters<typeof virtualFunctions>) =>
    virtualFunctions(...args).map(({ sourceId }) => sourceId);

  test('First VF Offset, then VF Stride', () => {
    expect(idsOf({ sourceId: 0x0300 }, { firstOffset: 0x80, stride: 2, count: 3 })).toEqual([0x0380, 0x0382, 0x0384]);
  });

  test('go over to the buses behind', () => {
    const ids = idsOf({ sourceId: 0x0300 }, { firstOffset: 0x80, stride: 0x40, count: 5 });
    expect(ids).toEqual([0x0380, 0x03c0, 0x0400, 0x0440, 0x0480]);
  });

  test('an offset of a whole bus', () => {
    expect(idsOf({ sourceId: 0x0301 }, { firstOffset: 0x100, stride: 1, count: 2 })).toEqual([0x0401, 0x0402]);
  });

  test('know their segment and their physical function', () => {
    expect(virtualFunctions({ segment: 2, sourceId: 0x0300 }, { firstOffset: 1, stride: 0, count: 1 })).toEqual([
      { segment: 2, sourceId: 0x0301, physicalFunction: 0x0300 },
    ]);
  });

  test('two with one source-id are refused', () => {
    const says = '2 virtual functions with offset 1 and stride 0 do not all have a source-id of their own';
    expect(() => idsOf({ sourceId: 0 }, { firstOffset: 1, stride: 0, count: 2 })).toThrow(new RangeError(says));
    expect(() => idsOf({ sourceId: 0 }, { firstOffset: 0x8000, stride: 0x8000, count: 2 })).toThrow(RangeError);
    expect(() => idsOf({ sourceId: 0 }, { firstOffset: 0, stride: 1, count: 1 })).toThrow(
      'firstOffset is an integer from 1',
    );
  });
});

describe('Assignable device interfaces (§3.12.7)', () => {
  test('have the source-id of the function, and a PASID each, which requests carry', () => {
    const [first, second] = assignableInterfaces({ sourceId: 0x0300 }, [5, 0xf_ffff]);
    expect([first, second]).toEqual([
      { sourceId: 0x0300, pasid: 5 },
      { sourceId: 0x0300, pasid: 0xf_ffff },
    ]);
    expect(dmaRequest({ ...first!, address: 0n, access: 'read' })).toMatchObject({ sourceId: 0x0300, pasid: 5 });
  });

  test('a PASID twice, or one too wide, is refused', () => {
    expect(() => assignableInterfaces({ sourceId: 0 }, [5, 6, 5])).toThrow(
      new RangeError('each interface has a PASID of its own, 5 is there twice'),
    );
    expect(() => assignableInterfaces({ sourceId: 0 }, [0x10_0000])).toThrow('pasid is an integer from 0 to 0xfffff');
  });
});
