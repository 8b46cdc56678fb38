import { beforeEach, describe, expect, test } from 'vitest';
import { Peer } from './peer.ts';

/** A table of two entries at 100000h; CAP.PI, ECAP.QI, IR and EIM. */
const UNIT = {
  version: '0x50',
  hostAddressWidth: 46,
  capabilities: '0x8d2008c226f0606',
  extendedCapabilities: '0xf00f5b',
};
const QUEUE = 0x20_0000;
const DESCRIPTOR = '0x300040';
/** P, V=31h, xAPIC destination 12h: bits 47:40 of DST's 63:32. */
const TO_12H = '0100310000120000';
/** The same for 13h. */
const TO_13H = '0100310000130000';
/** P, IM, VV=50h, PDAL of 300040h. */
const POSTED = '0180500040003000';
/** NV=F2h in bits 279:272, NDST 20h in 303:296. */
const CONTROL = '0000f20000200000';
const HIGH = '0000000000000000';

const REQUEST = { source: '00:1f.0', address: '0xfee00010', data: '0x0' };
const at12h = {
  outcome: 'delivered',
  address: '0xfee12000',
  data: '0x4031',
  destination: '0x12',
  vector: 0x31,
  deliveryMode: 0,
  destinationMode: 0,
  redirectionHint: 0,
  triggerMode: 0,
  index: 0,
};
const at13h = { ...at12h, address: '0xfee13000', destination: '0x13' };

let peer: Peer;
let tail: number;

const write = (address: string, data: string) => peer.ask('memory.write', { address, data });
const interrupt = () => peer.ask('interrupt', REQUEST);
const permitted = (observed: object) => peer.ask('permitted', { method: 'interrupt', request: REQUEST, observed });

/** iec_inv of an index, and a wait with status write to 400000h: IQT_REG is at 88h. */
function invalidate(index: 0 | 1): void {
  const command = `140000000${index}000000${HIGH}`;
  write(`0x${(QUEUE + tail).toString(16)}`, `${command}25000000010000000000400000000000`);
  tail += 32;
  peer.ask('register.write', { offset: '0x88', width: 64, value: tail });
}

beforeEach(() => {
  peer = new Peer();
  tail = 0;
  peer.ask('initialize', { unit: UNIT });
  write('0x100000', `${TO_12H}${HIGH}`);
  peer.ask('register.write', { offset: '0xb8', width: 64, value: '0x100000' });
  peer.ask('register.write', { offset: '0x90', width: 64, value: QUEUE });
  for (const value of ['0x01000000', '0x06000000']) peer.ask('register.write', { offset: '0x18', width: 32, value });
});

describe('interrupt', () => {
  test('a remapped one is a message to the APIC', () => {
    expect(interrupt()).toEqual(at12h);
  });

  test('a posted one sets a bit of PIR and ON, and its notification is among the events too', () => {
    write('0x100000', `${POSTED}${HIGH}`);
    write('0x300060', CONTROL);
    const notification = { address: '0xfee20000', data: '0x40f2', destination: '0x20', vector: 0xf2 };
    const posted = { outcome: 'posted', index: 0, descriptor: DESCRIPTOR, vector: 0x50 };
    expect(interrupt()).toEqual({ ...posted, notification });
    // Bit 50h of PIR, bit 256.
    expect(peer.ask('memory.read', { address: DESCRIPTOR, length: 40 })).toEqual({
      data: `${HIGH}0000010000000000${HIGH}${HIGH}0100f20000200000`,
    });
    expect(interrupt()).toEqual({ ...posted, notification: null });
    expect(peer.ask('events.take')).toEqual({ events: [{ kind: 'notification', ...notification }] });
  });

  test('explain reads the entry and the descriptor, and posts nothing', () => {
    write('0x100000', `${POSTED}${HIGH}`);
    write('0x300060', CONTROL);
    const { steps, outcome } = peer.ask('explain', { method: 'interrupt', request: REQUEST }) as {
      readonly steps: readonly { readonly address: string; readonly rule: string }[];
      readonly outcome: unknown;
    };
    expect(steps.map(({ address, rule }) => `${address} ${rule}`)).toEqual(['0x100000 §9.9', '0x300040 §9.11']);
    expect(outcome).toMatchObject({ outcome: 'posted', notification: { destination: '0x20' } });
    expect(peer.ask('memory.read', { address: DESCRIPTOR, length: 16 })).toEqual({ data: `${HIGH}${HIGH}` });
    expect(peer.ask('events.take')).toEqual({ events: [] });
  });

  test('bits 1:0 of the address are not looked at', () => {
    expect(peer.ask('interrupt', { ...REQUEST, address: '0xfee00013' })).toEqual(at12h);
  });
});

describe('permitted, of interrupts (§6.4)', () => {
  test('A31: an entry that was changed without an invalidation', () => {
    interrupt();
    write('0x100000', TO_13H);
    expect(permitted(at12h)).toMatchObject({ permitted: true, class: 'stale' });
    expect(permitted({ outcome: 'delivered', destination: '0x13' })).toMatchObject({ class: 'fresh' });
    expect(permitted({ outcome: 'delivered', destination: '0x14' })).toMatchObject({ class: 'forbidden' });
    expect((permitted(at12h).because as string[]).join()).toMatch(/interrupt entry cache may hold .*6\.4-R3/);
  });

  test('A32: of another index the invalidation changes nothing, of this one the old answer is forbidden', () => {
    interrupt();
    write('0x100000', TO_13H);
    invalidate(1);
    expect(permitted(at12h)).toMatchObject({ class: 'stale' });
    invalidate(0);
    const verdict = permitted(at12h);
    expect(verdict).toMatchObject({ permitted: false, class: 'forbidden' });
    expect((verdict.because as string[]).join()).toMatch(/iec_inv index IIDX=0x0 IM=0.*6\.A-R4/);
  });

  test('A3: an entry that was not present is not remembered', () => {
    write('0x100000', HIGH);
    expect(interrupt()).toMatchObject({ outcome: 'UR', fault: { condition: '22h' } });
    write('0x100000', TO_12H);
    expect(permitted({ outcome: 'UR' })).toMatchObject({ class: 'forbidden' });
    expect(permitted(at12h)).toMatchObject({ class: 'fresh' });
  });

  test('the stale answer of the unit is a finding with the remedy', () => {
    interrupt();
    write('0x100000', TO_13H);
    expect(interrupt()).toEqual(at12h);
    expect(peer.ask('findings.take')).toEqual({
      findings: [
        {
          kind: 'stale-interrupt',
          step: 2,
          request: REQUEST,
          outcome: at12h,
          fresh: [at13h],
          entries: [{ cache: 'interrupt', filled: 1 }],
          changed: [
            {
              structure: 'Interrupt Remapping Table Entry (remapped)',
              address: '0x100000',
              was: '0x00000000000000000000120000310001',
              is: '0x00000000000000000000130000310001',
            },
          ],
          remedy: ['iec_inv index IIDX=0x0 IM=0'],
        },
      ],
    });
    expect(peer.ask('findings.take')).toEqual({ findings: [] });
  });
});
