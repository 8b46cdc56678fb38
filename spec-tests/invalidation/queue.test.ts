import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dmaRequest, type PlatformMessage, RemappingUnit, SparseMemory, type UnitParameters } from '../../src/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Draw } from '../properties/scene.ts';
import { QueueBench } from './queue-bench.ts';
import { drawQueueUnit, startQueue, takeStep } from './queue-scene.ts';

/** 46 bits of host address, all that descriptors can need, DIT included. */
const UNIT: UnitParameters = {
  version: 0x70,
  hostAddressWidth: 46,
  capabilities: 0x00d2_0080_402f_0406n,
  extendedCapabilities: 0x0090_4e00_20f0_500en,
};

/** The queue at 1000h, on: legacy mode or scalable mode, descriptors of 128 or 256 bits. */
function started(mode: number, DW: number, unit = UNIT, choices = {}): QueueBench {
  const bench = new QueueBench(unit, choices);
  bench.register(0x20, 64, BigInt(mode) << 10n);
  bench.register(0x18, 32, 1n << 30n);
  bench.register(0x90, 64, 0x1000n | (BigInt(DW) << 11n));
  bench.register(0x18, 32, 1n << 26n);
  return bench;
}

/** Which errors of FSTS_REG stand beside each other, and IQEI. */
function noteErrors({ FSTS, IQERCD }: Readonly<Record<string, bigint>>, met: Set<string>): void {
  const set = ['IQE', 'ICE', 'ITE'].filter((_, i) => ((FSTS! >> BigInt(4 + i)) & 1n) === 1n);
  if (set.length > 0) met.add(set.join(', '));
  if (set.includes('IQE')) met.add(`IQEI ${IQERCD! & 0xfn}`);
}

/** What was done, apart from its values. */
function nameOf(done: object): string {
  const { kind = '', cache = '' } = done as { kind?: string; cache?: string };
  return [kind, cache, ...Object.keys(done)].join();
}

