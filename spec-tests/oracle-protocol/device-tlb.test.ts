import { describe, expect, test } from 'vitest';
import { type Peer, REGISTER, translatingPeer } from './peer.ts';

const [SOURCE, OTHER] = ['00:06.0', '00:07.0'];
const STATUS = '0x9000';

/** A queue at 8000h: two Device-TLB invalidations for 00:06.0, and a wait that writes C0FFEEh at 9000h. */
function peerWithQueue(deviceTlbCompletion: 'at-once' | 'asked'): Peer {
  const peer = translatingPeer({ choices: { deviceTlbCompletion } });
  const invalidation = '030000003000000000504523'.padEnd(32, '0');
  const wait = `25000000eeffc000${'0090'.padEnd(16, '0')}`;
  peer.ask('memory.write', { address: '0x8000', data: invalidation + invalidation + wait });
  peer.ask('register.write', { offset: '0x90', width: 64, value: '0x8000' });
  peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x84000000' });
  peer.ask('register.write', { offset: '0x88', width: 64, value: '0x30' });
  return peer;
}

const statusOf = (peer: Peer) => peer.ask('memory.read', { address: STATUS, length: 4 }).data;
const faultsOf = (peer: Peer) => peer.ask('register.read', { offset: REGISTER.FSTS, width: 32 }).value;
const tagsOf = (peer: Peer) => (peer.ask('events.take').events as { tag: number }[]).map(({ tag }) => tag);

const nothing = (source: string) => ({
  code: -32000,
  message: `no Device-TLB invalidation waits for ${source}`,
});

describe('deviceTlb.complete', () => {
  test('completes what the ITag names, and with the last one the wait behind', () => {
    const peer = peerWithQueue('asked');
    expect(peer.ask('events.take')).toEqual({
      events: [0, 1].map((tag) => ({
        kind: 'device-tlb-invalidation',
        source: SOURCE,
        tag,
        address: '0x23455000',
        size: '0x1000',
        global: false,
      })),
    });
    expect(peer.ask('deviceTlb.complete', { source: SOURCE, tag: 1 })).toEqual({});
    expect(statusOf(peer)).toBe('00000000');
    expect(peer.ask('deviceTlb.complete', { source: SOURCE, tag: 0 })).toEqual({});
    expect(statusOf(peer)).toBe('eeffc000');
    expect(faultsOf(peer)).toBe('0x0');
  });

  test('without an ITag it completes the oldest, until there is none', () => {
    const peer = peerWithQueue('asked');
    expect(peer.refusal('deviceTlb.complete', { source: OTHER })).toEqual(nothing(OTHER));
    peer.ask('deviceTlb.complete', { source: SOURCE });
    peer.ask('deviceTlb.complete', { source: SOURCE });
    expect(statusOf(peer)).toBe('eeffc000');
    expect(peer.refusal('deviceTlb.complete', { source: SOURCE })).toEqual(nothing(SOURCE));
    expect(faultsOf(peer)).toBe('0x0');
  });

  test('an ITag that the endpoint does not have sets ICE', () => {
    const peer = peerWithQueue('asked');
    expect(peer.ask('deviceTlb.complete', { source: OTHER, tag: 0 })).toEqual({});
    expect(faultsOf(peer)).toBe('0x20');
    expect(peer.ask('register.read', { offset: '0xb0', width: 64 })).toEqual({ value: '0x38000000000000' });
  });

  test('while translation is off nothing happens', () => {
    const peer = peerWithQueue('asked');
    peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x4000000' });
    peer.ask('deviceTlb.complete', { source: SOURCE });
    peer.ask('deviceTlb.complete', { source: OTHER, tag: 3 });
    expect(peer.session.unit.deviceTlbTags(0x30)).toEqual([0, 1]);
    expect(faultsOf(peer)).toBe('0x0');
  });

  test('by default nothing is pending: every ITag is 0, and the wait is complete', () => {
    const peer = peerWithQueue('at-once');
    expect(tagsOf(peer)).toEqual([0, 0]);
    expect(statusOf(peer)).toBe('eeffc000');
    expect(peer.refusal('deviceTlb.complete', { source: SOURCE })).toEqual(nothing(SOURCE));
    expect(peer.refusal('deviceTlb.timeout', { source: SOURCE })).toEqual(nothing(SOURCE));
  });
});

describe('deviceTlb.timeout', () => {
  test('sets ITE and aborts the wait; with ITE cleared the queue goes on', () => {
    const peer = peerWithQueue('asked');
    expect(peer.refusal('deviceTlb.timeout', { source: OTHER })).toEqual(nothing(OTHER));
    expect(peer.ask('deviceTlb.timeout', { source: SOURCE })).toEqual({});
    expect(faultsOf(peer)).toBe('0x40');
    expect(peer.ask('register.read', { offset: '0xb0', width: 64 })).toEqual({ value: '0x3000000000' });
    expect(peer.refusal('deviceTlb.timeout', { source: SOURCE })).toEqual(nothing(SOURCE));
    peer.ask('register.write', { offset: '0x88', width: 64, value: '0x10' });
    peer.ask('register.write', { offset: REGISTER.FSTS, width: 32, value: '0x40' });
    expect([statusOf(peer), faultsOf(peer)]).toEqual(['00000000', '0x10']);
  });

  test('what it was behind may still be stale, as `permitted` says (A36)', () => {
    const peer = translatingPeer({ choices: { deviceTlbCompletion: 'asked' } });
    const request = { source: '00:05.0', address: '0x12345678', access: 'read' };
    const before = peer.ask('dma', request);
    peer.ask('memory.write', { address: '0x6a28', data: '0190000000000000' });
    // dev_tlb_inv_dsc, iotlb_inv_dsc (global), inv_wait_dsc.
    const queue = ['03000000300000000050452300000000', '12'.padEnd(32, '0'), '05'.padEnd(32, '0')].join('');
    peer.ask('memory.write', { address: '0x8000', data: queue + '05'.padEnd(32, '0') });
    peer.ask('register.write', { offset: '0x90', width: 64, value: '0x8000' });
    peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x84000000' });
    peer.ask('register.write', { offset: '0x88', width: 64, value: '0x30' });
    peer.ask('deviceTlb.timeout', { source: SOURCE });
    peer.ask('register.write', { offset: REGISTER.FSTS, width: 32, value: '0x40' });
    peer.ask('register.write', { offset: '0x88', width: 64, value: '0x40' });
    expect(peer.ask('permitted', { method: 'dma', request, observed: before })).toMatchObject({ class: 'stale' });
  });
});
