import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dmaRequest,
  interruptRequest,
  RemappingUnit,
  SparseMemory,
  TracedCaches,
  type UnitSnapshot,
} from '../../src/index.ts';
import { legacyHistory, rawHistory, scalableHistory } from '../oracle/index.ts';
import { HistoryUnit, requestOf } from '../permitted/history-unit.ts';
import { LONG, runs } from '../properties/runs.ts';
import { Draw } from '../properties/scene.ts';
import { travelled } from './two-units.ts';

const CAPACITIES = { context: 3, pasid: 3, iotlb: 4, firstStage: 4, secondStage: 4 };

type Json = Record<string, unknown>;

/** A unit after a history, and its memory. */
function lived(history: Parameters<typeof rawHistory>[0]): HistoryUnit {
  const one = HistoryUnit.of(history, CAPACITIES);
  for (const operation of rawHistory(history)) {
    if (operation.kind === 'request') one.unit.dma(requestOf(operation));
    else one.perform(operation);
  }
  return one;
}

const [history] = fc.sample(legacyHistory(), { numRuns: 1, seed: 1 });
const good = travelled(lived(history!).unit.snapshot());

const restore = (snapshot: unknown, memory = new SparseMemory()): RemappingUnit =>
  RemappingUnit.restore(snapshot, { memory });

/** The snapshot with something else at a path. */
function but(path: string, value: unknown): unknown {
  const snapshot = structuredClone(good) as unknown as Json;
  const names = path.split('.');
  const last = names.pop()!;
  let at = snapshot;
  for (const name of names) at = at[name] as Json;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return snapshot;
}

const store = (entries: readonly unknown[]) => ({ next: 0, entries });
const words4 = ['0x1', '0x0', '0x0', '0x0'];
const page = { address: '0x0', host: '0x0', leafPages: 1, domainId: 1, stages: 2, secondStagePermission: 3 };
const translation = { source: '00:01.0', ...page, memoryType: 'WB', flags: [] };
const table = { address: '0x200000', level: 1, permitted: true, table: '0x0', domainId: 1, pasid: 0 };
const placed = { ...table, rights: 3, writable: true, fiveLevels: false };
const request = { source: '00:01.0', tag: 3, asked: 0, completions: 0 };

