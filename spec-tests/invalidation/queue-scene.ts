import { contradictionsOf, type UnitParameters } from '../../src/index.ts';
import type { Draw } from '../properties/scene.ts';
import { bits } from './naive-queue.ts';
import type { QueueBench } from './queue-bench.ts';

const field = (value: number | bigint, low: number): bigint => BigInt(value) << BigInt(low);

/** A unit with a queue, by the document's bit numbers, drawn until it does not contradict itself. */
export function drawQueueUnit(draw: Draw): UnitParameters {
  for (;;) {
    const hostAddressWidth = draw.of([32, 39, 46, 48, 52]);
    // DT, PRS, DIT, PDS, SMTS, ADMS and HPTS: mostly there, because most of what needs them would only be refused.
    const most = (low: number) => field(draw.oneIn(5) ? 0 : 1, low);
    const unit = {
      version: draw.of([0x10, 0x50, 0x70]),
      hostAddressWidth,
      capabilities:
        field(draw.below(7), 0) |
        field(0b00100, 8) |
        field(Math.max(hostAddressWidth, draw.of([39, 48, 57, 64])) - 1, 16) |
        field(0x40, 24) |
        most(39) |
        field(draw.below(4), 40) |
        field(draw.of([0, 9, 18, 63]), 48) |
        field(0b11, 54) |
        field(draw.below(2), 63),
      extendedCapabilities:
        field(1, 1) |
        most(2) |
        field(draw.oneIn(3) ? 0 : draw.of([0b01, 0b11]), 3) |
        field(0x50, 8) |
        field(draw.of([0, 0, 3, 15]), 20) |
        most(29) |
        most(41) |
        most(42) |
        most(43) |
        field(1, 46) |
        most(52) |
        most(55),
    };
    if (contradictionsOf(unit).length === 0) return unit;
  }
}

/** Bits of each type's fields, so that most descriptors are valid or nearly so. The type itself is not among them. */
const FIELDS: readonly bigint[] = [
  0n,
  0x0003_ffff_ffff_0030n,
  0xffff_ffff_ffff_f07f_0000_0000_ffff_00f0n,
  0xffff_ffff_ffff_f001_fff0_ffff_001f_f000n,
  0x0000_ffff_f800_0010n,
  0xffff_ffff_ffff_fffc_ffff_ffff_0000_00f0n,
  0xffff_ffff_ffff_f07f_000f_ffff_ffff_0030n,
  0x000f_ffff_ffff_0030n,
  0xffff_ffff_ffff_f801_ffff_ffff_ffff_f1f0n,
  0x0000_0000_0000_0ffc_000f_ffff_ffff_f010n,
  0xffff_ffff_ffff_f0ff_0000_0000_ffff_0030n,
];

/** The granularities that are not reserved, by type; the others have any. */
const GRANULARITIES: Readonly<Record<number, readonly number[]>> = {
  1: [1, 2, 3],
  2: [1, 2, 3],
  6: [2, 3],
  7: [0, 1, 3],
  10: [1, 2, 3],
};

/** 256 bits that look like a descriptor of a type up to `highest`. */
function drawDescriptor(draw: Draw, base: bigint, highest: number): bigint {
  if (draw.oneIn(60)) return draw.bits(256);
  // A wait more often than the others, for it is seen from outside.
  const type = draw.oneIn(4) ? 5 : draw.oneIn(25) ? draw.below(16) : 1 + draw.below(highest);
  let value = (draw.bits(128) & (FIELDS[type] ?? 0n)) | BigInt(type);
  const granularities = GRANULARITIES[type];
  if (granularities !== undefined && !draw.oneIn(12)) {
    value = (value & ~field(3, 4)) | field(draw.of(granularities), 4);
  }
  // Masks that fit more often than not, and ranges of Device-TLB invalidations of every size.
  if (type === 2 && !draw.oneIn(8)) value &= ~field(draw.of([0x30, 0x37, 0x3f]), 64);
  if (type === 3 || type === 8) value |= field((1n << BigInt(draw.below(53))) - 1n, 76);
  // Of few endpoints, more often than not.
  if (type === 3 && !draw.oneIn(4)) value &= ~field(0xfffe, 32);
  if (type === 8 && !draw.oneIn(4)) value &= ~field(0xfffe, 16);
  if ((type === 3 || type === 8) && draw.oneIn(2)) value &= ~field(0xfff, 52) & ~field(0xf, 12);
  if (type === 4 && !draw.oneIn(8)) value &= ~field(draw.of([0x1c, 0x1f]), 27);
  if (type === 5) {
    if (!draw.oneIn(4)) value &= ~field(1, 7);
    // Within the queue, more often than not: what a wait writes may be in the descriptor that comes next.
    if (!draw.oneIn(4)) value = (value & ~field((1n << 62n) - 1n, 66)) | ((base + 4n * draw.bits(12)) << 64n);
  }
  return draw.oneIn(40) ? value ^ (1n << BigInt(draw.below(draw.oneIn(3) ? 256 : 128))) : value;
}

/** Where the ring may be; the last pages before the end of what the host or memory has are among them. */
function drawBase(draw: Draw, hostAddressWidth: number): bigint {
  const last = (1n << BigInt(draw.of([hostAddressWidth, hostAddressWidth, 52, 64]))) - 0x1000n;
  return draw.oneIn(6) ? last : draw.of([0x1000n, 0x7_f000n, 0x8000_0000n]);
}

