import { describe, expect, test } from 'vitest';
import { AllowedInterrupts } from './allowed-interrupt.ts';
import {
  asked,
  DESCRIPTOR,
  DEVICE,
  GOOD,
  handle,
  INTERRUPT_CAP,
  INTERRUPT_ECAP,
  NDST,
  NV,
  ON,
  POSTED,
  TABLE,
} from './interrupt-bench.ts';
import type { Choices } from './types.ts';

// The worked sets of 6.A for IRTEs and the cases of chapters 5, 6 and 11. What is expected was written from the digest.

const RWBF = 1n << 4n;
const CM = 1n << 7n;
const ESIRTPS = 1n << 62n;

const OLD = 'delivered fee12000 4031 to 12';
const NEW = 'delivered fee13000 4031 to 13';
/** Vector 31h to processor 13h. */
const NEXT = 0x1300_0031_0001n;
const OTHER_TABLE = 0x11_0000n;
/** SVT=01b for this source. */
const only = (source: number): bigint => (1n << 18n) | BigInt(source);

/** Entry 5 delivers to processor 12h. */
function start(set = 0n, choices: Partial<Choices> = {}): AllowedInterrupts {
  const facts = { version: 0x70, hostAddressWidth: 46, extendedCapabilities: INTERRUPT_ECAP };
  const unit = new AllowedInterrupts({ ...facts, capabilities: INTERRUPT_CAP | set }, choices);
  put(unit, 5, GOOD);
  unit.setTable(TABLE | 7n);
  unit.setRemapping(true);
  return unit;
}

function put(unit: AllowedInterrupts, index: number, low: bigint, high = 0n, table = TABLE): void {
  unit.write(table + BigInt(16 * index), [low, high]);
}

const ask = (unit: AllowedInterrupts, index = 5, source = DEVICE): string[] =>
  unit.answers(asked(handle(index), source));
const byIndex = (index: number, mask = 0) => ({ granularity: 'index', index, mask }) as const;
const everything = { granularity: 'global' } as const;

/** Used, then changed. */
function changed(set = 0n): AllowedInterrupts {
  const unit = start(set);
  expect(ask(unit)).toEqual([OLD]);
  put(unit, 5, NEXT);
  return unit;
}

