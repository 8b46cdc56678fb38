import type { Words } from '../bits/field.ts';
import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { registerValue } from '../bits/register-value.ts';
import type { Configuration } from '../platform/configuration.ts';
import { IRTA_REG } from '../registers/interrupt-remapping.ts';
import {
  InterruptRemappingEntry,
  PostedInterruptRemappingEntry,
  SVT,
} from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import type { InterruptDescription, TablesDescription } from './description.ts';
import { sourceIdOf } from './devices.ts';
import type { TableMemory } from './table-memory.ts';

const ENTRY_BYTES = 16;
const DESCRIPTOR_BYTES = 64;
const PAGE_BYTES = 4096;

/** Builds an interrupt remapping table, §5.1.3; returns IRTA_REG. Throws a RangeError that names the entry at fault. */
export function buildInterrupts(
  { CAP, ECAP }: Configuration,
  { size = 256, extended = false, entries }: NonNullable<TablesDescription['interrupts']>,
  memory: TableMemory,
): bigint {
  const log = Math.log2(size);
  if (!Number.isInteger(log) || log < 1 || log > 16) {
    throw new RangeError(`an interrupt remapping table has 2 to 65536 entries, a power of two, got ${size}`);
  }
  if (ECAP.IR === 0) throw new RangeError('an interrupt remapping table needs ECAP_REG.IR');
  if (extended && ECAP.EIM === 0) throw new RangeError('x2APIC mode needs ECAP_REG.EIM');
  const table = memory.take(Math.max((size * ENTRY_BYTES) / PAGE_BYTES, 1));
  const descriptors = new Descriptors(memory);
  const seen = new Set<number>();
  for (const description of entries) {
    const { index } = description;
    try {
      if (!Number.isInteger(index) || index < 0 || index >= size || seen.has(index)) {
        throw new RangeError(`an index is below ${size} and used once`);
      }
      seen.add(index);
      if (description.posted !== undefined && CAP.PI === 0) throw new RangeError('posting needs CAP_REG.PI');
      const words =
        description.posted === undefined ? remapped(description, extended) : posted(description, extended, descriptors);
      memory.put(table + Math.floor((index * ENTRY_BYTES) / PAGE_BYTES), (index * ENTRY_BYTES) % PAGE_BYTES, words);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`interrupt ${index}: ${error.message}`);
    }
  }
  return registerValue(IRTA_REG, { S: log - 1, EIME: extended ? 1 : 0, IRTA: table });
}

/** Posted interrupt descriptors, one after another. */
class Descriptors {
  readonly #memory: TableMemory;
  #page: PageNumber = 0;
  #offset = PAGE_BYTES;

  constructor(memory: TableMemory) {
    this.#memory = memory;
  }

  /** Writes one, and returns where it stands. */
  put(words: Words): bigint {
    if (this.#offset === PAGE_BYTES) {
      this.#page = this.#memory.take();
      this.#offset = 0;
    }
    this.#memory.put(this.#page, this.#offset, words);
    const address = addressOf(this.#page, this.#offset);
    this.#offset += DESCRIPTOR_BYTES;
    return address;
  }
}

/** §9.9. */
function remapped(description: InterruptDescription, extended: boolean): Words {
  const { vector, destination = 0, deliveryMode = 0 } = description;
  return InterruptRemappingEntry.pack({
    P: 1,
    V: vector,
    DLM: deliveryMode,
    DM: description.logical === true ? 1 : 0,
    RH: description.redirectionHint === true ? 1 : 0,
    TM: description.level === true ? 1 : 0,
    DST: apicId(destination, extended),
    ...sourceFields(description),
  });
}

/** §9.10, with its descriptor, §9.11. */
function posted(description: InterruptDescription, extended: boolean, descriptors: Descriptors): Words {
  const { vector, destination = 0, posted: notified } = description;
  const NV = notified?.notificationVector ?? 0;
  const address = descriptors.put(PostedInterruptDescriptor.pack({ NV, NDST: apicId(destination, extended) }));
  return PostedInterruptRemappingEntry.pack({
    P: 1,
    IM: 1,
    URG: notified?.urgent === true ? 1 : 0,
    VV: vector,
    PDAL: Number((address >> 6n) & 0x3ff_ffffn),
    PDAH: Number(address >> 32n),
    ...sourceFields(description),
  });
}

/** With EIME=0 an APIC id of 8 bits is in bits 15:8 of the field, §9.9. */
function apicId(id: number, extended: boolean): number {
  const bits = extended ? 32 : 8;
  if (!Number.isInteger(id) || id < 0 || id >= 2 ** bits)
    throw new RangeError(`an APIC id has ${bits} bits, got ${id}`);
  return extended ? id : id << 8;
}

function sourceFields({ source }: InterruptDescription) {
  if (source === 'any') return { SVT: SVT.ANY };
  if (typeof source !== 'object') return { SVT: SVT.SOURCE_ID, SID: sourceIdOf(source) };
  const { firstBus, lastBus } = source;
  if (firstBus > lastBus) throw new RangeError(`buses go from the first to the last, got ${firstBus} to ${lastBus}`);
  return { SVT: SVT.BUS_RANGE, SID: firstBus * 256 + lastBus };
}
