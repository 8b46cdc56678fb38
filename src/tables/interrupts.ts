import type { Words } from '../bits/field.ts';
import { addressOf } from '../bits/page-number.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { viewOf } from '../dma-remapping/view.ts';
import type { InterruptRemapping } from '../interrupt-remapping/interrupt-remapping.ts';
import { remapInterrupt } from '../interrupt-remapping/remap.ts';
import { remappableRequest } from '../messages/interrupt-formats.ts';
import { newRemappedInterrupt } from '../messages/remapped-interrupt.ts';
import { InterruptRemappingEntry, SVT } from '../structures/interrupt-remapping-entry.ts';
import { UnchangedMemory } from './unchanged-memory.ts';
import { WalkRecorder } from './walk-recorder.ts';

/** A unit whose interrupt remapping table is listed. */
export type InterruptUnit = DmaRemapping & InterruptRemapping;

/** A present entry of the interrupt remapping table. */
export interface InterruptEntry {
  readonly index: number;
  /** The entry, §9.9 or §9.10. */
  readonly words: Words;
  /** What a request meets from whatever source; missing if the entry serves the sources that it names. */
  readonly condition?: InterruptCondition;
  /** Of a posted entry that a request gets as far with. */
  readonly descriptor?: DescriptorFound;
}

/** Where an entry has its posted interrupt descriptor, §9.11. */
export interface DescriptorFound {
  readonly address: bigint;
  /** Missing where memory refused. */
  readonly words?: Words;
}

/** An interrupt remapping table, §5.1.3. */
export interface InterruptListing {
  /** The present entries, in order. */
  readonly entries: readonly InterruptEntry[];
  /** Indices of entries that are not present and have FPD=1. */
  readonly silent: readonly number[];
  /** Indices of entries that memory refused. */
  readonly unreadable: readonly number[];
  /** Indices of entries above the host address width. */
  readonly unreachable: readonly number[];
  /** Indices past the table's end, in its last page, where a present entry stands. */
  readonly beyond: readonly number[];
}

const ENTRIES_IN_PAGE = 256;

const { FPD, IM, SID } = InterruptRemappingEntry;
const sourceValidationType = InterruptRemappingEntry.SVT;

/** A source-id that an entry lets through, §9.9: SID, or the first bus that it names, or 0. */
export function sourceOf(entry: Words): number {
  switch (sourceValidationType(entry)) {
    case SVT.SOURCE_ID:
      return SID(entry);
    case SVT.BUS_RANGE:
      return SID(entry) & 0xff00;
    default:
      return 0;
  }
}

/**
 * What the interrupt remapping table of a unit holds, §5.1.3: a request for every index is remapped, from a source that
 * the entry lets through, whether remapping is on or off; nothing is posted.
 */
export function listInterrupts(unit: InterruptUnit): InterruptListing {
  const listing: GrowingListing = { entries: [], silent: [], unreadable: [], unreachable: [], beyond: [] };
  const table = new AskedTable(unit);
  for (let index = 0; index < table.entries; index++) {
    const condition = table.ask(index, 0);
    const inTable = index < unit.interruptTable.entries;
    if (condition === InterruptFault.INDEX_BEYOND_TABLE) {
      if (inTable) listing.unreachable.push(index);
    } else if (condition === InterruptFault.TABLE_UNREADABLE) {
      if (inTable) listing.unreadable.push(index);
    } else if (condition === InterruptFault.NOT_PRESENT) {
      if (inTable && FPD(table.entry) === 1) listing.silent.push(index);
    } else if (inTable) listing.entries.push(table.look(index, condition));
    else listing.beyond.push(index);
  }
  return listing;
}

type GrowingListing = { [Name in keyof InterruptListing]: InterruptListing[Name][number][] };

/** The table, and what the model says of requests for its entries. */
class AskedTable {
  /** How many entries may be asked for: to the end of the last page. */
  readonly entries: number;
  readonly #view: InterruptUnit;
  readonly #recorder = new WalkRecorder();
  readonly #remapped = newRemappedInterrupt();

  constructor(unit: InterruptUnit) {
    const { interruptTable, configuration } = unit;
    this.entries = Math.max(interruptTable.entries, ENTRIES_IN_PAGE);
    this.#view = viewOf(unit, {
      memory: new UnchangedMemory(unit.memory),
      trace: this.#recorder,
      caches: undefined,
      interruptRemappingEnabled: true,
      interruptTable: { ...interruptTable, entries: this.entries },
      // §5.1.4: without EIME such a unit blocks what it is asked before it looks at the table.
      configuration: { ...configuration, ECAP: { ...configuration.ECAP, EIMER: 0 } },
    });
  }

  /** What a request for an entry meets. */
  ask(index: number, sourceId: number): InterruptCondition | undefined {
    this.#recorder.restart();
    return remapInterrupt(this.#view, { sourceId, ...remappableRequest({ handle: index }) }, this.#remapped);
  }

  /** The entry that was asked for last. */
  get entry(): Words {
    return this.#recorder.visited[0]!.words.subarray(0, 4);
  }

  /** A present entry, of which it is known what source-id 0 meets. */
  look(index: number, asked: InterruptCondition | undefined): InterruptEntry {
    const words = this.entry.slice();
    const condition = asked === InterruptFault.SOURCE_ID ? this.ask(index, sourceOf(words)) : asked;
    return {
      index,
      words,
      ...(condition === undefined ? {} : { condition }),
      ...(IM(words) === 1 && this.#recorder.count > 1 ? { descriptor: this.#descriptor() } : {}),
    };
  }

  #descriptor(): DescriptorFound {
    const { page, offset, read, words } = this.#recorder.visited[1]!;
    return { address: addressOf(page, offset), ...(read ? { words: words.slice() } : {}) };
  }
}
