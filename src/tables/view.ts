import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';

/** An entry that a walk came to. */
export interface Seen {
  readonly format: StructureDeclaration;
  readonly page: PageNumber;
  readonly offset: number;
  /** Missing where memory refused. */
  readonly words?: Words;
}

/**
 * A unit that keeps what the last walk came to. The listing asks the model's own walks what entries mean and has no
 * rules of its own; through this it learns how far they went.
 */
export interface View {
  readonly unit: DmaRemapping;
  /** How many entries the walk came to since `restart`. */
  count(): number;
  /** The n-th of them, from 0. The first two are kept, and the last. */
  seen(n: number): Seen | undefined;
  last(): Seen;
  restart(): void;
}

/** Root and context entry: the longest entries that are kept. */
const KEPT = 2;
const WORDS = 4;

export function viewOf(unit: DmaRemapping): View {
  const slots = Array.from({ length: KEPT + 1 }, () => ({ words: new Uint32Array(WORDS), seen: undefined as Slot }));
  let count = 0;
  const note = (format: StructureDeclaration, page: PageNumber, offset: number, words?: Words) => {
    const slot = slots[Math.min(count, KEPT)]!;
    count += 1;
    if (words !== undefined) slot.words.set(words);
    slot.seen = { format, page, offset, length: words?.length ?? 0 };
  };
  const read = (n: number): Seen | undefined => {
    const slot = slots[Math.min(n, KEPT)]!;
    if (n >= count || slot.seen === undefined) return undefined;
    const { format, page, offset, length } = slot.seen;
    const place = { format, page, offset };
    return length === 0 ? place : { ...place, words: slot.words.slice(0, length) };
  };
  const { memory, configuration, choices, reserved, rootTable } = unit;
  return {
    unit: {
      memory,
      configuration,
      choices,
      reserved,
      rootTable,
      memoryTypeOf: (page) => unit.memoryTypeOf(page),
      trace: { entry: note, refused: note },
    },
    count: () => count,
    seen: read,
    last: () => {
      const found = read(count - 1);
      if (found === undefined) throw new RangeError('no walk has come to an entry yet');
      return found;
    },
    restart: () => {
      count = 0;
    },
  };
}

type Slot = { format: StructureDeclaration; page: PageNumber; offset: number; length: number } | undefined;
