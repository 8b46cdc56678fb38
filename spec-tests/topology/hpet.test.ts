import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Hpet, IoApic } from '../../src/topology/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Recorder } from './bench.ts';

const [LEVEL, ENABLE, FSB] = [0x2n, 0x4n, 0x4000n];
const route = (pin: number) => BigInt(pin) << 9n;

let target: Recorder;
let apic: IoApic;
let hpet: Hpet;

beforeEach(() => {
  target = new Recorder();
  apic = new IoApic({ unit: target, sourceId: 0xf0ff });
  hpet = new Hpet({ unit: target, sourceId: 0xf0f8, ioApic: apic });
  hpet.write(0x10, 64, 1n);
  // Pin p: vector p, level-triggered but for 2 and 8.
  for (let pin = 0; pin < 24; pin++) {
    apic.writeEntry(pin, Uint32Array.of(pin | ([2, 8].includes(pin) ? 0 : 0x8000), 0));
  }
});

const configure = (n: number, configuration: bigint) => hpet.write(0x100 + 0x20 * n, 32, configuration).length;

describe('Registers', () => {
  test('capabilities, and what software can write of a timer', () => {
    expect(hpet.read(0x000, 64)).toBe(0x0429_b17f_8086_a201n);
    hpet.write(0x100, 64, 0xffff_ffff_ffff_ffffn);
    hpet.write(0x110, 64, 0xfee0_0018_1234_5678n);
    expect(hpet.read(0x100, 64)).toBe(0x00f0_0000_0000_ff3en);
    expect([hpet.read(0x110, 32), hpet.read(0x114, 32)]).toEqual([0x1234_5678n, 0xfee0_0018n]);
    hpet.write(0x10, 64, 0xffff_ffff_ffff_ffffn);
    expect(hpet.read(0x10, 64)).toBe(3n);
  });

  test('32 timers fill the block', () => {
    const large = new Hpet({ unit: target, sourceId: 0, timers: 32 });
    large.write(0x4f0, 64, 5n);
    expect([large.read(0x4f0, 64), (large.read(0, 64) >> 8n) & 31n]).toEqual([5n, 31n]);
  });
});

describe('Messages', () => {
  beforeEach(() => {
    hpet.write(0x130, 64, 0xfee0_0018_0000_0007n);
  });

  test('the value goes to the address, with the source-id of the timer block (§5.1.1)', () => {
    configure(1, FSB | ENABLE);
    expect(hpet.raise(1)).toEqual({ kind: 'blocked', response: 'UR' });
    expect(target.requests).toEqual([{ sourceId: 0xf0f8, address: 0xfee0_0018, data: 7 }]);
  });

  test('a level-triggered timer sends each time, too, and sets no status', () => {
    configure(1, FSB | ENABLE | LEVEL);
    expect([hpet.raise(1), hpet.raise(1)]).not.toContain(undefined);
    expect(hpet.read(0x20, 64)).toBe(0n);
  });

  test('neither a timer nor a block that is turned off sends', () => {
    configure(1, FSB);
    expect(hpet.raise(1)).toBeUndefined();
    configure(1, FSB | ENABLE);
    hpet.write(0x10, 32, 0n);
    expect(hpet.raise(1)).toBeUndefined();
  });

  test('an address outside FEEx_xxxxh is refused', () => {
    configure(0, FSB | ENABLE);
    expect(() => hpet.raise(0)).toThrow('the message is an ordinary memory write to 0x0');
  });
});

