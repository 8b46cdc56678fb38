import { describe, expect, test } from 'vitest';
import { lessAndLess, optionsFor, optionsText, readOptions } from '../../src/adapters/qemu/machine-options.ts';
import { pointersIn, pointersOf } from '../../src/adapters/qemu/pointers.ts';
import { hear } from '../../src/adapters/qemu/trace.ts';

describe("What QEMU's trace says", () => {
  test('a translation: from where to where, and the rights of what answered in the IOTLB', () => {
    const { translated, rights } = hear([
      'vtd_iotlb_page_hit IOTLB page hit sid 0x28 iova 0x12345128 slpte 0x2000001 domain 0x1',
      '4242@1700000000.000001:vtd_dmar_translate dev 00:05.00 iova 0x12345000 -> gpa 0x2000000 mask 0xfff',
    ]);
    expect(translated).toEqual([{ from: 0x12345000n, to: 0x2000000n, mask: 0xfffn }]);
    expect(rights).toEqual([1]);
  });

  test('an interrupt request: its data, and as what it went on', () => {
    const { asked, delivered } = hear([
      'vtd_ir_remap_msi_req addr 0xfee00070 data 0x5',
      'vtd_ir_remap_msi (addr 0xfee00070, data 0x5) -> (addr 0xfee01000, data 0x4035)',
    ]);
    expect(asked).toBe(5n);
    expect(delivered).toEqual({ address: 0xfee01000n, data: 0x4035n });
  });

  test('messages of the unit: what came before tells fault events from invalidation events', () => {
    const lines = ['vtd_irq_generate addr 0xfee00000 data 0x31'];
    expect(hear(['vtd_dmar_fault sid 0x28 fault 5 addr 0x0 write 1', ...lines]).events).toEqual([
      { kind: 'fault-event', address: '0xfee00000', data: '0x31' },
    ]);
    expect(hear(['vtd_inv_desc_wait_irq Not implemented', ...lines]).events).toEqual([
      { kind: 'invalidation-event', address: '0xfee00000', data: '0x31' },
    ]);
  });

  test('whether requests of a device go to the unit: the last word counts', () => {
    const line = 'vtd_switch_address_space Device 3a:15.6 switching address space (iommu enabled=';
    expect(hear([`${line}1)`, `${line}0)`]).remapped).toEqual(new Map([[0x3aae, false]]));
  });
});

describe('Options of the unit', () => {
  const of72 = new Set(['aw-bits', 'caching-mode', 'device-iotlb', 'dma-drain', 'eim', 'intremap', 'pt']);
  const known = new Set([...of72, 'snoop-control', 'x-buggy-eim', 'x-pasid-mode', 'x-scalable-mode']);

  test('nothing asked: interrupt remapping and 48 bits', () => {
    expect(optionsText(optionsFor({}, known))).toBe('aw-bits=48,intremap=on');
  });

  test('capabilities are turned into options, by the names that this QEMU has', () => {
    const asked = { capabilities: 0xd2008c22260286n, extendedCapabilities: 0x80000f00f5en };
    expect(optionsText(optionsFor(asked, known))).toBe(
      'aw-bits=39,caching-mode=on,device-iotlb=on,dma-drain=on,eim=on,intremap=on,pt=on,snoop-control=off,' +
        'x-buggy-eim=on,x-pasid-mode=off,x-scalable-mode=on',
    );
    expect(optionsFor(asked, new Set(['scalable-mode', 'fsts']))).toEqual({
      intremap: 'on',
      'aw-bits': '39',
      'scalable-mode': 'on',
      fsts: 'off',
    });
  });

  test('what QEMU may refuse is given up one after the other', () => {
    const all = [...lessAndLess({ 'device-iotlb': 'on', 'x-pasid-mode': 'on', eim: 'off' })].map(optionsText);
    expect(all).toEqual([
      'device-iotlb=on,eim=off,x-pasid-mode=on',
      'device-iotlb=on,eim=off,x-pasid-mode=off',
      'device-iotlb=off,eim=off,x-pasid-mode=off',
    ]);
  });

  test('options of the command line are names and values', () => {
    expect(readOptions('aw-bits=39,caching-mode=on')).toEqual({ 'aw-bits': '39', 'caching-mode': 'on' });
    expect(() => readOptions('caching-mode')).toThrow('an option is written name=value, got "caching-mode"');
  });
});

describe('Where memory has to be', () => {
  test('each qword may be an entry that points to a page', () => {
    const qwords = new Uint8Array(new BigUint64Array([0x8000_1234_5678_9003n, 0xfffn]).buffer);
    expect([...pointersIn(qwords)]).toEqual([0x1234_5678_9000n]);
  });

  test('a table that reaches over a boundary of 2 MiB needs memory on both sides', () => {
    expect([...pointersOf(0x90, 0x1f_f001n)]).toEqual([0x1f_f000n, 0x20_0000n]);
    expect([...pointersOf(0xb8, 0x1f_f00en)]).toEqual([0x1f_f000n, 0x20_0000n]);
    expect([...pointersOf(0x20, 0x1f_f000n)]).toEqual([0x1f_f000n]);
    expect([...pointersOf(0x28, 0x1f_f000n)]).toEqual([]);
  });
});
