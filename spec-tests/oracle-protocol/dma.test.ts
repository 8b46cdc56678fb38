import { describe, expect, test } from 'vitest';
import { OLD_UNIT, Peer, REGISTER, translatingPeer } from './peer.ts';

const read = { source: '00:05.0', address: '0x12345678', access: 'read' };
const PAGE = { pageSize: 4096, read: true, write: false };

describe('dma: untranslated', () => {
  test('completed: where it goes, and what mapped it', () => {
    const through = { outcome: 'completed', address: '0x7678', ...PAGE, snoop: true, memoryType: 'WB' };
    expect(translatingPeer().ask('dma', read)).toEqual(through);
    expect(translatingPeer().ask('dma', { ...read, noSnoop: true })).toEqual({ ...through, snoop: false });
  });

  test('completed without a mapping: translation is off, or it passes through', () => {
    const same = { outcome: 'completed', address: '0x12345678', snoop: true, memoryType: 'WB' };
    expect(new Peer().ask('dma', read)).toEqual(same);
    expect(translatingPeer().ask('dma', { ...read, source: '00:07.0' })).toEqual(same);
  });

  test('the source-id may be a number, the address an integer', () => {
    const request = { ...read, source: '0x00028', address: 0x12345678 };
    expect(translatingPeer().ask('dma', request)).toMatchObject({ outcome: 'completed' });
  });

  test('UR: with the condition, and a record', () => {
    const peer = translatingPeer();
    const fault = { condition: 'LGN.2', reason: '0x5', qualified: true, recorded: true };
    expect(peer.ask('dma', { ...read, access: 'write' })).toEqual({ outcome: 'UR', fault });
    expect(peer.ask('register.read', { offset: '0x408', width: 64 })).toEqual({ value: '0x8000000500000028' });
  });

  test('UR without a record says why: FPD, and no place left', () => {
    const peer = translatingPeer(OLD_UNIT);
    peer.ask('memory.write', { address: '0x2400', data: '02' });
    const fault = { condition: 'LCT.2', reason: '0x2', qualified: true, recorded: false };
    const answer = (source: string) => peer.ask('dma', { ...read, source });
    expect(answer('00:08.0')).toEqual({ outcome: 'UR', fault: { ...fault, notRecorded: 'fpd' } });
    expect(answer('00:09.0')).toEqual({ outcome: 'UR', fault: { ...fault, recorded: true } });
    expect(answer('00:09.0')).toEqual({ outcome: 'UR', fault: { ...fault, notRecorded: 'overflow' } });
  });

  test('UR without a condition: protected memory', () => {
    const peer = new Peer();
    peer.ask('register.write', { offset: 0x64, width: 32, value: '0x80000000' });
    expect(peer.ask('dma', { ...read, address: '0x1000' })).toEqual({ outcome: 'UR' });
  });

  test('a PASID is answered by legacy mode: RTA.2', () => {
    const answer = translatingPeer().ask('dma', { ...read, pasid: 0xfffff, privileged: true, execute: true });
    expect(answer).toMatchObject({ outcome: 'UR', fault: { condition: 'RTA.2' } });
  });

  test('a zero-length read, an atomic, a long one over the end of a page', () => {
    const peer = translatingPeer();
    expect(peer.ask('dma', { ...read, zeroLength: true })).toMatchObject({ outcome: 'completed' });
    expect(peer.ask('dma', { ...read, access: 'atomic' })).toMatchObject({ fault: { condition: 'LGN.2' } });
    const crossing = peer.ask('dma', { ...read, address: '0x12345ffc', length: 8 });
    expect(crossing).toMatchObject({ fault: { condition: 'LGN.3' } });
  });
});

describe('dma: translation and translated', () => {
  const translation = { source: '00:06.0', address: '0x12345678', access: 'read', type: 'translation' };

  test('translation: the range and what it permits', () => {
    const answer = {
      outcome: 'translation',
      address: '0x7000',
      size: 4096,
      read: true,
      write: false,
      execute: false,
      privileged: false,
      global: false,
      nonSnooped: false,
      untranslatedOnly: false,
      words: ['0x7001'],
    };
    expect(translatingPeer().ask('dma', translation)).toEqual(answer);
    expect(translatingPeer().ask('dma', { ...translation, length: 64, noWrite: true })).toEqual(answer);
  });

  test('translation: with no permission it says why', () => {
    const answer = translatingPeer().ask('dma', { ...translation, address: '0x0' });
    expect(answer).toMatchObject({ outcome: 'translation', read: false, write: false });
    expect(answer).toMatchObject({ fault: { condition: 'LGN.2', recorded: false } });
    expect(answer).not.toMatchObject({ fault: { notRecorded: expect.anything() } });
  });

  test('CA: an error on the way', () => {
    const peer = translatingPeer();
    peer.ask('memory.poison', { address: '0x3000', length: 8 });
    expect(peer.ask('dma', translation)).toMatchObject({ outcome: 'CA', fault: { condition: 'LCT.4.3' } });
  });

  test('translation: what PCI Express forbids', () => {
    const peer = translatingPeer();
    expect(peer.ask('dma', { ...translation, access: 'write' })).toEqual({ outcome: 'UR' });
    expect(peer.ask('dma', { ...translation, type: 'reserved' })).toEqual({ outcome: 'UR' });
    expect(peer.ask('dma', { ...translation, length: 12 })).toEqual({ outcome: 'malformed' });
    expect(peer.ask('dma', { ...translation, length: 72 })).toEqual({ outcome: 'malformed' });
    expect(peer.ask('dma', { ...translation, zeroLength: true })).toEqual({ outcome: 'malformed' });
  });

  test('the record of a translation request is that of a read', () => {
    const peer = translatingPeer();
    peer.ask('dma', { ...translation, source: '00:05.0' });
    expect(peer.ask('register.read', { offset: '0x40c', width: 32 })).toEqual({ value: expect.stringMatching(/^0xd/) });
  });

  test('translated: it goes where it says', () => {
    const answer = translatingPeer().ask('dma', { ...translation, type: 'translated', access: 'read' });
    expect(answer).toEqual({ outcome: 'completed', address: '0x12345678', snoop: true, memoryType: 'WB' });
  });
});

