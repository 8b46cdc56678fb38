import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFaultLog } from '../../src/logs/fault-log.ts';
import { faultInRecord } from '../../src/logs/fault-record.ts';
import type { LoggedFault } from '../../src/logs/logged-fault.ts';

const read = (address: bigint, reason: number, sourceId = 0x10): LoggedFault => ({
  kind: 'dma',
  printer: 'Linux',
  sourceId,
  access: 'read',
  address,
  reason,
});

/** Lines as each system prints them, and what they say. */
const LINES: readonly (readonly [name: string, log: string, said: LoggedFault])[] = [
  [
    'Linux since reasons are hexadecimal',
    '[  12.3] DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x70ad5000 [fault reason 0x07] Next page table ptr is invalid',
    read(0x70ad_5000n, 7),
  ],
  [
    'Linux, a write with PASID',
    'DMAR: [DMA Write PASID 0x2] Request device [6a:01.0] fault addr 0x7f00 [fault reason 0x71] SM: First-level entry not present',
    { ...read(0x7f00n, 0x71, 0x6a08), access: 'write', pasid: 2 },
  ],
  [
    'Linux, PASID behind the device, all ones for none, a decimal reason',
    'kernel: DMAR: [DMA Read] Request device [00:02.0] PASID ffffffff fault addr 70ad5000 [fault reason 07] Next page table',
    read(0x70ad_5000n, 7),
  ],
  [
    'Linux, a decimal reason of three digits',
    'DMAR: [DMA Write] Request device [03:00.1] PASID 5 fault addr 1000 [fault reason 113] unknown',
    { ...read(0x1000n, 0x71, 0x0301), access: 'write', pasid: 5 },
  ],
  [
    'Linux, reason on a line of its own',
    'DMAR:[DMA Write] Request device [0x00:0x1f.2] fault addr fff9c000 \nDMAR:[fault reason 05] PTE Write access is not set',
    { ...read(0xfff9_c000n, 5, 0xfa), access: 'write' },
  ],
  [
    'Linux, an interrupt request',
    'DMAR: [INTR-REMAP] Request device [f0:1f.7] fault index 0x1c [fault reason 0x22] Present field in the IRTE entry is clear',
    { kind: 'interrupt', printer: 'Linux', sourceId: 0xf0ff, index: 0x1c, reason: 0x22 },
  ],
  [
    'Linux, an interrupt request of old, in two lines and with two brackets',
    'INTR-REMAP: Request device [[00:1f.7] fault index 1c\nINTR-REMAP:[fault reason 38] Blocked an interrupt request due to source-id',
    { kind: 'interrupt', printer: 'Linux', sourceId: 0xff, index: 0x1c, reason: 0x26 },
  ],
  [
    'Xen',
    '(XEN) [VT-D]DMAR:[DMA Read] Request device [0000:00:02.0] fault addr ea0c4f000, iommu reg = ffff82c00021d000\n(XEN) [VT-D]DMAR: reason 0c - non-zero reserved fields in PTE',
    { ...read(0xea0c_4f000n, 0x0c), printer: 'Xen', segment: 0 },
  ],
  [
    'Xen, an interrupt request in another segment',
    '(XEN) [VT-D]INTR-REMAP: Request device [0001:f0:1f.0] fault index 7\n(XEN) [VT-D]INTR-REMAP: reason 22 - Present field in IRTE is clear',
    { kind: 'interrupt', printer: 'Xen', segment: 1, sourceId: 0xf0f8, index: 7, reason: 0x22 },
  ],
  [
    'FreeBSD',
    'DMAR0: <unknown dev>:pci0:2:0 sid 10 fault acc 1 adt 0x0 reason 0x6 addr b8000000',
    { ...read(0xb800_0000n, 6), printer: 'FreeBSD', type: 'untranslated' },
  ],
  [
    'FreeBSD, an interrupt request: bits 63:48 are the index',
    'DMAR1: vgapci0: pci0:2:0 sid 10 fault acc 0 adt 0x0 reason 0x26 addr 1c000000000000',
    { kind: 'interrupt', printer: 'FreeBSD', sourceId: 0x10, index: 0x1c, reason: 0x26 },
  ],
  [
    'QEMU, a trace event: the reason is decimal',
    '12@1700000000.5:vtd_dmar_fault sid 0xfa fault 12 addr 0xfffff000 write 1',
    { ...read(0xffff_f000n, 0x0c, 0xfa), printer: 'QEMU', access: 'write' },
  ],
];

