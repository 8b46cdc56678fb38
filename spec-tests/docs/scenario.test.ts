import { describe, expect, test } from 'vitest';
import {
  directAssignment,
  migrate,
  queuesWithPasids,
  singleRootVirtualization,
  sortedQueues,
} from '../../docs/examples/shared-adapter/ways.ts';

/** First VF Offset 80h and VF Stride 2 from 01:00.0 on: 0180h, 0182h, 0184h. */
const FUNCTIONS = ['01:10.0', '01:10.2', '01:10.4'];

describe('One adapter and several guests (`npm run scenario`)', () => {
  test('direct assignment: one guest has it, and reaches nobody else', () => {
    const { deliveries, attacks, interrupts, reach } = directAssignment();
    expect(deliveries).toEqual([{ guest: 'Anna', text: 'hello Anna', arrived: true }]);
    expect(reach).toEqual([{ requester: '01:00.0', guests: ['Anna'] }]);
    // Bruno's memory begins at 1 1000 0000h of the host, where Anna has nothing mapped: LGN.2, 05h, for a write.
    expect(attacks).toMatchObject([
      { blocked: true, unharmed: true, recorded: { sourceId: 0x0100, reason: 0x05, address: 0x1_1000_0000n } },
    ]);
    expect(interrupts).toMatchObject([{ outcome: { kind: 'delivered', vector: 0x31, destination: 1 } }]);
  });

  test('SR-IOV: each guest has a function, a domain and an interrupt of its own', () => {
    const { deliveries, sent, attacks, interrupts, reach } = singleRootVirtualization();
    expect(deliveries.map(({ guest, arrived }) => [guest, arrived])).toEqual([
      ['Anna', true],
      ['Bruno', true],
      ['Clara', true],
    ]);
    expect(sent).toEqual(['Anna', 'Bruno', 'Clara', 'Anna', 'Bruno', 'Clara']);
    expect(reach).toEqual(FUNCTIONS.map((requester, n) => ({ requester, guests: [['Anna', 'Bruno', 'Clara'][n]] })));
    expect(attacks).toMatchObject([
      { blocked: true, unharmed: true, recorded: { sourceId: 0x0182, reason: 0x05, address: 0x1_0000_0000n } },
    ]);
    expect(interrupts).toMatchObject([
      { outcome: { kind: 'delivered', vector: 0x31, destination: 1 } },
      { outcome: { kind: 'delivered', vector: 0x31, destination: 2 } },
      { outcome: { kind: 'posted', vector: 0x31, notification: { vector: 0xf2, destination: 3 } } },
      // §5.1.4: SID of the entry is another function's.
      { outcome: { kind: 'blocked', fault: { condition: { code: '26h' } } } },
    ]);
  });

  test('sorted queues with one source-id: the unit lets a guest write to another one', () => {
    const { deliveries, sent, attacks, reach } = sortedQueues();
    expect(deliveries.every(({ arrived }) => arrived)).toBe(true);
    expect(sent).toEqual(['Anna', 'Bruno', 'Clara', 'Anna', 'Bruno', 'Clara']);
    expect(reach).toEqual([{ requester: '01:00.0', guests: ['Anna', 'Bruno', 'Clara'] }]);
    expect(attacks).toMatchObject([{ blocked: false, unharmed: false, recorded: undefined }]);
  });

  test('a PASID for each queue: it is blocked, and the record names the PASID', () => {
    const { deliveries, sent, attacks, reach } = queuesWithPasids();
    expect(deliveries.every(({ arrived }) => arrived)).toBe(true);
    expect(sent).toEqual(['Anna', 'Bruno', 'Clara', 'Anna', 'Bruno', 'Clara']);
    expect(reach).toEqual(
      ['Anna', 'Bruno', 'Clara'].map((guest, n) => ({ requester: `01:00.0, PASID ${n + 1}`, guests: [guest] })),
    );
    // SSS.2: the second stage gives no permission.
    expect(attacks).toMatchObject([
      {
        blocked: true,
        unharmed: true,
        recorded: { sourceId: 0x0100, pasid: 2, reason: 0x79, address: 0x1_0000_0000n },
      },
    ]);
  });

  test('a guest migrates: its tables change, and after the invalidation no stale answer is left', () => {
    const { staleBefore, findings, after, findingsAfter } = migrate(singleRootVirtualization());
    expect(staleBefore).toBe(true);
    // The smallest that would have done: the page of the buffer, in Anna's domain, its leaf alone.
    expect(findings).toEqual(['iotlb_inv page DID=0x1 ADDR=0x10000 AM=0 IH=1']);
    expect(after.map(({ guest, arrived }) => [guest, arrived])).toEqual([
      ['Anna', true],
      ['Bruno', true],
      ['Clara', true],
    ]);
    expect(findingsAfter).toBe(0);
  });
});