describe('A snapshot that is none (RemappingUnit.restore)', () => {
  test('the one that the others are made of is one', () => {
    expect(restore(good).snapshot()).toEqual(good);
  });

  test.each<readonly [what: unknown, sentence: string]>([
    [undefined, 'snapshot takes an object of format, version,'],
    [null, 'snapshot takes an object of format, version,'],
    [[], 'snapshot takes an object of format, version,'],
    [{}, 'snapshot.format takes "vtd-model unit", got nothing'],
    [but('format', 'qemu'), 'snapshot.format takes "vtd-model unit", got "qemu"'],
    [but('version', 2), 'snapshot.version takes 1, got 2'],
    [{ ...(but('version', 2) as Json), later: 1 }, 'snapshot.version takes 1, got 2'],
    [but('later', 1), 'there is no member "snapshot.later"; there are format, version'],
    [but('faults', undefined), 'snapshot.faults is missing; it takes an object of next'],
    [but('unit.hostAddressWidth', 99), 'snapshot.unit.hostAddressWidth takes an integer from 32 to 52, got 99'],
    [but('unit.capabilities', '0x7'), 'no unit can be like this: '],
    [but('choices', 'all'), 'snapshot.choices takes an object, got "all"'],
    [but('choices.pageCrossing', 'maybe'), 'choice pageCrossing is split or blocked, got "maybe"'],
    [but('choices.colour', 'red'), 'there is no choice "colour"'],
    [but('caches', 7), 'snapshot.caches takes "none", "full" or an object of capacities, got 7'],
    [but('caches', 'some'), 'snapshot.caches is "none", "full" or an object of capacities, got "some"'],
    [but('caches', { findTranslation: 1 }), 'snapshot.caches has no "findTranslation"'],
    [but('caches', 'none'), 'snapshot.remembered takes null if caches is "none", and an object if not'],
    [but('remembered', null), 'snapshot.remembered takes null if caches is "none", and an object if not'],
    [but('registers.PHMBASE', '0x0'), 'snapshot.registers has "PHMBASE", which is no register of this unit'],
    [but('registers.FRCD_REG[9]', '0x0'), 'snapshot.registers has "FRCD_REG[9]", which is no register of this unit'],
    [but('registers.constructor', '0x0'), 'which is no register of this unit'],
    [but('registers.GSTS_REG', '0x1'), 'snapshot.registers.GSTS_REG takes a value'],
    [but('registers.GSTS_REG', '0x100000000'), 'snapshot.registers.GSTS_REG takes a value'],
    [but('registers.GSTS_REG', 'on'), 'snapshot.registers.GSTS_REG takes "0x" and lower-case hexadecimal digits'],
    [but('registers.CAP_REG', '0x0'), 'snapshot.registers.CAP_REG takes a value'],
    [but('rootTable.address', '0x1001'), 'snapshot.rootTable.address takes "0x"'],
    [but('rootTable.mode', 4), 'snapshot.rootTable.mode takes an integer from 0 to 3, got 4'],
    [but('interruptTable.entries', 3), 'snapshot.interruptTable.entries takes 2 or 4 or 8'],
    [but('faults.next', 200), 'snapshot.faults.next takes the number of one of '],
    [but('underWay.asked', -1), 'snapshot.underWay.asked takes an integer'],
    [
      but('underWay.requests', [{ ...request, completions: 9 }]),
      'snapshot.underWay.requests[0].completions takes an integer from 0 to 8',
    ],
    [
      but('virtualCommands', { allocated: [2 ** 20] }),
      'snapshot.virtualCommands.allocated[0] takes an integer from 1 to 1048575',
    ],
    [but('unit.registers', { VCCAP_REG: 1 }), 'no unit can be like this: VCCAP_REG must be 0'],
    [but('underWay.requests', [request, request]), 'snapshot.underWay.requests has an ITag twice'],
    [
      but('underWay.requests', [{ ...request, tag: 32 }]),
      'snapshot.underWay.requests[0].tag takes an integer from 0 to 31',
    ],
    [
      but('underWay.requests', [{ ...request, asked: 2 ** 50 }]),
      'snapshot.underWay.asked takes 1125899906842624 or more',
    ],
    [
      but('underWay.waits', [{ words: ['0x5', '0x0'], behind: [4], asked: 0 }]),
      'snapshot.underWay.waits[0].behind has an ITag that is not among the requests',
    ],
    [
      but('underWay.waits', [{ words: ['0x5'], behind: [], asked: 0 }]),
      'snapshot.underWay.waits[0].words takes an array of 2 or 4 numbers of 64 bits',
    ],
    [
      but('remembered.context', store([{ source: '00:01.0', domainId: 1, words: words4.slice(2), fault: 'LGN.99' }])),
      'snapshot.remembered.context.entries[0].fault takes the code of a row of Table 30, got "LGN.99"',
    ],
    [
      but('remembered.context', store([1, 2, 3, 4].map((n) => ({ source: `00:0${n}.0`, domainId: 1, words: words4 })))),
      'snapshot.remembered.context.entries takes at most 3 entries, got 4',
    ],
    [
      but('remembered.context', store([1, 1].map(() => ({ source: '00:01.0', domainId: 1, words: words4 })))),
      'snapshot.remembered.context.entries[1] has the tags of an entry before it',
    ],
    [
      but('remembered.iotlb', store([{ ...translation, address: '0x1000', leafPages: 512 }])),
      'snapshot.remembered.iotlb has an entry for 0x200000 bytes, whose address is a multiple of that, got 0x1000',
    ],
    [
      but('remembered.iotlb', store([{ ...translation, leafPages: 512, fault: 'LGN.2' }])),
      'snapshot.remembered.iotlb has an entry without a leaf, whose leafPages is 0, got 512',
    ],
    [
      but('remembered.secondStage', store([{ ...placed, address: '0x1000' }])),
      'snapshot.remembered.secondStage has an entry for 0x200000 bytes',
    ],
    [
      but(
        'remembered.hostPermission.leaves',
        store([{ address: '0x1000', level: 2, source: '00:01.0', domainId: 1, permission: 3 }]),
      ),
      'snapshot.remembered.hostPermission.leaves has an entry for 0x200000 bytes',
    ],
  ])('%#: is refused with one sentence', (snapshot, sentence) => {
    expect(() => restore(snapshot)).toThrow(sentence);
    try {
      restore(snapshot);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      expect((error as Error).message).not.toMatch(/\n|undefined/);
    }
  });

  test('the head of a queue of 256-bit descriptors is not in the middle of one (§11.4.9.1)', () => {
    const wide = { ...good.registers, IQA_REG: '0x1800' };
    expect(() => restore({ ...good, registers: { ...wide, IQH_REG: '0x10' } })).toThrow(
      'snapshot.registers.IQH_REG takes a multiple of 32 while descriptors have 256 bits',
    );
    expect(restore({ ...good, registers: { ...wide, IQH_REG: '0x20' } }).readRegister(0x80, 32)).toBe(0x20n);
  });

  test('none is taken of a unit with caches of the caller, nor while its queue runs', () => {
    const { unit } = HistoryUnit.of(history!, 'full');
    const { configuration } = unit;
    const caches = new TracedCaches(unit.caches!, () => {});
    const own = new RemappingUnit({ unit: configuration, memory: new SparseMemory(), caches });
    expect(() => own.snapshot()).toThrow('not of one with caches of your own');
    const told: unknown[] = [];
    const memory = new SparseMemory();
    // inv_wait_dsc with IF=1.
    memory.writeQwords(0x1000n, [0x15n, 0n]);
    const running: RemappingUnit = new RemappingUnit({
      unit: configuration,
      memory,
      send: () => {
        try {
          running.snapshot();
        } catch (error) {
          told.push((error as Error).message);
        }
      },
    });
    running.writeRegister(0x90, 64, 0x1000n);
    running.writeRegister(0xa0, 32, 0n);
    running.writeRegister(0x18, 32, 0x0400_0000n);
    running.writeRegister(0x88, 64, 0x10n);
    expect(told).toEqual(['a snapshot is taken between two steps of the unit, not while its queue runs']);
    expect(running.snapshot().registers.IQH_REG).toBe('0x10');
  });
});

