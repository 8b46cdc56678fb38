import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CACHE_NAMES } from '../../src/caches/caches.ts';
import { checkCachePolicy, REPLACEMENTS } from '../../src/caches/policy.ts';
import { type Replacement, TAG_WORDS, TaggedStore } from '../../src/caches/tagged-store.ts';
import { PRESETS, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { LONG, runs } from '../properties/runs.ts';

type Tag = readonly [number, number, number, number];

const nameOf = (tag: readonly number[]): string => tag.join();

/** What a store must hold, by tag; with a capacity some of it may have left. */
type Model = Map<string, { readonly tag: Tag; readonly content: number }>;

/** The store, and how many entries it may hold. */
interface Real {
  readonly store: TaggedStore;
  readonly capacity: number;
}

/** Every entry of the store is one of the model, and stands where its tag is found; without a capacity they are all there. */
function agree(model: Model, { store, capacity }: Real): void {
  expect(store.count).toBeLessThanOrEqual(capacity);
  const size = TAG_WORDS + 1;
  for (let entry = 0; entry < store.count * size; entry += size) {
    const [a, b, c, d, content] = store.words.subarray(entry, entry + size) as unknown as [...Tag, number];
    expect(model.get(nameOf([a, b, c, d]))?.content).toBe(content);
    expect(store.find(a, b, c, d)).toBe(entry);
  }
  for (const [name, { tag }] of model) {
    if (store.find(...tag) >= 0) continue;
    // A full store may have let it go. It has to be found again if there was room for all.
    expect(capacity, `${name} is lost`).toBeLessThan(Number.POSITIVE_INFINITY);
    model.delete(name);
  }
  expect(model.size).toBe(store.count);
}

class Insert implements fc.Command<Model, Real> {
  readonly #tag: Tag;
  readonly #content: number;

  constructor(tag: Tag, content: number) {
    this.#tag = tag;
    this.#content = content;
  }

  check = () => true;

  run(model: Model, real: Real): void {
    const { store, capacity } = real;
    const before = store.count;
    const known = store.find(...this.#tag);
    const entry = store.insert(...this.#tag);
    if (capacity === 0) {
      expect(entry).toBe(-1);
      return;
    }
    expect(store.count).toBe(known >= 0 ? before : Math.min(before + 1, capacity));
    if (known >= 0) expect(entry).toBe(known);
    store.words[entry + TAG_WORDS] = this.#content;
    expect(store.find(...this.#tag)).toBe(entry);
    model.set(nameOf(this.#tag), { tag: this.#tag, content: this.#content });
    agree(model, real);
  }

  toString = () => `insert ${nameOf(this.#tag)}`;
}

class Find implements fc.Command<Model, Real> {
  readonly #tag: Tag;

  constructor(tag: Tag) {
    this.#tag = tag;
  }

  check = () => true;

  run(model: Model, { store }: Real): void {
    expect(store.find(...this.#tag) >= 0).toBe(model.has(nameOf(this.#tag)));
  }

  toString = () => `find ${nameOf(this.#tag)}`;
}

class RemoveWhere implements fc.Command<Model, Real> {
  readonly #word: number;
  readonly #value: number;

  constructor(word: number, value: number) {
    this.#word = word;
    this.#value = value;
  }

  check = () => true;

  run(model: Model, real: Real): void {
    const { store } = real;
    const asked: string[] = [];
    const names = [...model.keys()];
    store.removeWhere((entry) => {
      asked.push(nameOf([...store.words.subarray(entry, entry + TAG_WORDS)]));
      return store.words[entry + this.#word] === this.#value;
    });
    expect(asked.sort()).toEqual(names.sort());
    for (const [name, { tag, content }] of model) {
      if ([...tag, content][this.#word] !== this.#value) continue;
      model.delete(name);
      expect(store.find(...tag)).toBe(-1);
    }
    agree(model, real);
  }

  toString = () => `remove where word ${this.#word} is ${this.#value}`;
}

class Clear implements fc.Command<Model, Real> {
  check = () => true;

  run(model: Model, real: Real): void {
    real.store.clear();
    for (const { tag } of model.values()) expect(real.store.find(...tag)).toBe(-1);
    model.clear();
    agree(model, real);
  }

  toString = () => 'clear';
}

/** Few values, so that tags meet, and the ends of the range. */
const word = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 0x7fff_ffff, -0x8000_0000) },
);
const tag = fc.tuple(word, word, fc.nat(1), fc.nat(1)).map((words): Tag => words);
const insertion = fc.tuple(tag, fc.nat(3)).map(([drawn, content]) => new Insert(drawn, content));
const commands = fc.commands(
  [
    insertion,
    insertion,
    insertion,
    tag.map((drawn) => new Find(drawn)),
    fc.tuple(fc.nat(TAG_WORDS), fc.nat(3)).map(([at, value]) => new RemoveWhere(at, value)),
    fc.constant(new Clear()),
  ],
  { maxCommands: 80, size: 'max' },
);

describe('The store of cache entries, by tag', () => {
  test.each(REPLACEMENTS)(
    'holds what a map holds, never more than its capacity, and what was just inserted: %s',
    (replacement) => {
      const capacities = fc.constantFrom(Number.POSITIVE_INFINITY, 0, 1, 2, 3, 7, 64);
      fc.assert(
        fc.property(capacities, commands, (capacity, drawn) => {
          const real: Real = { store: new TaggedStore(1, capacity, replacement), capacity };
          fc.modelRun(() => ({ model: new Map() as Model, real }), drawn);
        }),
        runs(30, 3000),
      );
    },
    LONG,
  );

  test.each<[Replacement, number]>([
    ['round-robin', 1000],
    ['random', 1000],
    ['random', Number.POSITIVE_INFINITY],
  ])('grows, and finds the last of 5000 entries: %s, capacity %d', (replacement, capacity) => {
    const store = new TaggedStore(1, capacity, replacement);
    for (let i = 0; i < 5000; i++) {
      const entry = store.insert(i, i >> 3, 7, -1);
      store.words[entry + TAG_WORDS] = i;
      expect(store.count).toBe(Math.min(i + 1, capacity));
    }
    const found = Array.from({ length: 5000 }, (_, i) => i).filter((i) => store.find(i, i >> 3, 7, -1) >= 0);
    expect(found).toHaveLength(store.count);
    for (const i of found) expect(store.words[store.find(i, i >> 3, 7, -1) + TAG_WORDS]).toBe(i);
    store.removeWhere((entry) => store.words[entry]! % 3 !== 0);
    const left = found.filter((i) => i % 3 === 0);
    expect(found.filter((i) => store.find(i, i >> 3, 7, -1) >= 0)).toEqual(left);
    expect(store.count).toBe(left.length);
  });

  test('round-robin: a full store lets the oldest go', () => {
    const store = new TaggedStore(1, 3, 'round-robin');
    const present = () => [1, 2, 3, 4, 5].filter((i) => store.find(i, 0, 0, 0) >= 0);
    for (const i of [1, 2, 3, 4]) store.insert(i, 0, 0, 0);
    expect(present()).toEqual([2, 3, 4]);
    store.insert(5, 0, 0, 0);
    expect(present()).toEqual([3, 4, 5]);
  });

  test('random replacement is the same in every run', () => {
    const left = () => {
      const store = new TaggedStore(1, 8, 'random');
      for (let i = 0; i < 100; i++) store.insert(i, 0, 0, 0);
      return [...store.words.subarray(0, 8 * (TAG_WORDS + 1))];
    };
    expect(left()).toEqual(left());
  });
});

describe('The policy of caches (6.2-M1)', () => {
  test.each([
    ['none', 'none'],
    ['full', 'full'],
    ['no cache named', {}],
    ['every cache named', Object.fromEntries(CACHE_NAMES.map((name, i) => [name, i]))],
    ['the most that there may be', { iotlb: 2 ** 20, replacement: 'random' }],
    ['a replacement', { replacement: 'round-robin' }],
  ])('%s is one', (_, policy) => {
    expect(() => checkCachePolicy(policy)).not.toThrow();
  });

  test.each<[string, unknown, string]>([
    ['another word', 'half', 'caches is "none", "full" or an object of capacities, got "half"'],
    ['a number', 4, 'caches is "none", "full" or an object of capacities, got 4'],
    ['null', null, 'caches is "none", "full" or an object of capacities, got null'],
    ['a list', [1], 'caches is "none", "full" or an object of capacities, got [1]'],
  ])('%s is a TypeError of one sentence', (_, policy, sentence) => {
    expect(() => checkCachePolicy(policy)).toThrow(new TypeError(sentence));
  });

  test.each<[string, unknown, string]>([
    ['a negative capacity', { iotlb: -1 }, 'caches.iotlb is an integer from 0 to 1048576, got -1'],
    ['half an entry', { pasid: 0.5 }, 'caches.pasid is an integer from 0 to 1048576, got 0.5'],
    ['too large a one', { context: 2 ** 20 + 1 }, 'caches.context is an integer from 0 to 1048576, got 1048577'],
    ['a word', { firstStage: '2' }, 'caches.firstStage is an integer from 0 to 1048576, got "2"'],
    ['no replacement', { replacement: 'lru' }, 'caches.replacement is round-robin or random, got "lru"'],
    ['a cache that there is not', { tlb: 1 }, `caches has no "tlb"; it has ${CACHE_NAMES.join(', ')}, and replacement`],
  ])('%s is a RangeError of one sentence', (_, policy, sentence) => {
    expect(() => checkCachePolicy(policy)).toThrow(new RangeError(sentence));
  });

  test('a unit refuses what is none', () => {
    const { unit } = PRESETS['xeon-2023'];
    const unitWith = (caches: unknown) =>
      new RemappingUnit({ unit, memory: new SparseMemory(), caches: caches as 'none' });
    expect(() => unitWith({ iotlb: -1 })).toThrow(RangeError);
    expect(() => unitWith(null)).toThrow(TypeError);
  });
});
