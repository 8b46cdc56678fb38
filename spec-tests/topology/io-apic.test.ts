import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { IoApic, RedirectionEntry, RemappableRedirectionEntry, redirectionRequest } from '../../src/topology/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Recorder } from './bench.ts';

const [LEVEL, MASK, LOW] = [0x8000, 0x1_0000, 0x2000];
const REMOTE_IRR = 0x4000;
/** To APIC 12h, physical, Fixed, vector 31h. */
const FIXED = [0x31, 0x1200_0000] as const;

let target: Recorder;
let apic: IoApic;

beforeEach(() => {
  target = new Recorder();
  apic = new IoApic({ unit: target, sourceId: 0xf0ff });
});

/** Software reads and writes the register of an index, through IOREGSEL and IOWIN. */
function writeIndex(index: number, value: number): number {
  apic.write(0x00, index);
  return apic.write(0x10, value).length;
}
function readIndex(index: number): number {
  apic.write(0x00, index);
  return apic.read(0x10);
}

const program = (pin: number, low: number, high = FIXED[1]) => apic.writeEntry(pin, Uint32Array.of(low, high));

describe('The request of a redirection entry (§5.1.5.1)', () => {
  const requestOf = (low: number, high: number) => {
    const { address, data } = redirectionRequest(Uint32Array.of(low, high));
    return [address.toString(16), data.toString(16)];
  };

  test('remappable: index 8001h stands in bit 2 and in bits 19:5 of the address', () => {
    expect(requestOf(0x0831, 0x0003_0000)).toEqual(['fee00034', '4031']);
  });

  test('remappable: every bit of the index has one place', () => {
    expect(requestOf(0x0831, 0xffff_0000)).toEqual(['feeffff4', '4031']);
    for (let n = 0; n < 15; n++) {
      expect(requestOf(0x31, 2 ** (17 + n) + 0x1_0000)[0]).toBe((0xfee0_0010 + 2 ** (5 + n)).toString(16));
    }
  });

  test('compatibility: destination, mode, vector and delivery mode', () => {
    expect(requestOf(0x31, 0x1200_0000)).toEqual(['fee12000', '4031']);
    expect(requestOf(0x0831, 0xff00_0000)).toEqual(['feeff004', '4031']);
    expect(requestOf(0x0431, 0x1200_0000)).toEqual(['fee12000', '4431']);
  });

  test('compatibility: Lowest Priority sets the redirection hint, level the trigger mode', () => {
    expect(requestOf(0x8931, 0x1200_0000)).toEqual(['fee1200c', 'c131']);
  });

  test('mask, polarity and the read-only bits are not in it', () => {
    expect(requestOf(0x1_7031, 0x1200_0000)).toEqual(['fee12000', '4031']);
  });

  test('the two formats, packed', () => {
    const compatibility = { DST: 0x12, DM: 1, V: 0x31, TM: 1, POL: 1, M: 1 };
    expect([...RedirectionEntry.pack(compatibility)]).toEqual([0x1_a831, 0x1200_0000]);
    const remappable = { INDEX_14_0: 1, INDEX_15: 1, FORMAT: 1, V: 0x31 };
    expect([...RemappableRedirectionEntry.pack(remappable)]).toEqual([0x0831, 0x0003_0000]);
  });
});