describe('Pins of an I/O APIC', () => {
  test('edge: each match is an edge', () => {
    apic.writeEntry(20, Uint32Array.of(0x31, 0));
    configure(0, ENABLE | route(20));
    expect([hpet.raise(0), hpet.raise(0)]).not.toContain(undefined);
    expect(target.requests[0]).toEqual({ sourceId: 0xf0ff, address: 0xfee0_0000, data: 0x4031 });
    expect(hpet.read(0x20, 32)).toBe(0n);
  });

  test('level: the line is held until software clears the status', () => {
    configure(2, ENABLE | LEVEL | route(20));
    expect(hpet.raise(2)).toBeDefined();
    expect(hpet.read(0x20, 32)).toBe(4n);
    expect(hpet.raise(2)).toBeUndefined();
    expect(apic.eoi(20)).toHaveLength(1);
    hpet.write(0x20, 32, 4n);
    expect([hpet.read(0x20, 32), apic.eoi(20)]).toEqual([0n, []]);
  });

  test('level: a pin that two timers share is held until neither holds it', () => {
    for (const n of [0, 1]) configure(n, ENABLE | LEVEL | route(20));
    hpet.raise(0);
    hpet.raise(1);
    hpet.write(0x20, 32, 1n);
    expect(apic.eoi(20)).toHaveLength(1);
    hpet.write(0x20, 32, 2n);
    expect(apic.eoi(20)).toEqual([]);
  });

  test('level: a timer that may not interrupt sets its status, and reaches its pin once it may', () => {
    configure(0, LEVEL | route(21));
    expect(hpet.raise(0)).toBeUndefined();
    expect(hpet.read(0x20, 32)).toBe(1n);
    expect(configure(0, ENABLE | LEVEL | route(21))).toBe(1);
    expect(configure(0, ENABLE | LEVEL | route(22))).toBe(1);
    expect(target.take()).toEqual(['fee00000 c015', 'fee00000 c016']);
    expect(apic.eoi(21)).toEqual([]);
  });

  test.each<[string, () => unknown, () => unknown]>([
    ['the block is off', () => hpet.write(0x10, 32, 0n), () => hpet.write(0x10, 32, 1n)],
    ['it is edge-triggered', () => configure(0, ENABLE | route(20)), () => configure(0, ENABLE | LEVEL | route(20))],
    [
      'it sends messages',
      () => configure(0, FSB | ENABLE | LEVEL | route(20)),
      () => configure(0, ENABLE | LEVEL | route(20)),
    ],
    ['it may not interrupt', () => configure(0, LEVEL | route(20)), () => configure(0, ENABLE | LEVEL | route(20))],
  ])('level: while %s, a timer whose status is set holds no pin', (_, stop, go) => {
    configure(0, ENABLE | LEVEL | route(20));
    hpet.raise(0);
    stop();
    expect([apic.eoi(20), hpet.read(0x20, 32)]).toEqual([[], 1n]);
    target.take();
    go();
    expect(target.take()).toEqual(['fee00000 c014']);
  });

  test('in the legacy route timers 0 and 1 have pins 2 and 8', () => {
    hpet.write(0x10, 32, 3n);
    for (const n of [0, 1, 2]) configure(n, ENABLE | route(20));
    for (const n of [0, 1, 2]) hpet.raise(n);
    expect(target.take()).toEqual(['fee00000 4002', 'fee00000 4008', 'fee00000 c014']);
  });

  test('a route to a pin that is not there, and a block without an I/O APIC, reach nobody', () => {
    configure(0, ENABLE | route(24));
    configure(1, ENABLE | LEVEL | route(31));
    expect([hpet.raise(0), hpet.raise(1)]).toEqual([undefined, undefined]);
    configure(1, 0n);
    const alone = new Hpet({ unit: target, sourceId: 0 });
    alone.write(0x10, 32, 1n);
    alone.write(0x100, 32, ENABLE | LEVEL);
    expect(alone.raise(0)).toBeUndefined();
    alone.write(0x20, 32, 1n);
    expect(target.take()).toEqual([]);
  });

  test('no write throws', { timeout: LONG }, () => {
    const write = fc.record({
      dword: fc.oneof(fc.nat(0x2c), fc.nat(0x13f), fc.constantFrom(4, 8)),
      value: fc.nat(0xffff_ffff),
      timer: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
        const random = new Hpet({ unit: target, sourceId: 0, ioApic: new IoApic({ unit: target, sourceId: 0 }) });
        for (const { dword, value, timer } of writes) {
          random.write(4 * dword, 32, BigInt(value));
          const sendsMessages = (random.read(0x100 + 0x20 * timer, 32) & FSB) !== 0n;
          if (!sendsMessages) random.raise(timer);
        }
        expect(random.read(0, 64)).toBe(0x0429_b17f_8086_a201n);
      }),
      runs(200, 5000),
    );
  });

  test('what a caller may not do', () => {
    expect(() => hpet.raise(3)).toThrow(new RangeError('timer is an integer from 0 to 0x2, got 3'));
    expect(() => hpet.read(0x500, 32)).toThrow('offset is an integer from 0 to 0x4fc, got 1280');
    expect(() => hpet.write(0x104, 64, 0n)).toThrow('aligned to 8 bytes, got offset 260');
    expect(() => hpet.write(0x100, 32, -1n)).toThrow('a register of 32 bits cannot take 0x-1');
    expect(() => new Hpet({ unit: target, sourceId: 0, timers: 2 })).toThrow('timers is an integer from 3 to 0x20');
  });
});
