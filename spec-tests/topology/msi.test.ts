import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { MsiCapability } from '../../src/topology/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Recorder } from './bench.ts';

let target: Recorder;

beforeEach(() => {
  target = new Recorder();
});

/** Message Control, the upper half of the first dword: enabled, with 2^log2 messages allocated. */
const enable = (log2 = 0) => 1 | (log2 << 4);

/** A capability with 8 messages that software has programmed: index 40h with a subhandle, all messages allocated. */
function programmed(): MsiCapability {
  const msi = new MsiCapability({ unit: target, sourceId: 0x0010, messages: 8, maskable: true });
  msi.write(0x04, 32, 0xfee0_0818);
  msi.write(0x08, 32, 0);
  msi.write(0x0c, 16, 0);
  msi.write(0x02, 16, enable(3));
  return msi;
}

describe('The MSI capability', () => {
  test('its form: with and without an upper address, with and without masks', () => {
    const of = (wideAddress: boolean, maskable: boolean) => {
      const msi = new MsiCapability({ unit: target, sourceId: 0, messages: 4, wideAddress, maskable });
      return [msi.read(0, 32).toString(16), msi.size];
    };
    expect(of(false, false)).toEqual(['40005', 0x0c]);
    expect(of(true, false)).toEqual(['840005', 0x10]);
    expect(of(false, true)).toEqual(['1040005', 0x14]);
    expect(of(true, true)).toEqual(['1840005', 0x18]);
  });

  test('what software can write: the rest is read-only', () => {
    const msi = new MsiCapability({ unit: target, sourceId: 0, messages: 4, maskable: true });
    for (let offset = 0; offset < msi.size; offset += 4) msi.write(offset, 32, 0xffff_ffff);
    const read = [0, 4, 8, 12, 16, 20].map((offset) => msi.read(offset, 32).toString(16));
    expect(read).toEqual(['1f50005', 'fffffffc', 'ffffffff', 'ffff', 'f', '0']);
  });

  test('bytes and words are written alone', () => {
    const msi = new MsiCapability({ unit: target, sourceId: 0 });
    msi.write(0x04, 32, 0x1122_3344);
    msi.write(0x05, 8, 0xee);
    msi.write(0x06, 16, 0xbeef);
    expect(msi.read(0x04, 32)).toBe(0xbeef_ee44);
    expect([msi.read(0x07, 8), msi.read(0x06, 16), msi.read(0x05, 8)]).toEqual([0xbe, 0xbeef, 0xee]);
  });

  test('in the form without an upper address the data follow the address', () => {
    const msi = new MsiCapability({ unit: target, sourceId: 7, wideAddress: false });
    msi.write(0x04, 32, 0xfee0_1000);
    msi.write(0x08, 32, 0x1_4031);
    msi.write(0x02, 16, enable());
    expect(msi.raise(0)).toEqual({ kind: 'blocked', response: 'UR' });
    expect(target.requests).toEqual([{ sourceId: 7, address: 0xfee0_1000, data: 0x4031 }]);
  });
});

describe('Several messages (§5.1.5.2)', () => {
  test('message 5 of 8 has 5 in the low bits of its data', () => {
    programmed().raise(5);
    expect(target.take()).toEqual(['fee00818 5']);
  });

  test('only as many bits are replaced as software has allocated messages', () => {
    const msi = programmed();
    msi.write(0x0c, 16, 0xabcf);
    expect(msi.allocated).toBe(8);
    msi.raise(2);
    msi.write(0x02, 16, enable(1));
    expect(msi.allocated).toBe(2);
    msi.raise(0);
    msi.write(0x02, 16, enable());
    msi.raise(0);
    expect(target.take()).toEqual(['fee00818 abca', 'fee00818 abce', 'fee00818 abcf']);
  });

  test('software that allocates more than there are has allocated all', () => {
    const msi = programmed();
    msi.write(0x02, 16, enable(7));
    expect(msi.allocated).toBe(8);
  });

  test('a message that software has not allocated is refused', () => {
    const msi = programmed();
    msi.write(0x02, 16, enable(2));
    expect(() => msi.raise(4)).toThrow(new RangeError('software has allocated 4 of 8 messages, got message 4'));
  });
});

