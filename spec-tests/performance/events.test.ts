import { describe, expect, test } from 'vitest';
import accessedDirty from '../../fixtures/dma-remapping/scalable-mode/accessed-dirty.json' with { type: 'json' };
import hostPermissions from '../../fixtures/dma-remapping/scalable-mode/host-permission-walk.json' with {
  type: 'json',
};
import memoryTypes from '../../fixtures/dma-remapping/scalable-mode/memory-type.json' with { type: 'json' };
import posted from '../../fixtures/interrupt-remapping/posted-entry.json' with { type: 'json' };
import pageRequests from '../../fixtures/page-requests/queue.json' with { type: 'json' };
import counting from '../../fixtures/performance/counting.json' with { type: 'json' };
import { dmaRequest } from '../../src/index.ts';
import { newTranslation } from '../../src/messages/translation.ts';
import { Judge } from '../../src/permitted/judge.ts';
import { NOT_COUNTED } from '../../src/platform/register-contradictions.ts';
import { EVENT } from '../../src/registers/performance-events.ts';
import type { VectorFile } from '../../src/vectors/types.ts';
import { CountedBench } from './counted-bench.ts';

const groupOf = (file: unknown) => (file as VectorFile).groups[0]!;
/** 00:01.0 in legacy mode: root, context, SS-PML4E and a page of 1 GiB; a second one stands beside it. */
const legacy = (caches: 'none' | 'full', choices = {}) => {
  const bench = new CountedBench(groupOf(counting), caches, choices);
  bench.write({ at: '0x13008', qwords: ['0x0000000040000083'] });
  return bench;
};
const FIRST = 0x5a_5000n;
const SECOND = 0x4000_5000n;
const read = (counters: readonly (() => number)[]) => counters.map((value) => value());

describe('Look-ups, hits and reads of a request (§6.2.7, §10.7)', () => {
  test('legacy mode: a miss everywhere, a hit in the IOTLB, then hits in the other caches', () => {
    const bench = legacy('full');
    const counters = [
      bench.count('IOTLB_LOOKUP'),
      bench.count('IOTLB_HIT'),
      bench.count('CTXT_CACHE_LOOKUP'),
      bench.count('CTXT_CACHE_HIT'),
      bench.count('SS_NONLEAF_LOOKUP'),
      bench.count('SS_NONLEAF_HIT'),
      bench.count('IOMMU_MRDS'),
    ];
    bench.dma('00:01.0', FIRST);
    expect(read(counters)).toEqual([1, 0, 1, 0, 1, 0, 4]);
    bench.dma('00:01.0', FIRST);
    expect(read(counters)).toEqual([2, 1, 1, 0, 1, 0, 4]);
    bench.dma('00:01.0', SECOND);
    expect(read(counters)).toEqual([3, 1, 2, 1, 2, 1, 5]);
  });

  test('a unit without caches looks nothing up, and reads four entries for each request', () => {
    const bench = legacy('none');
    const counters = [bench.count('IOTLB_LOOKUP'), bench.count('CTXT_CACHE_LOOKUP'), bench.count('IOMMU_MRDS')];
    bench.dma('00:01.0', FIRST);
    bench.dma('00:01.0', FIRST);
    expect(read(counters)).toEqual([0, 0, 8]);
  });

  test('several events of a counter add up (10.2-R1)', () => {
    const bench = legacy('full');
    const both = bench.count(['IOTLB_LOOKUP', 'IOTLB_HIT']);
    bench.dma('00:01.0', FIRST);
    bench.dma('00:01.0', FIRST);
    expect(both()).toBe(3);
  });

  test('the level of an IOTLB entry is that of its page, 1 GiB being bit 2 (11.4.13-R3)', () => {
    const bench = legacy('full');
    const counters = [1, 2, 4, 0x1f].map((PTL) => bench.count('IOTLB_HIT', { PTL }));
    for (let n = 0; n < 3; n++) bench.dma('00:01.0', FIRST);
    expect(read(counters)).toEqual([0, 0, 2, 2]);
  });

  test('the level of a paging-structure entry is its own, a PML4E being bit 3 (11.4.13-R3)', () => {
    const bench = legacy('full');
    const counters = [1, 2, 4, 8, 16].map((PTL) => bench.count('SS_NONLEAF_HIT', { PTL }));
    bench.dma('00:01.0', FIRST);
    bench.dma('00:01.0', SECOND);
    expect(read(counters)).toEqual([0, 0, 0, 1, 0]);
  });

  test('with all pairs the domain of an entry can be asked for (10.7-G2)', () => {
    const bench = legacy('full', { performanceFilterPairs: 'all' });
    const counters = [1, 2].map((DID) => bench.count('IOTLB_HIT', { DID }));
    bench.dma('00:01.0', FIRST);
    bench.dma('00:01.0', FIRST);
    expect(read(counters)).toEqual([1, 0]);
  });

  test('scalable mode: PASID-cache, and the first-stage paging-structure cache by its PDE', () => {
    const bench = new CountedBench(groupOf(memoryTypes), 'full');
    const counters = [
      bench.count('PASID_CACHE_LOOKUP'),
      bench.count('PASID_CACHE_HIT'),
      bench.count('FS_NONLEAF_LOOKUP'),
      bench.count('FS_NONLEAF_HIT'),
      bench.count('FS_NONLEAF_HIT', { PTL: 0b00010 }),
      bench.count('FS_NONLEAF_HIT', { PTL: 0b11101 }),
      bench.count('SS_NONLEAF_LOOKUP'),
      bench.count('IOMMU_MRDS'),
    ];
    bench.dma('3a:15.6', 0x52ec_9a76_49b8n);
    expect(read(counters)).toEqual([1, 0, 1, 0, 0, 0, 0, 8]);
    bench.dma('3a:15.6', 0x52ec_9a76_59b8n);
    expect(read(counters)).toEqual([2, 1, 2, 1, 1, 0, 0, 9]);
  });
});