describe('an entry', () => {
  test('A31, 6.A-G2: changed, without invalidation; never used, there is nothing old', () => {
    const unit = changed();
    for (let i = 0; i < 3; i += 1) expect(ask(unit)).toEqual([OLD, NEW]); // 6.A-R6
    const unused = start();
    put(unused, 5, NEXT);
    expect(ask(unused)).toEqual([NEW]);
  });

  test('A32: another index; the right one', () => {
    const unit = changed();
    unit.invalidate(byIndex(4));
    unit.wait();
    expect(ask(unit)).toEqual([OLD, NEW]);
    unit.invalidate(byIndex(5));
    unit.wait();
    expect(ask(unit)).toEqual([NEW]);
  });

  test('A35: the wait is not complete', () => {
    const unit = changed();
    unit.invalidate(everything);
    expect(ask(unit)).toEqual([OLD, NEW]);
    unit.wait();
    expect(ask(unit)).toEqual([NEW]);
  });

  test('A3, A4, A6: what could not be used is kept with CM=1 only', () => {
    const broken = [
      [0n, 0n, 'UR 22h'],
      [GOOD | (1n << 24n), 0n, 'UR 24h'],
      [GOOD, only(0x0100), 'UR 26h'],
    ] as const;
    for (const [low, high, fault] of broken) {
      for (const set of [0n, CM]) {
        const unit = start(set);
        put(unit, 5, low, high);
        expect(ask(unit)).toEqual([fault]);
        put(unit, 5, NEXT);
        expect(ask(unit)).toEqual(set === CM ? [fault, NEW] : [NEW]);
        unit.invalidate(byIndex(5));
        unit.wait();
        expect(ask(unit)).toEqual([NEW]);
      }
    }
  });

  test('present to absent', () => {
    const unit = changed();
    put(unit, 5, 0n);
    expect(ask(unit)).toEqual(['UR 22h', OLD]); // NEXT was never read
  });

  test('6.78: index-selective with a mask, and global', () => {
    const indexes = [0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x145];
    const stale = (command: Parameters<AllowedInterrupts['invalidate']>[0]) => {
      const unit = start();
      unit.setTable(TABLE | 15n);
      for (const index of indexes) put(unit, index, GOOD);
      for (const index of indexes) ask(unit, index);
      for (const index of indexes) put(unit, index, NEXT);
      unit.invalidate(command);
      unit.wait();
      return indexes.filter((index) => ask(unit, index).includes(OLD));
    };
    expect(stale(byIndex(0x45, 2))).toEqual([0x43, 0x48, 0x145]);
    expect(stale(byIndex(0x45, 0))).toEqual([0x43, 0x44, 0x46, 0x47, 0x48, 0x145]);
    expect(stale(byIndex(0x45, 1))).toEqual([0x43, 0x46, 0x47, 0x48, 0x145]);
    expect(stale(byIndex(0, 15))).toEqual([]);
    expect(stale(everything)).toEqual([]);
  });

  test('6.5.2.8-G1: IM above MHMV is no command', () => {
    expect(() => start().invalidate(byIndex(0, 16))).toThrow(RangeError);
    expect(() => start().invalidate(byIndex(0, 15))).not.toThrow();
  });

  test('6.79: the source check is that of the copy', () => {
    const unit = start();
    put(unit, 5, GOOD, only(DEVICE));
    expect(ask(unit, 5, 0x0100)).toEqual(['UR 26h']);
    expect(ask(unit)).toEqual([OLD]);
    put(unit, 5, NEXT, only(0x0100));
    expect(ask(unit)).toEqual(['UR 26h', OLD]);
    expect(ask(unit, 5, 0x0100)).toEqual(['UR 26h', NEW]);
    unit.invalidate(byIndex(5));
    unit.wait();
    expect(ask(unit)).toEqual(['UR 26h']);
    expect(ask(unit, 5, 0x0100)).toEqual([NEW]);
  });

  test('6.80: FPD is that of the copy', () => {
    const unit = start();
    put(unit, 5, GOOD | 2n, only(DEVICE));
    expect(ask(unit)).toEqual([OLD]);
    put(unit, 5, GOOD, only(DEVICE));
    expect(ask(unit, 5, 0x0100)).toEqual(['UR 26h', 'UR 26h silent']);
  });
});

describe('commands under way', () => {
  test('6.5.2.12-M1: what a request reads behind a command stays if the command was done before', () => {
    const unit = changed(CM);
    put(unit, 5, 0n);
    unit.invalidate(everything);
    expect(ask(unit)).toEqual(['UR 22h', OLD]);
    put(unit, 5, NEXT);
    unit.wait();
    expect(ask(unit)).toEqual(['UR 22h', NEW]);
  });

  test('6.A-R4: a copy from before the command has gone after the wait, however often it was used', () => {
    const unit = changed();
    unit.invalidate(byIndex(5));
    for (let i = 0; i < 3; i += 1) expect(ask(unit)).toEqual([OLD, NEW]);
    put(unit, 5, GOOD | (0x32n << 16n));
    unit.wait();
    expect(ask(unit)).toEqual(['delivered fee12000 4033 to 12', NEW].sort());
  });

  test('a command only reaches what was there when it was given', () => {
    const unit = start();
    unit.invalidate(everything);
    unit.wait();
    ask(unit);
    put(unit, 5, NEXT);
    unit.wait();
    expect(ask(unit)).toEqual([OLD, NEW]);
  });
});