const REGISTERS: readonly (readonly [offset: number, width: 32 | 64])[] = [
  [0x20, 64],
  [0x24, 32],
  [0x34, 32],
  [0x38, 32],
  [0x38, 64],
  [0x40, 64],
  [0x80, 64],
  [0x88, 64],
  [0x88, 32],
  [0x90, 64],
  [0x90, 32],
  [0x94, 32],
  [0x98, 64],
  [0x9c, 32],
  [0xa0, 32],
  [0xa0, 64],
  [0xa8, 64],
  [0xb0, 64],
];

/** An endpoint completes, mostly what it has to, or does not in time. */
function answerAsEndpoint(bench: QueueBench, draw: Draw): void {
  const pending = bench.naive.outstanding.filter(({ tag }) => tag !== undefined);
  if (pending.length === 0 || draw.oneIn(10)) {
    if (draw.oneIn(3)) bench.completeDeviceTlb(draw.below(draw.of([2, 0x10000])), draw.below(32));
    return;
  }
  const { sourceId, tag } = draw.of(pending);
  if (draw.oneIn(6)) bench.timeOutDeviceTlb(sourceId!);
  else if (draw.oneIn(3)) bench.completeDeviceTlb(sourceId!, tag!);
  else for (const it of pending) bench.completeDeviceTlb(it.sourceId!, it.tag!);
}

/** One thing that software or an endpoint does. */
export function takeStep(bench: QueueBench, draw: Draw, hostAddressWidth: number): void {
  const { naive } = bench;
  const base = naive.IQA & ~0xfffn;
  const wide = bits(naive.IQA, 11) === 1n;
  const bytes = wide ? 32n : 16n;
  const size = 4096n << bits(naive.IQA, 2, 0);
  const highest = naive.mode === 0n ? 5 : 10;
  for (let answers = draw.below(3); answers > 0; answers--) answerAsEndpoint(bench, draw);
  switch (draw.below(12)) {
    case 0:
      if (draw.oneIn(8)) bench.reset(draw.oneIn(2));
      break;
    case 1: {
      // A mode, which sometimes is latched too.
      bench.register(0x20, 64, (draw.bits(64) & ~0xc00n) | field(draw.of([0, 0, 1, 1, 2, 3]), 10));
      if (draw.oneIn(4)) bench.register(0x18, 32, field(1, 30) | field(naive.QIES, 26) | field(naive.TES, 31));
      break;
    }
    case 2:
      if (draw.oneIn(2)) break;
      bench.register(
        0x90,
        64,
        drawBase(draw, hostAddressWidth) | field(draw.oneIn(3) ? 0 : 1, 11) | field(draw.of([0, 0, 1, 7]), 0),
      );
      break;
    case 3:
      bench.register(
        0x18,
        32,
        field(draw.oneIn(6) ? 0 : 1, 26) | field(draw.oneIn(12) ? 1 : 0, 30) | field(draw.oneIn(4) ? 0 : 1, 31),
      );
      break;
    case 4: {
      const [offset, width] = draw.of(REGISTERS);
      bench.register(offset, width, draw.bits(width));
      break;
    }
    case 5:
      if (base + 0x8_0000n < 1n << 52n) bench.poison(base + (draw.oneIn(2) ? 4n * draw.bits(12) : naive.IQH));
      break;
    case 6:
      // Recovery: the descriptor is repaired, or something is wrong still, when the queue may go on.
      if (!draw.oneIn(3) && base + naive.IQH + bytes <= 1n << 52n) {
        bench.write(base + naive.IQH, [0x1234_0000_0025n, 0x7_e000n, 0n, 0n].slice(0, Number(bytes) / 8));
      }
      bench.register(0x34, 32, draw.oneIn(2) ? 0x70n : field(draw.below(8), 4));
      break;
    case 7:
      bench.register(0x9c, 32, draw.bits(1));
      break;
    case 8:
      bench.register(draw.of([0x38, 0xa0]), 32, field(draw.below(2), 31));
      break;
    default: {
      // Some more descriptors, sometimes half a page of them, and the tail behind them.
      let tail = naive.IQT % size;
      const count = draw.oneIn(8) ? 100 + draw.below(200) : draw.below(6);
      const one = draw.oneIn(2) ? drawDescriptor(draw, base, highest) : undefined;
      for (let i = 0; i < count; i++) {
        const value = one ?? drawDescriptor(draw, base, highest);
        if (base + tail + bytes > 1n << 52n) break;
        bench.write(
          base + tail,
          Array.from({ length: Number(bytes) / 8 }, (_, n) => bits(value, 64 * n + 63, 64 * n)),
        );
        tail = (tail + bytes) % size;
      }
      bench.register(0x88, 64, draw.oneIn(20) ? tail ^ (16n << BigInt(draw.below(16))) : tail);
      break;
    }
  }
}

/** The queue is on, in a mode and with a width that go together. */
export function startQueue(bench: QueueBench, draw: Draw, { extendedCapabilities }: UnitParameters): void {
  const mode = draw.of(
    bits(extendedCapabilities, 43) === 1n ? [0, 1, 1] : bits(extendedCapabilities, 52) === 1n ? [0, 3] : [0],
  );
  const either = bits(extendedCapabilities, 43) === 1n || bits(extendedCapabilities, 52) === 1n;
  const width = mode === 0 ? (either ? draw.below(2) : 0) : 1;
  bench.register(0x20, 64, field(mode, 10));
  bench.register(0x18, 32, field(1, 30));
  bench.register(0x90, 64, 0x1000n | field(width, 11));
  bench.register(0xa0, 64, 0x45_0000_0000n);
  bench.register(0xa8, 64, 0xfee0_1000n);
  bench.register(0x38, 64, 0x46_0000_0000n);
  bench.register(0x40, 64, 0xfee0_2000n);
  bench.register(0x18, 32, field(1, 26) | field(1, 31));
}