describe('Lines of faults', () => {
  test.each(LINES)('%s', (_, log, fault) => {
    expect(readFaultLog(`before\n${log}\nafter`)).toMatchObject([{ fault, count: 1, firstLine: 2, lastLine: 2 }]);
    expect(readFaultLog(log)[0]!.fault).toEqual(fault);
  });

  test('the reason may come a few lines later, and not much later', () => {
    const first = 'DMAR:[DMA Read] Request device [00:02.0] fault addr b8000000';
    const second = 'DMAR:[fault reason 06] PTE Read access is not set';
    expect(readFaultLog([first, 'usb 1-1: reset', second].join('\n'))).toHaveLength(1);
    expect(readFaultLog([first, ...Array.from({ length: 10 }, () => 'usb'), second].join('\n'))).toEqual([]);
    expect(readFaultLog(second)).toEqual([]);
  });

  test('faults that differ in the address alone are one, with where they were', () => {
    const at = (address: string) =>
      `DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr ${address} [fault reason 0x06] PTE`;
    const log = [at('0x3000'), at('0x1000'), 'DMAR: DRHD: handling fault status reg 3', at('0x2000')].join('\n');
    expect(readFaultLog(log)).toEqual([
      { fault: read(0x3000n, 6), count: 3, firstLine: 1, lastLine: 4, lowest: 0x1000n, highest: 0x3000n },
    ]);
  });

  test('whatever stands in a log, it is read to its end', () => {
    const pieces = LINES.flatMap(([, log]) => log.split(/(?<=\W)/));
    const line = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        for (const { fault } of readFaultLog(lines.map((parts) => parts.join('')).join('\n'))) {
          expect(fault.sourceId).toBeLessThan(0x1_0000);
          expect(fault.reason).toBeLessThan(0x100);
        }
      }),
    );
  });
});

describe('Fault records, §11.4.7.6', () => {
  /** Words of the lower and the upper half. */
  const record = (low: bigint, high: bigint) => faultInRecord(new Uint32Array(BigUint64Array.of(low, high).buffer));

  test('a write without PASID', () => {
    expect(record(0x1234_5000n, (1n << 63n) | (0x84n << 32n) | 0xfan)).toEqual({
      kind: 'dma',
      printer: 'record',
      sourceId: 0xfa,
      access: 'write',
      type: 'untranslated',
      address: 0x1234_5000n,
      reason: 0x84,
    });
  });

  test('an atomic request with PASID 12345h, supervisor; a page request; a translated read', () => {
    const T1 = 1n << 62n;
    const T2 = 1n << 28n;
    const pasid = (0x1_2345n << 40n) | (1n << 31n) | (1n << 29n);
    expect(record(0n, T1 | T2 | pasid | (0x85n << 32n))).toMatchObject({
      access: 'atomic',
      pasid: 0x1_2345,
      privileged: true,
      execute: false,
    });
    expect(record(0n, T2 | (0x47n << 32n))).toMatchObject({ access: 'page request' });
    expect(record(0n, T1 | (2n << 60n) | (0x0dn << 32n))).toMatchObject({ access: 'read', type: 'translated' });
  });

  test('of an interrupt request FI is the index, in bits 63:48', () => {
    expect(record(0x001c_0000_0000_0000n, (0x26n << 32n) | 0xf0ffn)).toEqual({
      kind: 'interrupt',
      printer: 'record',
      sourceId: 0xf0ff,
      index: 0x1c,
      reason: 0x26,
    });
  });
});