/** Where in a snapshot something stands: the object or array, and the name in it. */
function places(value: unknown, found: [Json, string][] = []): [Json, string][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const name of Object.keys(value)) {
    found.push([value as Json, name]);
    places((value as Json)[name], found);
  }
  return found;
}

const STRANGE = [null, true, -1, 0.5, 1e300, '', '0x', '0xffffffffffffffff', '0xzz', [], {}, 'none', [[]], 2 ** 53];

/** One thing is another way. */
function mutate(draw: Draw, snapshot: unknown): void {
  const [into, name] = draw.of(places(snapshot));
  const value = into[name];
  const way = draw.below(6);
  if (way === 0) delete into[name];
  else if (way === 1) into[name] = draw.of(STRANGE);
  else if (Array.isArray(value) && value.length > 0) {
    if (draw.oneIn(2)) value.push(structuredClone(draw.of(value)));
    else value.splice(draw.below(value.length), 1);
  } else if (typeof value === 'boolean') into[name] = !value;
  else if (typeof value === 'number') into[name] = draw.oneIn(2) ? value + draw.of([-1, 1]) : draw.below(40);
  else if (typeof value === 'string' && /^0x[0-9a-f]+$/.test(value)) {
    into[name] = `0x${(BigInt(value) ^ (1n << BigInt(draw.below(64)))).toString(16)}`;
  } else into[name] = structuredClone(draw.of(places(snapshot)).reduce<unknown>((_, place) => place, value));
}

/** Everything that a unit can be asked and told. */
function live(draw: Draw, unit: RemappingUnit): void {
  for (let n = 30; n > 0; n--) {
    const sourceId = draw.of([0x100, 0x101, 0x108, Number(draw.bits(16))]);
    const address = draw.of([0x1000n, 0x2000n, draw.bits(32), draw.bits(64)]);
    const pasid = draw.oneIn(2) ? {} : { pasid: draw.below(8) };
    switch (draw.below(6)) {
      case 0:
        unit.writeRegister(4 * draw.below(64), 32, draw.bits(32));
        break;
      case 1:
        unit.writeRegister(0x88, 64, BigInt(draw.below(256)) << 4n);
        break;
      case 2:
        unit.interrupt(interruptRequest({ sourceId, address: 0xfee0_0010n | (draw.bits(4) << 5n), data: 0 }));
        break;
      case 3:
        unit.completeDeviceTlbInvalidation(sourceId, draw.below(32));
        break;
      default: {
        const type = draw.of(['untranslated', 'translation', 'translated'] as const);
        const access = type === 'translation' ? 'read' : draw.of(['read', 'write', 'atomic'] as const);
        unit.dma(dmaRequest({ sourceId, address: address & ~7n, access, type, length: 8, ...pasid }));
      }
    }
  }
}

describe('A snapshot in which something was changed at random', () => {
  test.each([
    ['legacy', legacyHistory()],
    ['scalable', scalableHistory()],
  ] as const)(
    'is refused with one sentence, or is that of a unit that lives on: %s mode',
    (_, histories) => {
      let taken = 0;
      fc.assert(
        fc.property(histories, fc.gen(), (drawn, gen) => {
          const draw = new Draw(gen);
          const { unit, memory } = lived(drawn);
          const saved = JSON.stringify(unit.snapshot());
          for (let tries = 20; tries > 0; tries--) {
            const snapshot = JSON.parse(saved) as UnitSnapshot;
            for (let n = draw.of([1, 1, 2, 5]); n > 0; n--) mutate(draw, snapshot);
            let restored: RemappingUnit;
            try {
              restored = restore(snapshot, memory);
            } catch (error) {
              if (!(error instanceof RangeError)) throw error;
              expect(error.message).toMatch(/^[^\n]{10,1500}$/);
              continue;
            }
            taken += 1;
            const again = travelled(restored.snapshot());
            expect(restore(again, memory).snapshot()).toEqual(again);
            live(draw, restored);
          }
        }),
        { ...runs(12, 1000), endOnFailure: true },
      );
      expect(taken).toBeGreaterThan(0);
    },
    LONG,
  );
});
