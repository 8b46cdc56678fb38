import type { Words } from '../bits/field.ts';
import { type PageNumber, pageOf } from '../bits/page-number.ts';
import { SPAN } from '../dma-remapping/second-stage.ts';
import type { Configuration } from '../platform/configuration.ts';
import { FirstStageEntry } from '../structures/first-stage-entry.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { MappingDescription } from './description.ts';

/** Levels of leaves by the name of their size. */
const LEVEL_OF_SIZE = { '4K': 1, '2M': 2, '1G': 3 } as const;
/** Pages of the address space. */
const ADDRESS_SPACE = 2 ** 52;

/** How the entries of a stage are written. */
export interface StageFormat {
  readonly title: string;
  /** The highest level at which the unit has pages. */
  readonly largestLeaf: number;
  readonly table: (page: PageNumber) => Words;
  readonly leaf: (page: PageNumber, level: number, mapping: MappingDescription) => Words;
  /** Throws a RangeError if the stage has no such mapping. */
  readonly check: (mapping: MappingDescription) => void;
}

/** Entries of a second stage, §9.8. */
export function secondStageEntries({ CAP, ECAP }: Configuration): StageFormat {
  return {
    title: 'a second stage',
    largestLeaf: CAP.SSLPS === 0 ? 1 : (CAP.SSLPS & 0b10) === 0 ? 2 : 3,
    table: (page) => SecondStageEntry.pack({ R: 1, W: 1, ADDR: page }),
    leaf: (page, level, { access = 'rw', snooped = false }) =>
      SecondStageEntry.pack({
        R: access === 'w' ? 0 : 1,
        W: access === 'r' ? 0 : 1,
        PS: level > 1 ? 1 : 0,
        SNP: snooped ? 1 : 0,
        ADDR: page,
      }),
    check: ({ snooped }) => {
      if (snooped === true && ECAP.SC === 0) throw new RangeError('snooped needs ECAP_REG.SC');
    },
  };
}

/** Entries of a first stage, §9.7, for users, with all flags set in advance: a unit that cannot set them needs it. */
export function firstStageEntries({ CAP }: Configuration): StageFormat {
  const used = { P: 1, US: 1, A: 1 };
  return {
    title: 'a first stage',
    largestLeaf: CAP.FS1GP === 1 ? 3 : 2,
    table: (page) => FirstStageEntry.pack({ ...used, RW: 1, ADDR: page }),
    leaf: (page, level, { access = 'rw' }) =>
      FirstStageEntry.pack({ ...used, RW: access === 'r' ? 0 : 1, D: 1, PS: level > 1 ? 1 : 0, ADDR: page }),
    check: ({ access, snooped }) => {
      if (access === 'w') throw new RangeError('a first stage has no mapping for writes alone');
      if (snooped === true) throw new RangeError('snooped is of a second stage');
    },
  };
}

/** The tables of one stage, filled mapping by mapping. */
export class StageTables {
  readonly top: PageNumber;
  readonly #levels: number;
  readonly #format: StageFormat;
  readonly #take: () => { readonly at: PageNumber; readonly page: PageNumber };
  readonly #put: (page: PageNumber, offset: number, words: Words) => void;
  /** Tables by the page of the one above and the index in it; where memory has them, and how entries name them. */
  readonly #tables = new Map<number, { readonly at: PageNumber; readonly page: PageNumber }>();
  /** Leaves by the same key. */
  readonly #leaves = new Set<number>();
  readonly #top: { readonly at: PageNumber; readonly page: PageNumber };

  /**
   * `take` gives a page: `at` is where memory has it, and `page` what entries say of it, which differ in tables of a
   * guest.
   */
  constructor(
    format: StageFormat,
    levels: number,
    take: () => { readonly at: PageNumber; readonly page: PageNumber },
    put: (page: PageNumber, offset: number, words: Words) => void,
  ) {
    this.#format = format;
    this.#levels = levels;
    this.#take = take;
    this.#put = put;
    this.#top = take();
    this.top = this.#top.page;
  }

  /** Maps what is described. Throws a RangeError that names it if it is no mapping, or overlaps another one. */
  map(mapping: MappingDescription): void {
    const { input, output, size, pageSize = '1G' } = mapping;
    const text = `the mapping of 0x${input.toString(16)}`;
    for (const [name, value] of Object.entries({ input, output, size })) {
      if (value < 0n || value % 4096n !== 0n || value >> 64n !== 0n) {
        throw new RangeError(`${text}: ${name} is a multiple of 4 KiB, got 0x${value.toString(16)}`);
      }
    }
    if (size === 0n || input + size > 1n << 64n) throw new RangeError(`${text} has no page, or ends above 2^64`);
    this.#format.check(mapping);
    const largest = Math.min(LEVEL_OF_SIZE[pageSize], this.#format.largestLeaf, this.#levels);
    let page = pageOf(input);
    let target = pageOf(output);
    for (let left = pageOf(size); left > 0; ) {
      let level = largest;
      while (level > 1 && (page % SPAN[level]! !== 0 || target % SPAN[level]! !== 0 || left < SPAN[level]!)) level -= 1;
      this.#put1(page, level, this.#format.leaf(target, level, mapping), text);
      page = (page + SPAN[level]!) % ADDRESS_SPACE;
      target += SPAN[level]!;
      left -= SPAN[level]!;
    }
  }

  #put1(page: PageNumber, level: number, leaf: Words, text: string): void {
    let table = this.#top;
    for (let above = this.#levels; above > level; above--) table = this.#below(table.at, indexAt(page, above), text);
    const index = indexAt(page, level);
    const key = table.at * 512 + index;
    if (this.#leaves.has(key) || this.#tables.has(key)) throw new RangeError(`${text} overlaps another one`);
    this.#leaves.add(key);
    this.#put(table.at, index * 8, leaf);
  }

  #below(at: PageNumber, index: number, text: string) {
    const key = at * 512 + index;
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    if (this.#leaves.has(key)) throw new RangeError(`${text} overlaps another one`);
    const made = this.#take();
    this.#tables.set(key, made);
    this.#put(at, index * 8, this.#format.table(made.page));
    return made;
  }
}

const indexAt = (page: PageNumber, level: number): number => Math.floor(page / SPAN[level]!) % 512;
