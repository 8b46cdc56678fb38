import { beforeEach, describe, expect, test } from 'vitest';
import { OLD_UNIT, Peer } from './peer.ts';
import { pageRequestTextPeer } from './text-peer.ts';

const REQUEST = { source: '00:03.0', address: '0x70000000', group: 0x155, last: true, read: true };

let peer: Peer;
beforeEach(() => {
  peer = new Peer(pageRequestTextPeer().session);
});

describe('pageRequest', () => {
  test('queued: the descriptor, the tail, the status and the event', () => {
    expect(peer.ask('pageRequest', { ...REQUEST, pasid: 5, privileged: true })).toEqual({ outcome: 'queued' });
    // Type, PP, RID 18h, PASID 5 with PMR (bit 53); RDR, LPIG and PRGI (AADh), then the page.
    expect(peer.ask('memory.read', { address: '0x8000', length: 16 })).toEqual({
      data: '0101180005002000ad0a007000000000',
    });
    expect(peer.ask('register.read', { offset: '0xc8', width: 64 })).toEqual({ value: '0x20' });
    expect(peer.ask('register.read', { offset: '0xdc', width: 32 })).toEqual({ value: '0x1' });
    expect(peer.ask('events.take')).toEqual({
      events: [{ kind: 'page-request-event', address: '0xfee02000', data: '0x53' }],
    });
  });

  test('answered: with the response, the fault if there is one, and the message among the events', () => {
    const fault = { condition: 'SCT.8', reason: '0x47', qualified: true, recorded: true };
    expect(peer.ask('pageRequest', { ...REQUEST, source: '00:04.0', pasid: 5 })).toEqual({
      outcome: 'answered',
      response: { code: 'invalid-request', group: 0x155 },
      fault,
    });
    peer.ask('register.write', { offset: '0xc0', width: 64, value: '0x20' });
    expect(peer.ask('pageRequest', REQUEST)).toEqual({
      outcome: 'answered',
      response: { code: 'success', group: 0x155 },
    });
    expect(peer.ask('events.take')).toEqual({
      events: [
        { kind: 'page-group-response', source: '00:04.0', group: 0x155, code: 1, pasid: 5 },
        { kind: 'page-request-event', address: '0xfee02000', data: '0x53' },
        { kind: 'page-group-response', source: '00:03.0', group: 0x155, code: 0 },
      ],
    });
  });

  test('dropped: what is not the last of its group, and a Stop Marker', () => {
    peer.ask('register.write', { offset: '0xc0', width: 64, value: '0x20' });
    const marker = { ...REQUEST, pasid: 5, read: false };
    expect(peer.ask('pageRequest', marker)).toEqual({ outcome: 'dropped' });
    expect(peer.ask('register.read', { offset: '0xdc', width: 32 })).toEqual({ value: '0x0' });
    expect(peer.ask('pageRequest', { ...REQUEST, last: false })).toEqual({ outcome: 'dropped' });
    expect(peer.ask('register.read', { offset: '0xdc', width: 32 })).toEqual({ value: '0x2' });
  });

  test('a unit without page requests, and one without translation', () => {
    peer.ask('register.write', { offset: '0x18', width: 32, value: '0x0' });
    expect(peer.ask('pageRequest', REQUEST)).toMatchObject({ outcome: 'answered' });
    peer.ask('initialize', { unit: OLD_UNIT });
    expect(peer.ask('pageRequest', REQUEST)).toEqual({ outcome: 'dropped' });
    expect(peer.ask('events.take')).toEqual({ events: [] });
  });

  test('a stale answer is forbidden once a page request for it was queued', () => {
    // 00:03.0 by first stage: tables at 5000h to 8000h, identity for 70000000h.
    const write = (address: string, data: string) => peer.ask('memory.write', { address, data });
    peer.ask('register.write', { offset: '0xd0', width: 64, value: '0xa000' });
    write('0x4140', '4100000000000000010000000000000000500000000000000000000000000000');
    write('0x5000', '2760000000000000');
    write('0x6008', '2770000000000000');
    write('0x7c00', '2780000000000000');
    write('0x8000', '6700007000000000');
    const request = { source: '00:03.0', address: '0x70000008', access: 'read', pasid: 5 };
    const old = { outcome: 'completed', address: '0x70000008' };
    const verdict = () => peer.ask('permitted', { method: 'dma', request, observed: old }).class;
    expect(peer.ask('dma', request)).toMatchObject(old);
    write('0x8000', '6700006000000000');
    expect(verdict()).toBe('stale');
    expect(peer.ask('pageRequest', { ...REQUEST, pasid: 5 })).toEqual({ outcome: 'queued' });
    expect(verdict()).toBe('forbidden');
    expect(peer.ask('dma', request)).toMatchObject({ outcome: 'completed', address: '0x60000008' });
  });
});