describe('Invalidation queue (§6.5.2, §11.4.9)', () => {
  test('the model, saved and restored now and then, and a naive queue agree after every write', {
    timeout: LONG,
  }, () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw = new Draw(gen);
        const unit = drawQueueUnit(draw);
        const choices = {
          addressTopBits: draw.of(['drop', 'keep']),
          upperAddress: draw.of(['reserved', 'kept']),
          invalidDescriptor: draw.of(['4', '3']),
          maskTooWide: draw.of(['error', 'performed']),
          deviceTlbCompletion: draw.of(['at-once', 'asked']),
        };
        const bench = new QueueBench(unit, choices);
        if (!draw.oneIn(8)) startQueue(bench, draw, unit);
        const restarts = draw.oneIn(2);
        for (let steps = 30; steps > 0; steps--) {
          if (restarts && draw.oneIn(3)) bench.restart();
          takeStep(bench, draw, unit.hostAddressWidth);
          const [model, naive] = bench.take();
          if (!isDeepStrictEqual(model, naive)) expect(model).toEqual(naive);
          for (const done of naive.done) met.add(nameOf(done));
          noteErrors(naive.registers, met);
        }
      }),
      runs(150, 40_000),
    );
    for (let error = 1; error <= 7; error++) expect(met).toContain(`IQEI ${error}`);
    for (const what of ['ICE', 'ITE']) expect(met).toContain(what);
    const errors = [...met].filter((what) => /^I(?:QE|CE|TE)\b/.test(what)).length;
    // Status writes and messages, with PASID and without; every cache at every granularity.
    expect(met.size - errors).toBe(7 + 7 + 17);
  });

  test('whatever memory and the registers hold, nothing throws and nothing hangs', { timeout: LONG }, () => {
    fc.assert(
      fc.property(fc.gen(), (gen) => {
        const draw = new Draw(gen);
        const unit = drawQueueUnit(draw);
        const memory = new SparseMemory();
        const noise = draw.bits(32);
        for (const page of [0n, 0x1000n, 0x2000n]) {
          const qwords = Array.from({ length: 512 }, (_, i) => BigInt.asUintN(64, noise ** BigInt(1 + (i % 7))));
          memory.writeQwords(page, qwords);
        }
        const model = new RemappingUnit({ unit, memory });
        for (let writes = 100; writes > 0; writes--) {
          const width = draw.of([32, 64] as const);
          const offset = draw.below(model.registers.size / (width / 8)) * (width / 8);
          const queue = draw.of([0x18, 0x20, 0x34, 0x80, 0x88, 0x90, 0x98, 0xa0, 0xb0]);
          const value = draw.oneIn(2) ? draw.bits(width) : draw.bits(width) & 0x4c00_3fffn;
          model.writeRegister(draw.oneIn(2) ? offset : queue & -(width / 8), width, value);
        }
      }),
      runs(100, 20_000),
    );
  });

  test.each([
    ['of 128 bits', 0, 0, 128],
    ['of 256 bits', 1, 1, 256],
  ])(
    'each bit of each type alone, in a queue of descriptors %s, has the effect that the rules give it',
    (_, mode, DW, width) => {
      for (let type = 0; type < 16; type++) {
        const bench = started(mode, DW);
        for (let bit = -1; bit < width; bit++) {
          // A granularity that every type has, and then one bit more or less.
          const value =
            (BigInt(type) | (type === 6 || type === 5 ? 0x20n : 0x10n)) ^ (bit < 0 ? 0n : 1n << BigInt(bit));
          const qwords = Array.from({ length: width / 64 }, (_, i) => BigInt.asUintN(64, value >> BigInt(64 * i)));
          bench.write(0x1000n + bench.naive.IQH, qwords);
          bench.register(0x34, 32, 0x10n);
          bench.register(0x88, 64, (bench.naive.IQH + BigInt(width / 8)) % 0x1000n);
          const [model, naive] = bench.take();
          expect(model, `type ${type}, bit ${bit}`).toEqual(naive);
        }
      }
    },
  );

  test('a recorded fault that software has not answered holds the event of a queue error back', () => {
    const messages: PlatformMessage[] = [];
    const memory = new SparseMemory();
    const unit = new RemappingUnit({ unit: UNIT, memory, send: (message) => messages.push(message) });
    unit.writeRegister(0x38, 32, 0n);
    unit.writeRegister(0x90, 64, 0x1000n);
    unit.writeRegister(0x18, 32, 0x8400_0000n);
    unit.dma(dmaRequest({ sourceId: 0x10, address: 0x1000n, access: 'read' }));
    expect(messages).toHaveLength(1);
    unit.writeRegister(0x88, 64, 0x10n);
    expect(unit.readRegister(0x34, 32)).toBe(0x12n);
    expect(messages).toHaveLength(1);
    // The record is cleared, and IQE with it: the queue meets type 0 again, which nothing holds back.
    unit.writeRegister(unit.registers.offsetOf('FRCD_REG[0]') + 12, 32, 0x8000_0000n);
    unit.writeRegister(0x34, 32, 0x10n);
    expect(unit.readRegister(0x34, 32)).toBe(0x10n);
    expect(messages.map(({ kind }) => kind)).toEqual(['fault-event', 'fault-event']);
  });

  test('whoever is sent a message may write registers, the tail too', () => {
    const memory = new SparseMemory();
    // Four waits with IF=1 and a status write of 1, 2, 3 and 4 at 2000h.
    for (let i = 0n; i < 4n; i++) memory.writeQwords(0x1000n + 16n * i, [((i + 1n) << 32n) | 0x35n, 0x2000n]);
    const seen: number[] = [];
    const unit: RemappingUnit = new RemappingUnit({
      unit: UNIT,
      memory,
      send() {
        seen.push(memory.read(0x2000n, 1)[0]!);
        unit.writeRegister(0x9c, 32, 1n);
        unit.writeRegister(0x88, 64, 0x10n * BigInt(Math.min(seen.length + 1, 4)));
      },
    });
    unit.writeRegister(0xa0, 32, 0n);
    unit.writeRegister(0x90, 64, 0x1000n);
    unit.writeRegister(0x18, 32, 1n << 26n);
    unit.writeRegister(0x88, 64, 0x10n);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(unit.readRegister(0x80, 64)).toBe(0x40n);
  });

  test('an endpoint may complete what it is sent there and then, and a wait may be what frees the queue', () => {
    const memory = new SparseMemory();
    // dev_tlb_inv_dsc and a fence that writes, 100 times.
    for (let i = 0n; i < 100n; i++) {
      memory.writeQwords(0x1000n + 32n * i, [(i << 32n) | 3n, 0n, ((i + 1n) << 32n) | 0x65n, 0x2000n]);
    }
    const unit: RemappingUnit = new RemappingUnit({
      unit: UNIT,
      memory,
      choices: { deviceTlbCompletion: 'asked' },
      send(message) {
        if (message.kind !== 'device-tlb-invalidation') return;
        expect([message.tag, memory.read(0x2000n, 1)[0]]).toEqual([0, message.sourceId]);
        unit.completeDeviceTlbInvalidation(message.sourceId, message.tag);
      },
    });
    unit.writeRegister(0x90, 64, 0x1000n);
    unit.writeRegister(0x18, 32, 0x8400_0000n);
    unit.writeRegister(0x88, 64, 0xc80n);
    expect(memory.read(0x2000n, 1)[0]).toBe(100);
    expect([unit.readRegister(0x80, 64), unit.readRegister(0x34, 32)]).toEqual([0xc80n, 0n]);
  });

  test('whoever is told of an event may turn the queue off, or time an endpoint out', () => {
    for (const offset of [0x18, undefined]) {
      const memory = new SparseMemory();
      memory.writeQwords(0x1000n, [
        3n,
        0n,
        (1n << 32n) | 0x35n,
        0x2000n,
        (1n << 32n) | 3n,
        0n,
        (2n << 32n) | 0x25n,
        0x2000n,
      ]);
      const unit: RemappingUnit = new RemappingUnit({
        unit: UNIT,
        memory,
        choices: { deviceTlbCompletion: 'asked' },
        send({ kind }) {
          if (kind !== 'invalidation-event') return;
          if (offset === undefined) unit.timeOutDeviceTlbInvalidation(1);
          else unit.writeRegister(offset, 32, 0x8000_0000n);
        },
      });
      unit.writeRegister(0xa0, 32, 0n);
      unit.writeRegister(0x90, 64, 0x1000n);
      unit.writeRegister(0x18, 32, 0x8400_0000n);
      unit.writeRegister(0x88, 64, 0x40n);
      unit.completeDeviceTlbInvalidation(0, 0);
      expect(memory.read(0x2000n, 1)[0]).toBe(1);
      expect(unit.deviceTlbTags(1)).toEqual([]);
    }
  });

  test('what an endpoint cannot say is refused', () => {
    const unit = new RemappingUnit({ unit: UNIT, memory: new SparseMemory() });
    expect(() => unit.completeDeviceTlbInvalidation(0x10000, 0)).toThrow('sourceId is an integer from 0 to 0xffff');
    expect(() => unit.completeDeviceTlbInvalidation(0, 32)).toThrow('tag is an integer from 0 to 0x1f, got 32');
    expect(() => unit.timeOutDeviceTlbInvalidation(0x30)).toThrow(
      'no Device-TLB invalidation waits for source-id 0x30',
    );
  });
});

