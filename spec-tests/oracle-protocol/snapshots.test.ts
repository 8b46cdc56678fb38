import { describe, expect, test } from 'vitest';
import { Peer, REGISTER, translatingPeer } from './peer.ts';

const read = { source: '00:05.0', address: '0x12345000', access: 'read' };

describe('snapshot and restore', () => {
  test('another server goes on from a snapshot, with entries that its memory has not', () => {
    const first = translatingPeer();
    const outcome = first.ask('dma', read);
    expect(outcome).toMatchObject({ outcome: 'completed' });
    const { snapshot } = first.ask('snapshot');
    const second = new Peer();
    expect(second.ask('restore', { snapshot })).toEqual({});
    // Its memory is empty: the entries answer.
    expect(second.ask('dma', read)).toEqual(outcome);
    expect(second.ask('snapshot')).toEqual({ snapshot });
    expect(second.ask('register.read', { offset: REGISTER.GSTS, width: 32 })).toEqual(
      first.ask('register.read', { offset: REGISTER.GSTS, width: 32 }),
    );
  });

  test('memory and messages that were not taken stay as they are', () => {
    const peer = translatingPeer();
    const { snapshot } = peer.ask('snapshot');
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    peer.ask('dma', { ...read, source: '00:08.0' });
    peer.ask('memory.write', { address: '0x9000', data: 'c0de' });
    peer.ask('restore', { snapshot });
    expect(peer.ask('memory.read', { address: '0x9000', length: 2 })).toEqual({ data: 'c0de' });
    expect(peer.ask('events.take').events).toHaveLength(1);
    expect(peer.ask('register.read', { offset: REGISTER.FSTS, width: 32 })).toEqual({ value: '0x0' });
    // The restored unit sends too.
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    peer.ask('dma', { ...read, source: '00:08.0' });
    expect(peer.ask('events.take').events).toHaveLength(1);
  });

  test('the judge does not judge what it has not seen', () => {
    const peer = translatingPeer();
    peer.ask('dma', read);
    peer.ask('restore', peer.ask('snapshot'));
    const permitted = { method: 'dma', request: read, observed: { outcome: 'UR' } };
    for (const refused of [peer.refusal('permitted', permitted), peer.refusal('findings.take', {})]) {
      expect(refused.code).toBe(-32000);
      expect(refused.message).toMatch(/^the judge has not seen what this unit remembers/);
    }
    peer.ask('reset', { kind: 'power-good' });
    expect(peer.refusal('findings.take', {}).code).toBe(-32000);
    peer.ask('reset');
    expect(peer.ask('findings.take')).toEqual({ findings: [] });
    expect(
      peer.ask('permitted', { ...permitted, observed: { outcome: 'completed', address: read.address } }),
    ).toMatchObject({ permitted: true });
  });
});
