import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contradictionsOf } from '../../src/index.ts';
import { DEFAULT_UNIT } from '../../src/oracle/default-unit.ts';
import { IDENTITY } from '../../src/oracle/identity.ts';
import { Session } from '../../src/oracle/session.ts';
import { OLD_UNIT, Peer, REGISTER, translatingPeer } from './peer.ts';

const read = { source: '00:05.0', address: '0x12345678', access: 'read' };

describe('initialize', () => {
  test('says what the server is and what it can do', () => {
    const { methods, features, ...others } = new Peer().ask('initialize');
    expect(others).toEqual({
      protocol: 1,
      name: 'vtd-model',
      version: IDENTITY.version,
      unit: {
        version: '0x80',
        hostAddressWidth: 46,
        capabilities: '0xd9d2078c40780e66',
        extendedCapabilities: '0xfb3ed9ea6f050df',
      },
    });
    expect(methods).toEqual(
      'initialize reset memory.write memory.read memory.poison register.write register.read dma interrupt pageRequest explain permitted findings.take events.take deviceTlb.complete deviceTlb.timeout deviceTlb.request snapshot restore shutdown'.split(
        ' ',
      ),
    );
    expect(features).toEqual(
      'pasid translation-requests translated-requests no-snoop memory-poison invisible-writes warm-reset events device-tlb page-requests ats-messages details permitted snapshots'.split(
        ' ',
      ),
    );
  });

  test('every method that it names is there, and no other', () => {
    const peer = new Peer();
    for (const method of peer.ask('initialize').methods as string[]) {
      expect(peer.refusal(method, { '': 1 }).message).toMatch(/^there is no member ""|^method is missing; it takes /);
    }
  });

  test('the version is that of the package', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(IDENTITY).toEqual({ name: manifest.name, version: manifest.version });
  });

  test('the default unit does not contradict itself on any host', () => {
    for (let hostAddressWidth = 32; hostAddressWidth <= 52; hostAddressWidth++) {
      expect(contradictionsOf({ ...DEFAULT_UNIT, hostAddressWidth })).toEqual([]);
    }
  });

  test('capabilities are used bit for bit', () => {
    const peer = new Peer();
    expect(peer.ask('initialize', { protocol: 1, unit: OLD_UNIT }).unit).toEqual(OLD_UNIT);
    expect(peer.ask('register.read', { offset: '0x0', width: 32 })).toEqual({ value: '0x10' });
    expect(peer.ask('register.read', { offset: '0x8', width: 64 })).toEqual({ value: OLD_UNIT.capabilities });
    expect(peer.ask('register.read', { offset: '0x10', width: 64 })).toEqual({ value: OLD_UNIT.extendedCapabilities });
  });

  test('without a version it is the newest whose rules the capabilities keep', () => {
    const { version: _, ...capabilities } = OLD_UNIT;
    expect(new Peer().ask('initialize', { unit: capabilities }).unit).toEqual({ ...capabilities, version: '0x50' });
  });

  test('registers that tell what the unit has are taken, and told', () => {
    const peer = new Peer();
    const registers = { MTRRCAP_REG: '0x50a' };
    expect(peer.ask('initialize', { unit: { registers } }).unit).toMatchObject({ registers });
    expect(peer.ask('register.read', { offset: '0x100', width: 64 })).toEqual({ value: '0x50a' });
    expect(peer.ask('initialize', {}).unit).not.toHaveProperty('registers');
  });

  test('choices are taken', () => {
    const peer = translatingPeer({ choices: { pageCrossing: 'blocked' } });
    expect(peer.ask('dma', { ...read, address: '0x12345fff', length: 2 })).toEqual({ outcome: 'UR' });
  });

  test('a second one starts with a new unit and empty memory', () => {
    const peer = translatingPeer();
    peer.ask('initialize', { unit: { caches: 'none' } });
    expect(peer.ask('memory.read', { address: '0x1000', length: 8 })).toEqual({ data: '0000000000000000' });
    expect(peer.ask('register.read', { offset: REGISTER.GSTS, width: 32 })).toEqual({ value: '0x0' });
  });

  test('one that is refused keeps the unit and its memory', () => {
    const peer = translatingPeer();
    expect(peer.refusal('initialize', { unit: { ...OLD_UNIT, version: '0x80' } })).toEqual({
      code: -32602,
      message: 'no unit can be like this: CAP_REG.SAGAW must be 0 while ECAP_REG.SSTS is 0 from major version 6 on',
    });
    expect(peer.refusal('initialize', { unit: { choices: { pageCrossing: 'maybe' } } }).message).toBe(
      'choice pageCrossing is split or blocked, got "maybe"',
    );
    expect(peer.ask('dma', read)).toMatchObject({ outcome: 'completed' });
  });
});