describe('the table', () => {
  test.each([
    ['5.60, 11.32, 6.102: ESIRTPS=0, the old entries stay', 0n, [OLD, NEW]],
    ['6.102, 11.33: ESIRTPS=1', ESIRTPS, [NEW]],
  ])('%s', (_, set, expected) => {
    const unit = start(set);
    put(unit, 5, NEXT, 0n, OTHER_TABLE);
    expect(ask(unit)).toEqual([OLD]);
    unit.setTable(OTHER_TABLE | 7n);
    expect(ask(unit)).toEqual(expected);
  });

  test.each([
    [0n, [OLD, NEW]],
    [ESIRTPS, [NEW]],
  ])('11.33: off and on with CAP bits %d', (set, expected) => {
    const unit = changed(set);
    unit.setRemapping(true);
    expect(ask(unit)).toEqual([OLD, NEW]);
    unit.setRemapping(false);
    expect(ask(unit)).toEqual(['delivered fee000b0 0 to 0']);
    unit.setRemapping(true);
    expect(ask(unit)).toEqual(expected);
  });

  test('a smaller table refuses an index although a copy of its entry is there', () => {
    const unit = changed();
    unit.setTable(TABLE | 1n);
    expect(ask(unit)).toEqual(['UR 21h']);
  });

  test('11.34: compatibility requests', () => {
    const unit = start();
    expect(unit.answers(asked(0xfee01000n))).toEqual(['UR 25h']);
    unit.setCompatibility(true);
    expect(unit.answers(asked(0xfee01000n))).toEqual(['delivered fee01000 0 to 1']);
  });
});

describe('writes that are not seen', () => {
  function buffered(): AllowedInterrupts {
    const unit = start(RWBF);
    put(unit, 5, 0n);
    unit.write(TABLE + 0x50n, [NEXT, 0n], false);
    return unit;
  }

  test('6.103: an entry that comes is seen or not until a flush', () => {
    const unit = buffered();
    expect(ask(unit)).toEqual(['UR 22h', NEW]);
    expect(ask(unit)).toEqual(['UR 22h', NEW]);
    unit.flush();
    expect(ask(unit)).toEqual([NEW]);
  });

  test('6.8-R1: iec_inv flushes what was written before it, when it is done', () => {
    const unit = buffered();
    unit.invalidate(byIndex(99));
    unit.write(TABLE + 0x60n, [GOOD, 0n], false);
    expect(ask(unit)).toEqual(['UR 22h', NEW]);
    unit.wait();
    expect(ask(unit)).toEqual([NEW]);
    expect(ask(unit, 6)).toEqual(['UR 22h', OLD]);
    const direct = start();
    direct.write(TABLE + 0x50n, [NEXT, 0n], false);
    direct.invalidate(everything);
    direct.wait();
    expect(ask(direct)).toEqual([OLD, NEW]); // RWBF=0: only a flush of the CPU's caches helps (ECAP.C=0)
  });

  test('9-R1: both words of one write are seen together, those of two writes apart', () => {
    const unit = start(RWBF);
    put(unit, 5, GOOD, only(0x0100));
    unit.write(TABLE + 0x50n, [NEXT, only(DEVICE)], false);
    expect(ask(unit)).toEqual(['UR 26h', NEW]);
    const apart = start(RWBF);
    put(apart, 5, GOOD, only(0x0100));
    apart.write(TABLE + 0x50n, [NEXT], false);
    apart.write(TABLE + 0x58n, [only(DEVICE)], false);
    expect(ask(apart)).toEqual(['UR 26h', OLD, NEW]);
  });

  test('either of two readings may have been kept', () => {
    const unit = start(RWBF);
    put(unit, 6, GOOD);
    expect(ask(unit, 6)).toEqual([OLD]);
    unit.write(TABLE + 0x50n, [NEXT, 0n], false);
    expect(ask(unit)).toEqual([OLD, NEW]);
    put(unit, 5, 0n);
    expect(ask(unit)).toEqual(['UR 22h', OLD, NEW]);
  });

  test('a later write that is seen hides an earlier one that is not', () => {
    const unit = start(RWBF);
    unit.write(TABLE + 0x50n, [NEXT, 0n], false);
    put(unit, 5, 0n);
    expect(ask(unit)).toEqual(['UR 22h']);
    unit.flush();
    expect(ask(unit)).toEqual(['UR 22h']);
  });
});

