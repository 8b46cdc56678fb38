import { describe, expect, test } from 'vitest';
import { OLD_UNIT, Peer, REGISTER } from './peer.ts';

/** A unit that translates without a root entry, so that a request has left a fault record. */
function faultedPeer(): Peer {
  const peer = new Peer();
  peer.ask('initialize', { unit: OLD_UNIT });
  peer.ask('memory.write', { address: '0x9000', data: 'c0de' });
  peer.ask('register.write', { offset: REGISTER.RTADDR, width: 64, value: '0x1000' });
  peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x40000000' });
  peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x80000000' });
  peer.ask('dma', { source: '00:05.0', address: 0, access: 'read' });
  return peer;
}

const statusOf = (peer: Peer) =>
  [REGISTER.GSTS, REGISTER.FSTS].map((offset) => peer.ask('register.read', { offset, width: 32 }).value);
const memoryOf = (peer: Peer) => peer.ask('memory.read', { address: '0x9000', length: 2 }).data;

describe('reset', () => {
  test.each([
    [{}, ['0x0', '0x0'], '0000'],
    [{ kind: 'power-good' }, ['0x0', '0x0'], 'c0de'],
    [{ kind: 'warm' }, ['0x0', '0x2'], 'c0de'],
  ])('%j leaves GSTS_REG and FSTS_REG %j, and memory %s', (params, status, memory) => {
    const peer = faultedPeer();
    expect(statusOf(peer)).toEqual(['0xc0000000', '0x2']);
    expect(peer.ask('reset', params)).toEqual({});
    expect([statusOf(peer), memoryOf(peer)]).toEqual([status, memory]);
  });
});

describe('initialize', () => {
  test('repeats the choices that it took, and has none to repeat if none were given', () => {
    const choices = { compressFaults: true };
    const peer = new Peer();
    expect(peer.ask('initialize', { unit: { choices } }).unit).toMatchObject({ choices });
    expect(peer.ask('initialize').unit).not.toHaveProperty('choices');
  });
});