test('accessed and dirty flags: each entry that is updated counts once (3.6.2-R2)', () => {
  const bench = new CountedBench(groupOf(accessedDirty), 'none');
  const counters = [bench.count('IOMMU_ATOMIC_AD_UPDATE'), bench.count('IOMMU_MRDS')];
  bench.dma('3a:15.6', 0x52ec_9a76_49b8n);
  expect(read(counters)).toEqual([4, 8]);
  bench.dma('3a:15.6', 0x52ec_9a76_49b8n);
  expect(read(counters)).toEqual([4, 16]);
  bench.dma('3a:15.6', 0x52ec_9a76_49b8n, { access: 'write' });
  expect(read(counters)).toEqual([5, 24]);
});

test('interrupt entries: hits on posted and on remapped ones; a descriptor is updated and not read (§5.2.3, §6.4)', () => {
  const bench = new CountedBench(groupOf(posted), 'full');
  // Entry 45h is posted, entry 46h remapped.
  bench.write({ at: '0x2f5b09c6e450', qwords: ['0xe9b7a34000508001', '0x000015d200000000'] });
  bench.write({ at: '0x2f5b09c6e460', qwords: ['0x0000120000500001', '0x0000000000000000'] });
  const counters = [
    bench.count('INT_CACHE_LOOKUP'),
    bench.count('INT_CACHE_HIT_POSTED'),
    bench.count('INT_CACHE_HIT_NONPOSTED'),
    bench.count('IOMMU_MRDS'),
    bench.count('IOMMU_ATOMIC_AD_UPDATE'),
    bench.count('IOMMU_REQUESTS'),
  ];
  expect(bench.interrupt('3a:0b.5', 0xfee0_08b0n).kind).toBe('posted');
  expect(bench.interrupt('3a:0b.5', 0xfee0_08d0n).kind).toBe('delivered');
  expect(read(counters)).toEqual([2, 0, 0, 2, 0, 0]);
  bench.interrupt('3a:0b.5', 0xfee0_08b0n);
  bench.interrupt('3a:0b.5', 0xfee0_08d0n);
  expect(read(counters)).toEqual([4, 1, 1, 2, 0, 0]);
  // One that comes as a write to memory is a request as well.
  bench.dma('3a:0b.5', 0xfee0_08d0n, { access: 'write' });
  expect(read(counters)).toEqual([5, 1, 2, 2, 0, 1]);
});

describe('Host permissions (§6.2.6, §10.7)', () => {
  const ALLOWED = 0x1b3f_5a7c_9008n;
  /** 32 pages further on: the next HPTL1E of the same table. */
  const NEXT = 0x1b3f_5a7e_9008n;
  const translated = { type: 'translated' } as const;

  test('leaf part and paging part, an HPTL2E being bit 1', () => {
    const bench = new CountedBench(groupOf(hostPermissions), 'full');
    const counters = [
      bench.count('HPT_LEAF_LOOKUP'),
      bench.count('HPT_LEAF_HIT'),
      bench.count('HPT_NONLEAF_LOOKUP'),
      bench.count('HPT_NONLEAF_LOOKUP', { AT: 0b00100 }),
      bench.count('HPT_NONLEAF_LOOKUP', { AT: 0b11011 }),
      bench.count('HPT_NONLEAF_HIT', { PTL: 0b00010 }),
      bench.count('HPT_NONLEAF_HIT', { AT: 0b00100, PTL: 0b11101 }),
    ];
    expect(bench.dma('6e:0b.5', ALLOWED, translated).kind).toBe('completed');
    bench.dma('6e:0b.5', ALLOWED, translated);
    expect(read(counters)).toEqual([2, 1, 1, 1, 0, 0, 0]);
    bench.dma('6e:0b.5', NEXT, translated);
    expect(read(counters)).toEqual([3, 1, 2, 2, 0, 1, 0]);
  });
});