describe('posting', () => {
  const OTHER = DESCRIPTOR + 64n;
  const ELSEWHERE = POSTED + (64n << 32n);
  const LOUD = 'posted 20000 50 fee20000 40f2 to 20';
  const QUIET = 'posted 20000 50';
  const LOUD_ELSEWHERE = 'posted 20040 50 fee20000 40f2 to 20';
  const QUIET_ELSEWHERE = 'posted 20040 50';

  function posting(): AllowedInterrupts {
    const unit = start();
    put(unit, 5, POSTED);
    for (const descriptor of [DESCRIPTOR, OTHER]) unit.write(descriptor + 32n, [NV | NDST]);
    return unit;
  }

  const clear = (unit: AllowedInterrupts): void => {
    for (const descriptor of [DESCRIPTOR, OTHER]) unit.write(descriptor + 32n, [NV | NDST]);
  };

  test('A31: another descriptor; each has its own ON', () => {
    const unit = posting();
    expect([ask(unit), ask(unit)]).toEqual([[LOUD], [QUIET]]);
    put(unit, 5, ELSEWHERE);
    expect(ask(unit)).toEqual([QUIET, LOUD_ELSEWHERE]);
    expect(ask(unit)).toEqual([QUIET, QUIET_ELSEWHERE, LOUD_ELSEWHERE]);
    clear(unit);
    expect(ask(unit)).toEqual([LOUD, LOUD_ELSEWHERE]);
    expect(ask(unit)).toEqual([LOUD, QUIET, QUIET_ELSEWHERE, LOUD_ELSEWHERE].sort());
    unit.invalidate(byIndex(5));
    unit.wait();
    expect(ask(unit)).toEqual([QUIET_ELSEWHERE, LOUD_ELSEWHERE]);
    expect(ask(unit)).toEqual([QUIET_ELSEWHERE]);
  });

  test('an entry that only a request can have cached was used by that request', () => {
    const unit = posting();
    ask(unit);
    put(unit, 5, ELSEWHERE);
    expect(ask(unit)).toEqual([QUIET, LOUD_ELSEWHERE]);
    put(unit, 5, GOOD);
    // Elsewhere is only posted now through a copy, and what made the copy has set ON.
    expect(ask(unit)).toEqual([OLD, QUIET, QUIET_ELSEWHERE].sort());
  });

  test('an answer that was seen rules out the worlds without it', () => {
    const unit = posting();
    ask(unit);
    put(unit, 5, ELSEWHERE);
    expect(ask(unit)).toEqual([QUIET, LOUD_ELSEWHERE]);
    unit.answered(LOUD_ELSEWHERE);
    expect(ask(unit)).toEqual([QUIET, QUIET_ELSEWHERE]);
    unit.answered(QUIET);
    put(unit, 5, GOOD);
    expect(ask(unit)).toEqual([OLD, QUIET, QUIET_ELSEWHERE].sort());
    expect(() => unit.answered(LOUD)).toThrow(RangeError);
    const never = posting();
    ask(never);
    put(never, 5, ELSEWHERE);
    ask(never);
    never.answered(QUIET); // the new entry was not read
    put(never, 5, GOOD);
    expect(ask(never)).toEqual([OLD, QUIET].sort());
  });

  test('28h is not kept with CM=0', () => {
    const unit = posting();
    unit.write(DESCRIPTOR + 40n, [1n]);
    expect(ask(unit)).toEqual(['UR 28h']);
    put(unit, 5, GOOD);
    expect(ask(unit)).toEqual([OLD]);
  });

  test('an entry may post from the IEC to a descriptor that has gone', () => {
    const unit = posting();
    ask(unit);
    put(unit, 5, GOOD);
    unit.write(DESCRIPTOR + 32n, [NV | NDST | ON]);
    expect(ask(unit)).toEqual([OLD, QUIET].sort());
  });

  test('6.A-R7: descriptors are not written behind a buffer', () => {
    const unit = posting();
    unit.write(DESCRIPTOR, [1n], false);
    expect(() => ask(unit)).toThrow(RangeError);
  });
});
