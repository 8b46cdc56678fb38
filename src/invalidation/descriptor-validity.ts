import type { Words } from '../bits/field.ts';
import { maskOf } from '../bits/structure.ts';
import { QueueError } from '../conditions/invalidation-queue.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import { isBefore } from '../platform/revision.ts';
import { DESCRIPTOR_TYPE } from '../structures/invalidation-descriptor.ts';
import { ALLOWED_TYPES, DESCRIPTOR_KINDS, type DescriptorKind } from './descriptor-kinds.ts';

/** The type of a descriptor: 3 bits above 4, §6.5.2. */
export function descriptorType(words: Words): number {
  return DESCRIPTOR_TYPE.upper(words) * 16 + DESCRIPTOR_TYPE.lower(words);
}

/** One type in one unit. */
interface KindInUnit extends DescriptorKind {
  readonly supported: boolean;
  /** Of the descriptor's own width. */
  readonly reserved: Words;
  readonly finestSupported: boolean;
  readonly largestMask: number;
}

/** Which descriptors are valid in one unit, §6.5.2.11: what its capabilities say is worked out once. */
export class DescriptorValidity {
  readonly #kinds: ReadonlyMap<number, KindInUnit>;
  /** IQEI of what the document calls invalid without a number. */
  readonly #invalid: number;

  constructor(configuration: Configuration, choices: Choices) {
    const kinds = Object.entries(DESCRIPTOR_KINDS);
    this.#kinds = new Map(kinds.map(([type, kind]) => [Number(type), kindIn(kind, configuration, choices)]));
    this.#invalid = choices.invalidDescriptor === '4' ? QueueError.RESERVED_FIELD : QueueError.DESCRIPTOR_TYPE;
  }

  /** IQEI for a descriptor of 4 or, with IQA_REG.DW=1, 8 words while TTM is `mode`; undefined: it is valid. */
  errorOf(words: Words, mode: number): number | undefined {
    const type = descriptorType(words);
    const kind = this.#kinds.get(type);
    const allowed = ALLOWED_TYPES[words.length === 8 ? 1 : 0]![mode]!.includes(type);
    if (!allowed || kind === undefined || !kind.supported) return QueueError.DESCRIPTOR_TYPE;
    if (hasPadding(kind, words) || asksForInvalidGranularity(kind, words)) return this.#invalid;
    if (kind.reserved.some((mask, i) => (words[i]! & mask) !== 0)) return QueueError.RESERVED_FIELD;
    if (isFinest(kind, words) && kind.finest!.mask(words) > kind.largestMask) return QueueError.RESERVED_FIELD;
    return undefined;
  }
}

function kindIn(kind: DescriptorKind, { capability }: Configuration, choices: Choices): KindInUnit {
  const { format, requires, reservedWithout, reservedBefore, finest } = kind;
  const has = (name: string | undefined) => name === undefined || capability(name) !== 0;
  const lacking = reservedWithout === undefined || has(reservedWithout.capability) ? [] : reservedWithout.fields;
  const isOld = reservedBefore !== undefined && isBefore(choices.specRevision, reservedBefore.revision);
  const limited = finest !== undefined && choices.maskTooWide === 'error';
  return {
    ...kind,
    supported: has(requires),
    reserved: maskOf(format.width, [
      ...format.reserved,
      ...lacking.map(({ high, low }) => [high, low] as const),
      ...(isOld ? reservedBefore.bits : []),
    ]),
    finestSupported: has(finest?.requires),
    largestMask: limited ? capability(finest.largest) : Number.POSITIVE_INFINITY,
  };
}

/** §6.5.2: a descriptor of 128 bits has zeros above it in a queue of 256-bit ones. */
function hasPadding({ format }: KindInUnit, words: Words): boolean {
  return words.subarray(format.width / 32).some((word) => word !== 0);
}

function asksForInvalidGranularity(kind: KindInUnit, words: Words): boolean {
  const { granularity } = kind;
  if (granularity?.encodings?.[granularity(words)] === 'reserved') return true;
  return isFinest(kind, words) && !kind.finestSupported;
}

function isFinest({ finest }: KindInUnit, words: Words): boolean {
  return finest !== undefined && finest.granularity(words) === finest.is;
}
