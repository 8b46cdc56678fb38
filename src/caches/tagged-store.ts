import type { SavedStore } from './saved-entries.ts';

/** Words of tag that every entry begins with. */
export const TAG_WORDS = 4;

/** Which entry has to leave when a new one needs its room. */
export type Replacement = 'round-robin' | 'random';

/** An index slot that leads to no entry. Entries count from 1 in the index. */
const FREE = 0;
const FIRST_ENTRIES = 64;

/**
 * Entries of equal size, found by a tag of four words. They stand one after the other in one array, so that an
 * invalidation reads along it, and an open-addressed index leads from a tag to its entry: a hit reads one line of each.
 */
export class TaggedStore {
  /** Entry i stands at `i * size`: its tag, then its content. Anew after it grew: take it again after `insert`. */
  words: Int32Array;
  /** How many entries there are. */
  count = 0;
  readonly #size: number;
  readonly #capacity: number;
  readonly #replacement: Replacement;
  #index = new Int32Array(8 * FIRST_ENTRIES);
  /** What the tag of entry i hashes to: to work it out again costs more than to read it (measured). */
  #hashes = new Int32Array(FIRST_ENTRIES);
  /** The entry that leaves next. */
  #victim = 0;

  /** `content` is the words of an entry beside its tag. A capacity of 0 is a cache that is not there. */
  constructor(content: number, capacity: number, replacement: Replacement) {
    this.#size = TAG_WORDS + content;
    this.#capacity = capacity;
    this.#replacement = replacement;
    this.words = new Int32Array(FIRST_ENTRIES * this.#size);
  }

  /** Where in `words` the entry with this tag stands, or -1. */
  find(a: number, b: number, c: number, d: number): number {
    const { words } = this;
    const index = this.#index;
    const mask = index.length - 1;
    const first = hashOf(a, b, c, d) & mask;
    // Mostly it stands in the first slot, or that is free: no loop then (measured).
    let number = index[first]!;
    if (number === FREE) return -1;
    let entry = (number - 1) * this.#size;
    if (words[entry] === a && words[entry + 1] === b && words[entry + 2] === c && words[entry + 3] === d) return entry;
    for (let at = (first + 1) & mask; ; at = (at + 1) & mask) {
      number = index[at]!;
      if (number === FREE) return -1;
      entry = (number - 1) * this.#size;
      if (words[entry] === a && words[entry + 1] === b && words[entry + 2] === c && words[entry + 3] === d)
        return entry;
    }
  }

  /**
   * Where in `words` the content for this tag is to be put: that of the entry which has it, or of a new one, for which
   * another may have to leave. -1 if there is no room at all. All four words are integers of 32 bits.
   */
  insert(a: number, b: number, c: number, d: number): number {
    if (this.#capacity === 0) return -1;
    const hash = hashOf(a, b, c, d);
    const slot = this.#slotFor(hash, a, b, c, d);
    const number = this.#index[slot]!;
    if (number !== FREE) return (number - 1) * this.#size;
    const index = this.#index;
    const i = this.count === this.#capacity ? this.#evict() : this.#append();
    // Slots may have moved; one that is the first to be looked at, and free, has stayed.
    const stays = index === this.#index && index[slot] === FREE && slot === (hash & (index.length - 1));
    this.#index[stays ? slot : this.#slotFor(hash, a, b, c, d)] = i + 1;
    this.#hashes[i] = hash;
    const { words } = this;
    const entry = i * this.#size;
    words[entry] = a;
    words[entry + 1] = b;
    words[entry + 2] = c;
    words[entry + 3] = d;
    return entry;
  }

  /** Removes the entries that `goes` says go; it is told where in `words` each stands. */
  removeWhere(goes: (entry: number) => boolean): void {
    // From the end: the last entry, which takes the place of one that goes, was asked already.
    for (let i = this.count - 1; i >= 0; i--) if (goes(i * this.#size)) this.#remove(i);
  }

  clear(): void {
    this.#index.fill(FREE);
    this.count = 0;
    this.#victim = 0;
  }

  /** What a snapshot has of it: each entry as `entry` words it, which is told where in `words` it stands. */
  snapshot<Entry>(entry: (at: number) => Entry): SavedStore<Entry> {
    return { next: this.#victim, entries: Array.from({ length: this.count }, (_, i) => entry(i * this.#size)) };
  }

  /**
   * Takes over entries in their order; `keep` puts one in by {@link insert}. Throws a RangeError, after some of them, if
   * two have the same tag or there is no room. `where` is the snapshot's name for the store.
   */
  restore<Entry>({ next, entries }: SavedStore<Entry>, keep: (entry: Entry) => void, where: string): void {
    if (entries.length > this.#capacity) {
      throw new RangeError(`${where}.entries takes at most ${this.#capacity} entries, got ${entries.length}`);
    }
    for (const [i, entry] of entries.entries()) {
      keep(entry);
      if (this.count !== i + 1) throw new RangeError(`${where}.entries[${i}] has the tags of an entry before it`);
    }
    this.#victim = next;
  }

  /** Makes room for one more entry, and says which it is. */
  #append(): number {
    // At most one slot of eight is taken, so that searches mostly end with the first (measured).
    if ((this.count + 1) * 8 > this.#index.length) this.#growIndex();
    if ((this.count + 1) * this.#size > this.words.length) this.#growWords();
    this.count += 1;
    return this.count - 1;
  }

  /** The entry that leaves, and is in no slot any more. */
  #evict(): number {
    if (this.#replacement === 'random') {
      // The same in every run: a test must be able to meet it again.
      this.#victim = (Math.imul(this.#victim, 1_664_525) + 1_013_904_223) >>> 0;
    }
    const victim = this.#victim % this.count;
    if (this.#replacement === 'round-robin') this.#victim = victim + 1;
    this.#vacate(this.#slotOf(victim));
    return victim;
  }

  /** Removes entry i; the last one takes its place. */
  #remove(i: number): void {
    const { words } = this;
    const size = this.#size;
    this.#vacate(this.#slotOf(i));
    const last = this.count - 1;
    if (i !== last) {
      this.#index[this.#slotOf(last)] = i + 1;
      this.#hashes[i] = this.#hashes[last]!;
      // A loop: `copyWithin` costs more for so few words (measured).
      for (let n = 0; n < size; n++) words[i * size + n] = words[last * size + n]!;
    }
    this.count = last;
  }

  /** The slot of the index that leads to entry i. */
  #slotOf(i: number): number {
    const mask = this.#index.length - 1;
    let at = this.#hashes[i]! & mask;
    while (this.#index[at] !== i + 1) at = (at + 1) & mask;
    return at;
  }

  /** Frees a slot; entries behind it that had to make way for it move up. */
  #vacate(slot: number): void {
    const index = this.#index;
    const hashes = this.#hashes;
    const mask = index.length - 1;
    let hole = slot;
    for (let at = (hole + 1) & mask; index[at] !== FREE; at = (at + 1) & mask) {
      const home = hashes[index[at]! - 1]! & mask;
      // It may move up if the hole lies between its home and where it is, around the end of the array.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      index[hole] = index[at]!;
      hole = at;
    }
    index[hole] = FREE;
  }

  /** The slot that leads to the entry with this tag, or the free one where it would be. */
  #slotFor(hash: number, a: number, b: number, c: number, d: number): number {
    const { words } = this;
    const index = this.#index;
    const mask = index.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const number = index[at]!;
      if (number === FREE) return at;
      const entry = (number - 1) * this.#size;
      if (words[entry] === a && words[entry + 1] === b && words[entry + 2] === c && words[entry + 3] === d) return at;
    }
  }

  #growIndex(): void {
    this.#index = new Int32Array(this.#index.length * 2);
    const mask = this.#index.length - 1;
    for (let i = 0; i < this.count; i++) {
      let at = this.#hashes[i]! & mask;
      while (this.#index[at] !== FREE) at = (at + 1) & mask;
      this.#index[at] = i + 1;
    }
  }

  #growWords(): void {
    const larger = new Int32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    const hashes = new Int32Array(this.words.length / this.#size);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
  }
}

/** Two multiplications: a lookup waits for them. The high bits are the good ones, so they are taken down. */
function hashOf(a: number, b: number, c: number, d: number): number {
  const mixed = Math.imul(a ^ (b << 11) ^ Math.imul(c ^ (d << 16), 0x85eb_ca6b), 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