describe('I/O APIC registers', () => {
  test('version, pins, identification and arbitration', () => {
    expect([readIndex(0), readIndex(1), readIndex(2)]).toEqual([0, 0x0017_0020, 0]);
    writeIndex(0, 0xffff_ffff);
    writeIndex(1, 0xffff_ffff);
    writeIndex(2, 0);
    expect([readIndex(0), readIndex(1), readIndex(2)]).toEqual([0x0f00_0000, 0x0017_0020, 0x0f00_0000]);
    const old = new IoApic({ unit: target, sourceId: 0, pins: 120, version: 0x11 });
    old.write(0x00, 1);
    expect(old.read(0x10)).toBe(0x0077_0011);
  });

  test('IOREGSEL keeps 8 bits', () => {
    apic.write(0x00, 0xffff_ff3e);
    expect(apic.read(0x00)).toBe(0x3e);
  });

  test('every entry is masked at first, and keeps the bits of both formats but not the read-only ones', () => {
    expect([readIndex(0x10), readIndex(0x11), readIndex(0x3e), readIndex(0x3f)]).toEqual([0x1_0000, 0, 0x1_0000, 0]);
    writeIndex(0x3e, 0xffff_ffff);
    writeIndex(0x3f, 0xffff_ffff);
    expect([readIndex(0x3e), readIndex(0x3f)]).toEqual([0x1_afff, 0xffff_0000]);
    expect([...apic.readEntry(23)]).toEqual([0x1_afff, 0xffff_0000]);
  });

  test('an index beyond the last entry, and an offset without a register, read 0 and ignore writes', () => {
    writeIndex(0x40, 0xffff_ffff);
    apic.write(0x20, 5);
    apic.write(0xffc, 5);
    expect([readIndex(0x40), readIndex(0x0f), apic.read(0x20), apic.read(0xffc), apic.read(0x40)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });
});

describe('Edge-triggered pins', () => {
  test('each edge sends one request with the source-id of the I/O APIC', () => {
    program(3, FIXED[0]);
    expect(apic.raise(3)).toEqual({ kind: 'blocked', response: 'UR' });
    expect(target.requests).toEqual([{ sourceId: 0xf0ff, address: 0xfee1_2000, data: 0x4031 }]);
    apic.raise(3);
    expect(target.requests).toHaveLength(2);
    expect(apic.readEntry(3)[0]).toBe(0x31);
  });

  test('the edge is the one that Polarity asserts', () => {
    program(3, FIXED[0]);
    apic.setLine(3, false);
    expect([true, true, false].map((high) => apic.setLine(3, high) !== undefined)).toEqual([true, false, false]);
    program(4, FIXED[0] | LOW);
    apic.setLine(4, true);
    expect([false, false, true].map((high) => apic.setLine(4, high) !== undefined)).toEqual([true, false, false]);
    expect(apic.raise(4)).toBeDefined();
  });

  test('a line that is asserted already is raised by an edge of its own', () => {
    program(3, FIXED[0]);
    apic.setLine(3, true);
    expect(apic.raise(3)).toBeDefined();
    expect(apic.setLine(3, true)).toBeDefined();
  });

  test('a masked edge is lost', () => {
    program(3, FIXED[0] | MASK);
    apic.setLine(3, false);
    expect(apic.setLine(3, true)).toBeUndefined();
    expect(apic.raise(3)).toBeUndefined();
    expect(program(3, FIXED[0])).toEqual([]);
  });

  test('an EOI sends nothing', () => {
    program(3, FIXED[0]);
    apic.raise(3);
    expect(apic.eoi(0x31)).toEqual([]);
  });

  test.each([0b010, 0b100, 0b101, 0b111])('delivery mode %i is edge whatever Trigger Mode says', (mode) => {
    program(3, FIXED[0] | LEVEL | (mode << 8));
    expect(apic.raise(3)).toBeDefined();
    expect(apic.raise(3)).toBeDefined();
    expect(apic.readEntry(3)[0]! & REMOTE_IRR).toBe(0);
  });
});

describe('Level-triggered pins', () => {
  test('a line that stays asserted is sent once, and again with each EOI', () => {
    program(3, FIXED[0] | LEVEL);
    expect(apic.raise(3)).toBeDefined();
    expect(apic.readEntry(3)[0]).toBe(FIXED[0] | LEVEL | REMOTE_IRR);
    expect([apic.raise(3), apic.setLine(3, true)]).toEqual([undefined, undefined]);
    expect(apic.eoi(0x31)).toHaveLength(1);
    expect(apic.write(0x40, 0x31)).toHaveLength(1);
    apic.lower(3);
    expect(apic.readEntry(3)[0]).toBe(FIXED[0] | LEVEL | REMOTE_IRR);
    expect(apic.eoi(0x31)).toEqual([]);
    expect(apic.readEntry(3)[0]).toBe(FIXED[0] | LEVEL);
    expect(target.take()).toEqual(['fee12000 c031', 'fee12000 c031', 'fee12000 c031']);
  });

  test('active low: the line is asserted when it is low', () => {
    program(3, FIXED[0] | LEVEL | LOW);
    expect(apic.setLine(3, true)).toBeUndefined();
    expect(apic.setLine(3, false)).toBeDefined();
    apic.lower(3);
    expect(apic.eoi(0x31)).toEqual([]);
  });

  test('a line that nobody has driven is asserted by neither polarity', () => {
    expect(program(3, FIXED[0] | LEVEL | LOW)).toEqual([]);
    expect(program(3, FIXED[0] | LEVEL)).toEqual([]);
  });

  test('an EOI is for its vector: all entries with it, and no others', () => {
    program(3, FIXED[0] | LEVEL);
    program(4, FIXED[0] | LEVEL);
    program(5, 0x32 | LEVEL);
    for (const pin of [3, 4, 5]) apic.raise(pin);
    apic.lower(3);
    expect(apic.eoi(0x31)).toHaveLength(1);
    const pending = [3, 4, 5].map((pin) => apic.readEntry(pin)[0]! & REMOTE_IRR);
    expect(pending).toEqual([0, REMOTE_IRR, REMOTE_IRR]);
  });

  test('masked it waits, and is sent when the mask is cleared', () => {
    program(3, FIXED[0] | LEVEL | MASK);
    expect(apic.raise(3)).toBeUndefined();
    expect(writeIndex(0x16, FIXED[0] | LEVEL)).toBe(1);
    expect(apic.readEntry(3)[0]).toBe(FIXED[0] | LEVEL | REMOTE_IRR);
  });

  test('masked and no longer asserted, nothing is sent', () => {
    program(3, FIXED[0] | LEVEL | MASK);
    apic.raise(3);
    apic.lower(3);
    expect(program(3, FIXED[0] | LEVEL)).toEqual([]);
  });

  test('a mask that is set and cleared before the EOI does not send it twice', () => {
    program(3, FIXED[0] | LEVEL);
    apic.raise(3);
    writeIndex(0x16, FIXED[0] | LEVEL | MASK);
    expect(writeIndex(0x16, FIXED[0] | LEVEL)).toBe(0);
    writeIndex(0x16, FIXED[0] | LEVEL | MASK);
    expect(apic.eoi(0x31)).toEqual([]);
    expect(writeIndex(0x16, FIXED[0] | LEVEL)).toBe(1);
  });

  test('without an EOI register software changes to edge and back, which clears Remote IRR', () => {
    apic = new IoApic({ unit: target, sourceId: 0xf0ff, version: 0x11 });
    program(3, FIXED[0] | LEVEL);
    apic.raise(3);
    expect(apic.write(0x40, 0x31)).toEqual([]);
    writeIndex(0x16, FIXED[0] | MASK);
    expect(apic.readEntry(3)[0]).toBe(FIXED[0] | MASK);
    expect(writeIndex(0x16, FIXED[0] | LEVEL)).toBe(1);
  });

  test('software that answers within the request finds Remote IRR set', () => {
    const seen: number[] = [];
    apic = new IoApic({
      unit: {
        interrupt(request) {
          seen.push(apic.readEntry(3)[0]! & REMOTE_IRR);
          apic.lower(3);
          apic.eoi(0x31);
          return target.interrupt(request);
        },
      },
      sourceId: 0,
    });
    program(3, FIXED[0] | LEVEL);
    apic.raise(3);
    expect([seen, apic.readEntry(3)[0]]).toEqual([[REMOTE_IRR], FIXED[0] | LEVEL]);
  });
});

describe('What a caller may not do', () => {
  test.each<[string, () => unknown, string]>([
    ['a pin that is not there', () => apic.raise(24), 'pin is an integer from 0 to 0x17, got 24'],
    ['a negative one', () => apic.setLine(-1, true), 'pin is an integer from 0 to 0x17, got -1'],
    ['its entry', () => apic.readEntry(24), 'pin is an integer from 0 to 0x17, got 24'],
    ['its lowering', () => apic.lower(1.5), 'pin is an integer from 0 to 0x17, got 1.5'],
    ['an entry of three words', () => apic.writeEntry(0, new Uint32Array(3)), 'has two words, got 3'],
    ['a value of 33 bits', () => apic.write(0x10, 2 ** 32), 'value is an integer from 0 to 0xffffffff, got 4294967296'],
    ['a negative value', () => apic.write(0x10, -1), 'value is an integer from 0 to 0xffffffff, got -1'],
    ['an offset between dwords', () => apic.read(0x12), 'an access of 32 bits is aligned to 4 bytes, got offset 18'],
    ['an offset outside', () => apic.write(0x1000, 0), 'offset is an integer from 0 to 0xffc, got 4096'],
    ['a vector of 9 bits', () => apic.eoi(256), 'vector is an integer from 0 to 0xff, got 256'],
    ['no pins', () => new IoApic({ unit: target, sourceId: 0, pins: 0 }), 'pins is an integer from 1 to 0x78, got 0'],
    ['121 pins', () => new IoApic({ unit: target, sourceId: 0, pins: 121 }), 'got 121'],
    ['a wide version', () => new IoApic({ unit: target, sourceId: 0, version: 256 }), 'got 256'],
    ['a wide source-id', () => new IoApic({ unit: target, sourceId: 0x1_0000 }), 'sourceId is an integer from 0 to'],
  ])('%s', (_, call, sentence) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(sentence);
  });
});

describe('Random histories', () => {
  const dword = fc.nat(0xffff_ffff);
  const access = fc.record({
    offset: fc.oneof(
      fc.constantFrom(0x00, 0x10, 0x40),
      fc.nat(0x3ff).map((n) => 4 * n),
    ),
    value: fc.oneof(dword, fc.nat(0x3f)),
  });

  test('no write throws, and none sets Remote IRR, Delivery Status or a reserved bit', { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
        const written = new IoApic({ unit: new Recorder(), sourceId: 1 });
        for (const { offset, value } of accesses) written.write(offset, value);
        for (let pin = 0; pin < 24; pin++) {
          const [low, high] = written.readEntry(pin);
          expect([low! & 0xfffe_5000, high! & 0xffff]).toEqual([0, 0]);
        }
        written.write(0x00, 1);
        expect(written.read(0x10)).toBe(0x0017_0020);
      }),
      runs(200, 5000),
    );
  });

  type Step = readonly ['low', number] | readonly ['line', boolean] | readonly ['eoi', number];
  const step = fc.oneof(
    fc
      .record({ level: fc.boolean(), mask: fc.boolean(), active: fc.boolean(), vector: fc.constantFrom(0x31, 0x32) })
      .map(
        ({ level, mask, active, vector }): Step => [
          'low',
          vector | (level ? LEVEL : 0) | (mask ? MASK : 0) | (active ? LOW : 0),
        ],
      ),
    fc.boolean().map((high): Step => ['line', high]),
    fc.constantFrom(0x31, 0x32).map((vector): Step => ['eoi', vector]),
  );

  /** One pin, read again: how many requests each step sends. */
  function naively(steps: readonly Step[]): readonly number[] {
    let low = MASK;
    let high: boolean | undefined;
    let waits = false;
    return steps.map(([kind, value]) => {
      const assertedBy = (level: boolean | undefined) => level !== undefined && level === ((low & LOW) === 0);
      const before = assertedBy(high);
      if (kind === 'low') low = value;
      if (kind === 'line') high = value;
      const level = (low & LEVEL) !== 0;
      if (!level || (kind === 'eoi' && value === (low & 0xff))) waits = false;
      const open = (low & MASK) === 0 && assertedBy(high);
      const sends = level ? open && !waits : open && kind === 'line' && !before;
      if (sends && level) waits = true;
      return sends ? 1 : 0;
    });
  }

  test('a pin sends what its line, its entry and its EOIs ask for', { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const recorder = new Recorder();
        const one = new IoApic({ unit: recorder, sourceId: 1, pins: 1 });
        one.write(0x00, 0x10);
        const sent = steps.map(([kind, value]) => {
          if (kind === 'low') one.write(0x10, value);
          else if (kind === 'line') one.setLine(0, value);
          else one.eoi(value);
          return recorder.requests.splice(0).length;
        });
        expect(sent).toEqual(naively(steps));
      }),
      runs(500, 20_000),
    );
  });
});