describe('Mask and pending bits', () => {
  test('off, nothing is sent and nothing becomes pending', () => {
    const msi = programmed();
    msi.write(0x02, 16, enable(3) - 1);
    expect(msi.raise(7)).toBeUndefined();
    expect(msi.write(0x02, 16, enable(3))).toEqual([]);
    expect(msi.read(0x14, 32)).toBe(0);
  });

  test('masked, it is pending until the mask is cleared, and then leaves once', () => {
    const msi = programmed();
    msi.write(0x10, 32, 0x24);
    expect([msi.raise(5), msi.raise(5), msi.raise(2)]).toEqual([undefined, undefined, undefined]);
    expect(msi.read(0x14, 32)).toBe(0x24);
    expect(msi.write(0x10, 8, 0x04)).toHaveLength(1);
    expect(msi.read(0x14, 32)).toBe(0x04);
    expect(msi.write(0x10, 8, 0)).toHaveLength(1);
    expect(msi.write(0x10, 8, 0)).toHaveLength(0);
    expect(target.take()).toEqual(['fee00818 5', 'fee00818 2']);
  });

  test('the address and the data are those when it leaves', () => {
    const msi = programmed();
    msi.write(0x10, 32, 1);
    msi.raise(0);
    msi.write(0x04, 32, 0xfee0_0038);
    msi.write(0x10, 32, 0);
    expect(target.take()).toEqual(['fee00038 0']);
  });

  test('what is unmasked while MSI is off leaves when it is turned on', () => {
    const msi = programmed();
    msi.write(0x10, 32, 1);
    msi.raise(0);
    msi.write(0x02, 16, 0);
    expect(msi.write(0x10, 32, 0)).toEqual([]);
    expect(msi.write(0x02, 16, enable(3))).toHaveLength(1);
  });

  test('a pending message whose address is not FEEx_xxxxh leaves as an ordinary write, without an outcome', () => {
    const msi = programmed();
    msi.write(0x10, 32, 1);
    msi.raise(0);
    msi.write(0x08, 32, 1);
    expect(msi.write(0x10, 32, 0)).toEqual([]);
    expect([msi.read(0x14, 32), target.take()]).toEqual([0, []]);
  });

  test('what is masked never leaves, and what is pending leaves once', { timeout: LONG }, () => {
    const operation = fc.oneof(
      fc.nat(7).map((n) => ({ raise: n })),
      fc.nat(0xff).map((mask) => ({ mask })),
      fc.boolean().map((on) => ({ on })),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const msi = programmed();
        const waiting = new Set<number>();
        let [mask, on] = [0, true];
        for (const it of operations) {
          const expected: number[] = [];
          if ('raise' in it) {
            if (on && ((mask >> it.raise) & 1) === 0) expected.push(it.raise);
            else if (on) waiting.add(it.raise);
            msi.raise(it.raise);
          } else {
            if ('mask' in it) mask = it.mask;
            else on = it.on;
            for (const n of [...waiting].sort()) if (on && ((mask >> n) & 1) === 0) expected.push(n);
            for (const n of expected) waiting.delete(n);
            if ('mask' in it) msi.write(0x10, 8, mask);
            else msi.write(0x02, 16, on ? enable(3) : enable(3) - 1);
          }
          expect(target.take()).toEqual(expected.map((n) => `fee00818 ${n}`));
        }
      }),
      runs(200, 10_000),
    );
  });

  test('no write throws, and read-only bits keep their value', { timeout: LONG }, () => {
    const write = fc.record({ offset: fc.nat(23), width: fc.constantFrom(8, 16, 32), value: fc.nat(0xffff_ffff) });
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), fc.nat(7), (writes, n) => {
        const msi = programmed();
        msi.write(0x10, 32, 0xff);
        msi.raise(n);
        for (const { offset, width, value } of writes) {
          msi.write(offset - (offset % (width / 8)), width, width === 32 ? value : value % 2 ** width);
        }
        expect(msi.read(0, 32) & ~0x0071_0000).toBe(0x0186_0005);
        expect([0, 2 ** n]).toContain(msi.read(0x14, 32));
      }),
      runs(200, 5000),
    );
  });
});

describe('What a caller may not do', () => {
  const msi = () => programmed();

  test.each<[string, () => unknown, string]>([
    ['a message beyond', () => msi().raise(8), 'message is an integer from 0 to 0x7, got 8'],
    ['three messages', () => new MsiCapability({ unit: target, sourceId: 0, messages: 3 }), 'got 3'],
    ['64 bits', () => msi().read(0, 64), 'an access has 8 or 16 or 32 bits here, got 64'],
    ['misaligned', () => msi().write(3, 16, 0), 'an access of 16 bits is aligned to 2 bytes, got offset 3'],
    ['outside', () => msi().read(0x18, 8), 'offset is an integer from 0 to 0x17, got 24'],
    ['a value too wide', () => msi().write(0, 8, 256), 'value is an integer from 0 to 0xff, got 256'],
  ])('%s', (_, call, sentence) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(sentence);
  });

  test('a message that is not for FEEx_xxxxh, by either half of its address', () => {
    const low = msi();
    low.write(0x04, 32, 0xfef0_0000);
    expect(() => low.raise(0)).toThrow(
      new RangeError(
        'the message is an ordinary memory write to 0xfef00000: an interrupt request is for 0xfee00000 to 0xfeefffff',
      ),
    );
    const high = msi();
    high.write(0x08, 32, 0x1);
    expect(() => high.raise(0)).toThrow('an ordinary memory write to 0x1fee00818: an interrupt request is for');
  });
});
