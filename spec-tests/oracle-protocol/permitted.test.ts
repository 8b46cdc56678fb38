import { describe, expect, test } from 'vitest';
import { Peer } from './peer.ts';

const READ = { source: '00:05.0', address: '0x12345678', access: 'read' };
const TE = '0x80000000';

/** A server with the tables of docs/protocol.md: 00:05.0 reads 12345000h at 7000h, in domain 7. */
function tables(unit: Readonly<Record<string, unknown>> = {}): Peer {
  const peer = new Peer();
  const legacy = { version: '0x10', hostAddressWidth: 39, capabilities: '0xd2008c222f0606' };
  peer.ask('initialize', { unit: { ...legacy, extendedCapabilities: '0xf00f4a', ...unit } });
  for (const [address, data] of [
    ['0x1000', '0120000000000000'],
    ['0x2280', '01300000000000000207000000000000'],
    ['0x3000', '0340000000000000'],
    ['0x4000', '0350000000000000'],
    ['0x5488', '0360000000000000'],
    ['0x6a28', '0170000000000000'],
  ]) {
    peer.ask('memory.write', { address, data });
  }
  peer.ask('register.write', { offset: '0x20', width: 64, value: '0x1000' });
  peer.ask('register.write', { offset: '0x18', width: 32, value: '0x40000000' });
  peer.ask('register.write', { offset: '0x18', width: 32, value: TE });
  return peer;
}

const permitted = (peer: Peer, observed: Readonly<Record<string, unknown>>) =>
  peer.ask('permitted', { method: 'dma', request: READ, observed });

/** IVA_REG and IOTLB_REG at F0h and F8h: the page 12345000h of domain 7, §11.4.6.3. */
function invalidate(peer: Peer): void {
  peer.ask('register.write', { offset: '0xf0', width: 64, value: '0x12345000' });
  peer.ask('register.write', { offset: '0xf8', width: 64, value: '0xb000000700000000' });
}

describe('permitted and findings.take, 6.A', () => {
  test('A2: a page is unmapped without an invalidation, and the old answer is legal and stale', () => {
    const peer = tables();
    peer.ask('dma', READ);
    peer.ask('memory.write', { address: '0x6a28', data: '0000000000000000' });
    const verdict = permitted(peer, { outcome: 'completed', address: '0x7678' });
    expect(verdict).toMatchObject({ permitted: true, class: 'stale' });
    expect((verdict.allowed as { outcome: string }[]).map(({ outcome }) => outcome).sort()).toEqual([
      'UR',
      'completed',
    ]);
    expect((verdict.because as string[]).join()).toMatch(/6\.2\.4\.1-R6/);
    expect(permitted(peer, { outcome: 'UR', fault: { condition: 'LGN.3' } })).toMatchObject({ class: 'fresh' });
  });

  test('A10: after the invalidation of the page the old answer is forbidden, and the sentence says what removed it', () => {
    const peer = tables();
    peer.ask('dma', READ);
    peer.ask('memory.write', { address: '0x6a28', data: '0000000000000000' });
    invalidate(peer);
    const verdict = permitted(peer, { outcome: 'completed', address: '0x7678' });
    expect(verdict).toMatchObject({ permitted: false, class: 'forbidden' });
    expect((verdict.because as string[]).join()).toMatch(/iotlb_inv page DID=0x7 ADDR=0x12345000 AM=0.*6\.A-R4/);
  });

  test('the unit caches all by default, and its stale answer is a finding with the remedy', () => {
    const peer = tables();
    peer.ask('dma', READ);
    peer.ask('memory.write', { address: '0x6a28', data: '0180000000000000' });
    expect(peer.ask('dma', READ)).toMatchObject({ address: '0x7678' });
    expect(peer.ask('findings.take')).toEqual({
      findings: [
        {
          kind: 'stale-answer',
          step: 2,
          request: READ,
          outcome: expect.objectContaining({ address: '0x7678' }),
          fresh: [expect.objectContaining({ address: '0x8678' })],
          entries: [{ cache: 'iotlb', filled: 1 }],
          changed: [{ structure: 'SS-PTE', address: '0x6a28', was: '0x0000000000007001', is: '0x0000000000008001' }],
          remedy: ['iotlb_inv page DID=0x7 ADDR=0x12345000 AM=0 IH=1'],
        },
      ],
    });
    expect(peer.ask('findings.take')).toEqual({ findings: [] });
    invalidate(peer);
    expect(peer.ask('dma', READ)).toMatchObject({ address: '0x8678' });
    expect(peer.ask('findings.take')).toEqual({ findings: [] });
  });

  test('caches none: every answer is fresh', () => {
    const peer = tables({ caches: 'none' });
    peer.ask('dma', READ);
    peer.ask('memory.write', { address: '0x6a28', data: '0180000000000000' });
    expect(peer.ask('dma', READ)).toMatchObject({ address: '0x8678' });
    expect(peer.ask('findings.take')).toEqual({ findings: [] });
  });

  test('a context-cache command after the IOTLB command is an unsafe order', () => {
    const peer = tables();
    peer.ask('dma', READ);
    peer.ask('register.write', { offset: '0xf8', width: 64, value: '0xa000000700000000' });
    peer.ask('register.write', { offset: '0x28', width: 64, value: '0xe000000000280007' });
    peer.ask('dma', READ);
    expect(peer.ask('findings.take')).toMatchObject({
      findings: [
        {
          kind: 'unsafe-order',
          commands: ['iotlb_inv domain DID=0x7', 'cc_inv device DID=0x7 SID=00:05.0'],
          because: expect.stringMatching(/6\.2\.2\.1-S1/),
        },
      ],
    });
  });

  test('an invisible write is what software reads and the unit does not, until a visible one to its line', () => {
    const peer = tables({ caches: 'none' });
    peer.ask('memory.write', { address: '0x6a28', data: '0180000000000000', visible: false });
    expect(peer.ask('memory.read', { address: '0x6a28', length: 8 })).toEqual({ data: '0180000000000000' });
    expect(peer.ask('dma', READ)).toMatchObject({ address: '0x7678' });
    expect(permitted(peer, { outcome: 'completed', address: '0x8678' })).toMatchObject({ permitted: true });
    peer.ask('memory.write', { address: '0x6a00', data: '00' });
    expect(peer.ask('dma', READ)).toMatchObject({ address: '0x8678' });
  });

  test('after reset nothing of the history is left', () => {
    const peer = tables();
    peer.ask('dma', READ);
    peer.ask('reset');
    expect(permitted(peer, { outcome: 'completed', address: '0x7678' })).toMatchObject({ class: 'forbidden' });
    expect(permitted(peer, { outcome: 'completed', address: '0x12345678' })).toMatchObject({ class: 'fresh' });
  });
});