describe('What a descriptor asks of the caches', () => {
  const asked = (mode: number, ...qwords: readonly bigint[]) => {
    const bench = started(mode, 1);
    bench.write(0x1000n, [...qwords, 0n, 0n]);
    bench.register(0x88, 64, 0x20n);
    const [model, naive] = bench.take();
    expect(model).toEqual(naive);
    return model.done;
  };

  test.each([
    ['legacy mode, the domain too', 0, { domain: 7n, source: 0x108n, cleared: 7n }],
    ['scalable mode, the source alone', 1, { source: 0x108n, cleared: 7n }],
  ])('cc_inv_dsc, device-selective (§6.5.2.1): %s', (_, mode, scope) => {
    expect(asked(mode, 0x0003_0108_0007_0031n, 0n)).toEqual([{ cache: 'context', ...scope }]);
  });

  test('pc_inv_dsc, PASID-selective (§6.5.2.2)', () => {
    expect(asked(1, 0x0000_0003_0007_0017n, 0n)).toEqual([{ cache: 'pasid', domain: 7n, pasid: 3n }]);
  });

  test('iotlb_inv_dsc, page-selective (§6.5.2.3)', () => {
    const scope = { domain: 7n, base: 0x12345n, mask: 0n, hint: 1n };
    expect(asked(1, 0x0000_0000_0007_00f2n, 0x1234_5040n)).toEqual([{ cache: 'iotlb', ...scope }]);
  });

  test('p_iotlb_inv_dsc, page-selective (§6.5.2.4)', () => {
    const scope = { domain: 7n, pasid: 3n, base: 0x200n, mask: 9n, hint: 0n };
    expect(asked(1, 0x0000_0003_0007_0036n, 0x20_0009n)).toEqual([{ cache: 'iotlb', ...scope }]);
  });

  test('hpt_inv_desc, page-selective (§6.5.2.7)', () => {
    const scope = { domain: 2n, levels: 3n, base: 0x40000n, mask: 18n };
    expect(asked(1, 0x0000_0000_0002_003an, 0x4000_0092n)).toEqual([{ cache: 'hpt', ...scope }]);
  });

  test('iec_inv_dsc, index-selective (§6.5.2.8)', () => {
    expect(asked(1, 0x0000_0045_1000_0014n, 0n)).toEqual([{ cache: 'iec', index: 0x45n, mask: 2n }]);
  });
});