describe('dma: interrupt requests', () => {
  const write = { source: '00:05.0', address: '0xfee01004', access: 'write', value: '0x4031' };

  test('with interrupt remapping off they are delivered as they are', () => {
    const fields = { destination: '0x1', vector: 0x31, deliveryMode: 0 };
    const modes = { destinationMode: 1, redirectionHint: 0, triggerMode: 0 };
    const interrupt = { outcome: 'delivered', address: '0xfee01004', data: '0x4031', ...fields, ...modes };
    expect(new Peer().ask('dma', write)).toEqual({ outcome: 'interrupt', interrupt });
    expect(translatingPeer().ask('dma', write)).toEqual({ outcome: 'interrupt', interrupt });
    const { value: _, ...silent } = write;
    expect(new Peer().ask('dma', silent)).toEqual({
      outcome: 'interrupt',
      interrupt: { ...interrupt, data: '0x0', vector: 0 },
    });
  });

  test('one that is illegal there is a fault', () => {
    const fault = { condition: '29h', reason: '0x29', qualified: false, recorded: true };
    expect(translatingPeer().ask('dma', { ...write, length: 8 })).toEqual({ outcome: 'UR', fault });
  });

  test('with interrupt remapping on a request in compatibility format is blocked', () => {
    const on = translatingPeer();
    on.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x82000000' });
    const fault = { condition: '25h', reason: '0x25', qualified: false, recorded: true };
    expect(on.ask('dma', write)).toEqual({ outcome: 'UR', fault });
    const { source, address, value: data } = write;
    expect(on.ask('interrupt', { source, address, data })).toEqual({
      outcome: 'UR',
      fault: { ...fault, recorded: true },
    });
    expect(on.ask('explain', { request: write })).toMatchObject({ steps: [], outcome: { outcome: 'UR' } });
  });

  test('a unit that requires interrupt remapping blocks every request while it is off', () => {
    const required = new Peer();
    required.ask('initialize', { unit: { extendedCapabilities: '0x4fb3ed9ea6f050df' } });
    expect(required.ask('dma', write)).toMatchObject({ outcome: 'UR', fault: { condition: '2Bh' } });
  });

  test('-32602: an address outside of FEEx_xxxxh, and data above 32 bits', () => {
    const { source, address, value: data } = write;
    for (const wrong of ['0xfedffffc', '0xfef00000', '0x1fee00000']) {
      expect(new Peer().refusal('interrupt', { source, address: wrong, data })).toEqual({
        code: -32602,
        message: `the address of an interrupt request is 0xfee00000 to 0xfeefffff, got ${wrong}`,
      });
    }
    expect(new Peer().refusal('interrupt', { source, address, data: '0x100000000' })).toEqual({
      code: -32602,
      message: expect.stringMatching(/^data takes .*got "0x100000000"$/),
    });
  });
});

describe('explain', () => {
  test('shows the walk entry by entry', () => {
    const { steps, outcome } = translatingPeer().ask('explain', { request: read }) as {
      steps: Record<string, unknown>[];
      outcome: unknown;
    };
    expect(outcome).toMatchObject({ outcome: 'completed', address: '0x7678' });
    expect(steps.map(({ structure, address }) => `${structure} ${address}`)).toEqual([
      'Root Entry 0x1000',
      'Context Entry 0x2280',
      'SS-PML4E 0x3000',
      'SS-PDPE (next table) 0x4000',
      'SS-PDE (next table) 0x5488',
      'SS-PTE 0x6a28',
    ]);
    expect(steps[1]).toEqual({
      structure: 'Context Entry',
      address: '0x2280',
      raw: '0x00000000000007020000000000003001',
      fields: { P: 1, FPD: 0, TT: 0, SSPTPTR: '0x3000', AW: 2, DID: 7 },
      rule: '§9.3',
    });
    expect(steps[5]).toMatchObject({ raw: '0x0000000000007001', fields: { ADDR: '0x7000', R: 1, W: 0 } });
  });

  test('shows the address of a large page like that of a small one', () => {
    const peer = translatingPeer();
    peer.ask('memory.write', { address: '0x4000', data: '8300004000000000' });
    const { steps } = peer.ask('explain', { request: read }) as { steps: Record<string, unknown>[] };
    expect(steps.at(-1)).toMatchObject({ structure: 'SS-PDPE (1 GB page)', fields: { ADDR: '0x40000000' } });
  });

  test('an entry that cannot be read has no value; the last one has the condition', () => {
    const peer = translatingPeer();
    peer.ask('memory.poison', { address: '0x2280', length: 16 });
    const { steps, outcome } = peer.ask('explain', { request: read }) as { steps: unknown[]; outcome: unknown };
    expect(steps.at(-1)).toEqual({ structure: 'Context Entry', address: '0x2280', rule: 'LCT.1' });
    expect(outcome).toEqual({
      outcome: 'UR',
      fault: { condition: 'LCT.1', reason: '0x9', qualified: false, recorded: false },
    });
  });

  test('records nothing', () => {
    const peer = translatingPeer();
    peer.ask('explain', { request: { ...read, access: 'write' } });
    expect(peer.ask('register.read', { offset: REGISTER.FSTS, width: 32 })).toEqual({ value: '0x0' });
  });
});