describe('memory', () => {
  test('is zero where nobody wrote, and holds what was written across pages', () => {
    const peer = new Peer();
    expect(peer.ask('memory.write', { address: '0xfff', data: '0A0b0C', visible: true })).toEqual({});
    expect(peer.ask('memory.read', { address: 0xffe, length: 5 })).toEqual({ data: '000a0b0c00' });
  });

  test('takes 1 MiB a call, up to the last byte of 52 bits', () => {
    const peer = new Peer();
    const data = '5a'.repeat(2 ** 20);
    peer.ask('memory.write', { address: '0xffffffff00000', data });
    expect(peer.ask('memory.read', { address: '0xffffffff00000', length: 2 ** 20 })).toEqual({ data });
    expect(peer.ask('memory.read', { address: '0x10000000000000', length: 0 })).toEqual({ data: '' });
  });

  test('poison keeps the unit from reading, software not, and a write clears it', () => {
    const peer = translatingPeer();
    expect(peer.ask('memory.poison', { address: '0x1000', length: 1 })).toEqual({});
    expect(peer.ask('dma', read)).toMatchObject({ outcome: 'UR', fault: { condition: 'LRT.1' } });
    expect(peer.ask('memory.read', { address: '0x1000', length: 2 })).toEqual({ data: '0120' });
    peer.ask('memory.write', { address: '0x1000', data: '01' });
    expect(peer.ask('dma', read)).toMatchObject({ outcome: 'completed' });
    peer.ask('memory.poison', { address: '0x1000', length: 16, writesOnly: true });
    expect(peer.ask('dma', read)).toMatchObject({ outcome: 'completed' });
  });

  test('that is full refuses, and is empty again after reset', () => {
    const peer = new Peer(new Session(4));
    peer.ask('memory.write', { address: '0xfff', data: '0102' });
    peer.ask('memory.write', { address: '0x1000', data: 'ff' });
    const full = { code: -32000, message: expect.stringMatching(/^memory holds at most 4 pages/) };
    expect(peer.refusal('memory.write', { address: '0x2fff', data: '00'.repeat(4098) })).toEqual(full);
    expect(peer.refusal('memory.poison', { address: '0x2fff', length: 2 })).toEqual(full);
    peer.ask('memory.poison', { address: '0x2000', length: 4096 });
    peer.ask('memory.poison', { address: '0x2000', length: 4096 });
    expect(peer.refusal('memory.write', { address: '0x2000', data: '00' })).toEqual(full);
    peer.ask('memory.write', { address: '0x1000', data: '03' });
    expect(peer.ask('memory.read', { address: '0xffe', length: 4 })).toEqual({ data: '00010300' });
    peer.ask('reset');
    expect(peer.ask('memory.write', { address: 0, data: '00' })).toEqual({});
  });
});

describe('registers', () => {
  test('what a write causes has happened when the reply is sent', () => {
    const peer = new Peer();
    expect(peer.ask('register.write', { offset: '0x18', width: 32, value: '0x80000000' })).toEqual({});
    expect(peer.ask('register.read', { offset: 0x1c, width: 32 })).toEqual({ value: '0x80000000' });
    peer.ask('register.write', { offset: '0x0020', width: 64, value: 0x1000 });
    expect(peer.ask('register.read', { offset: '0x20', width: 64 })).toEqual({ value: '0x1000' });
  });
});

describe('reset', () => {
  test('leaves the unit as after power-on, memory zero, and no event', () => {
    const peer = translatingPeer({ hostAddressWidth: 40 });
    peer.ask('memory.poison', { address: '0x1000', length: 16 });
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    expect(peer.ask('dma', read)).toMatchObject({ fault: { recorded: true } });
    expect(peer.ask('reset')).toEqual({});
    expect(peer.ask('events.take')).toEqual({ events: [] });
    expect(peer.ask('register.read', { offset: REGISTER.FSTS, width: 32 })).toEqual({ value: '0x0' });
    expect(peer.ask('memory.read', { address: '0x1000', length: 2 })).toEqual({ data: '0000' });
    expect(peer.ask('dma', read)).toMatchObject({ outcome: 'completed', address: '0x12345678' });
    expect(peer.session.unit.configuration.hostAddressWidth).toBe(40);
  });
});

describe('events.take', () => {
  test('hands out what left the unit, once', () => {
    const peer = translatingPeer();
    peer.ask('register.write', { offset: REGISTER.FEDATA, width: 32, value: '0x31' });
    peer.ask('register.write', { offset: REGISTER.FEADDR, width: 32, value: '0xfee01000' });
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    peer.ask('dma', { ...read, access: 'write' });
    expect(peer.ask('events.take')).toEqual({
      events: [{ kind: 'fault-event', address: '0xfee01000', data: '0x31' }],
    });
    expect(peer.ask('events.take')).toEqual({ events: [] });
  });

  test('a client that never asks loses the oldest, and is told', () => {
    const peer = translatingPeer();
    peer.ask('register.write', { offset: REGISTER.FECTL, width: 32, value: 0 });
    // Each fault is serviced, so that the next one raises an event of its own.
    for (let i = 0; i < 2 ** 17; i++) {
      peer.session.unit.writeRegister(REGISTER.FEDATA, 32, BigInt(i % 2 ** 16));
      peer.ask('dma', { ...read, access: 'write' });
      const record = 0x400 + 16 * (i % 8) + 12;
      peer.session.unit.writeRegister(record, 32, 0x8000_0000n);
    }
    const { events, lost } = peer.ask('events.take') as { events: { data: string }[]; lost: number };
    expect([events.length, lost]).toEqual([2 ** 16, 2 ** 16]);
    expect(events.at(-1)?.data).toBe('0xffff');
    expect(peer.ask('events.take')).toEqual({ events: [] });
  });
});

describe('shutdown', () => {
  test('replies with nothing', () => {
    const peer = new Peer();
    expect(peer.ask('shutdown')).toEqual({});
    expect(peer.session.ended).toBe(true);
  });
});