describe('What a descriptor sends to an endpoint', () => {
  const sent = (...qwords: readonly bigint[]) => {
    const bench = started(1, 1);
    bench.write(0x1000n, [...qwords, 0n, 0n]);
    bench.register(0x88, 64, 0x20n);
    return bench.take()[0].done;
  };
  const everything = { kind: 'device-tlb-invalidation', sourceId: 0x300, tag: 0, address: 0n, size: 1n << 64n };

  test('dev_tlb_inv_dsc of the whole space (§6.5.2.5)', () => {
    expect(sent(0x0200_0300_0005_8003n, 0x7fff_ffff_ffff_f001n)).toEqual([{ ...everything, global: false }]);
  });

  test('p_dev_tlb_inv_dsc of the whole space, of one PASID and of all (§6.5.2.6)', () => {
    const [low, high] = [0x0200_0003_0300_8058n, 0x7fff_ffff_ffff_f800n];
    expect(sent(low, high)).toEqual([{ ...everything, pasid: 3, global: false }]);
    expect(sent(low, high | 1n)).toEqual([{ ...everything, global: true }]);
  });

  test.each([
    [0x1234_5000n, 0x1234_5000n, 0x1000n],
    [0x1234_4001n, 0x1234_4000n, 0x2000n],
    [0x1234_5001n, 0x1234_4000n, 0x4000n],
    [0x1230_f001n, 0x1230_0000n, 0x2_0000n],
    [0xffff_ffff_ffff_f001n, 0n, 1n << 64n],
  ])('ADDR and S in %i name the range from %i on of %i bytes', (high, address, size) => {
    expect(sent(0x0000_0300_0000_0003n, high)).toEqual([{ ...everything, address, size, global: false }]);
  });

  test('page_grp_resp_dsc, with PASID and without (§7.6.1)', () => {
    const answer = { kind: 'page-group-response', sourceId: 0x108, group: 0x1a5, code: 15 };
    expect(sent(0x0005_4321_0108_f019n, 0x1a5n << 3n)).toEqual([{ ...answer, pasid: 0x5_4321 }]);
    expect(sent(0x0005_4321_0108_f009n, 0x1a5n << 3n)).toEqual([answer]);
  });
});