test('host permissions that a translation request looks for are those of a prefetch, AT bit 4 (11.4.13.19)', () => {
  const bench = new CountedBench(groupOf(hostPermissions), 'full');
  const counters = [
    bench.count('HPT_NONLEAF_LOOKUP', { AT: 0b10000 }),
    bench.count('HPT_NONLEAF_LOOKUP', { AT: 0b01111 }),
    bench.count('IOMMU_REQUESTS', { AT: 0b00010 }),
    bench.count('HPT_LEAF_LOOKUP'),
    bench.count('HPT_LEAF_HIT'),
  ];
  expect(bench.dma('6e:0b.5', 0x1b3f_5a7c_9000n, { type: 'translation', length: 8 }).kind).toBe('translation');
  expect(read(counters)).toEqual([1, 0, 1, 0, 0]);
  bench.dma('6e:0b.5', 0x1b3f_5a7c_9008n, { type: 'translated' });
  expect(read(counters)).toEqual([1, 0, 1, 1, 1]);
});

describe('What is no request, or only looks on', () => {
  test('a descriptor of the queue is a read of memory', () => {
    const bench = legacy('full');
    const reads = bench.count('IOMMU_MRDS');
    bench.write({ at: '0x20000', qwords: ['0x0000000000000012', '0x0', '0x0000000000000012', '0x0'] });
    bench.unit.writeRegister(0x90, 64, 0x2_0000n);
    bench.unit.writeRegister(0x18, 32, 0x8400_0000n);
    bench.unit.writeRegister(0x88, 64, 0x20n);
    expect([bench.unit.readRegister(0x80, 64), reads()]).toEqual([0x20n, 2]);
  });

  test('a request that crosses a page is one request', () => {
    const bench = legacy('none');
    const counters = [bench.count('IOMMU_REQUESTS'), bench.count('IOMMU_MRDS')];
    bench.dma('00:01.0', 0x5_5ffcn, { length: 8 });
    expect(read(counters)).toEqual([1, 8]);
  });

  test('explain, translate and the judge count nothing', () => {
    const bench = legacy('full');
    const judge = new Judge(bench.unit);
    const counters = [bench.count('IOMMU_REQUESTS'), bench.count('IOTLB_LOOKUP'), bench.count('IOMMU_MRDS')];
    const request = dmaRequest({ sourceId: 8, address: FIRST, access: 'read' });
    bench.unit.explain(request);
    bench.unit.translate(request, newTranslation());
    expect(read(counters)).toEqual([0, 0, 0]);
    judge.dma(request);
    // The translation above is in the IOTLB.
    expect(read(counters)).toEqual([1, 1, 0]);
  });

  test('what is counted is answered as it is otherwise', () => {
    const [counted, plain] = [legacy('full'), legacy('full')];
    counted.count('IOMMU_REQUESTS');
    for (const bench of [counted, plain]) bench.unit.writeRegister(0x38, 32, 0n);
    for (const [source, address] of [
      ['00:01.0', FIRST],
      ['00:01.0', SECOND],
      ['00:01.0', 0x8000_0000n],
      ['00:02.0', FIRST],
    ] as const) {
      expect(counted.dma(source, address)).toEqual(plain.dma(source, address));
    }
    for (const offset of [0x34, 0x220, 0x228]) {
      expect(counted.unit.readRegister(offset, 32)).toBe(plain.unit.readRegister(offset, 32));
    }
  });
});

test('page requests: those that were queued, and responses because the queue was full (§7.4.1, Table 49)', () => {
  const bench = new CountedBench(groupOf(pageRequests), 'none');
  const counters = [
    bench.count('PG_REQ_POSTED'),
    bench.count('PG_REQ_OVERFLOW'),
    bench.count('IOMMU_REQUESTS'),
    bench.count('IOMMU_MRDS'),
  ];
  // 7.4.1-R1: 127 of 128 entries are used. Root, context, directory and PASID table are read for each.
  for (let n = 0; n < 127; n++) bench.pageRequest('2d:13.4', 7059);
  expect(read(counters)).toEqual([127, 0, 0, 4 * 127]);
  // The first meets a full queue, the second PRO.
  for (let n = 0; n < 2; n++) bench.pageRequest('2d:13.4', 7059);
  expect(read(counters)).toEqual([127, 2, 0, 4 * 129]);
  // 2d:13.5 has no context entry: blocked, and neither.
  bench.pageRequest('2d:13.5', 7059);
  expect(read(counters).slice(0, 2)).toEqual([127, 2]);
});

test('every event of Table 49 is counted here, or is one that a unit cannot be told to have', () => {
  expect(Object.values(EVENT)).toHaveLength(28);
  const bench = legacy('none');
  for (const event of Object.values(EVENT)) {
    const count = () => new CountedBench(groupOf(counting), 'none').count(event.mnemonic as keyof typeof EVENT);
    if (NOT_COUNTED.has(event)) expect(count, event.mnemonic).toThrow('cannot be counted');
    else expect(count(), event.mnemonic).toBeTypeOf('function');
  }
  expect(bench.count('IOMMU_REQUESTS')()).toBe(0);
});
