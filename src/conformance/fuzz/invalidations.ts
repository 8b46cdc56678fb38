import type { VectorStep } from '../../vectors/types.ts';
import { DOMAINS } from './legacy-tables.ts';
import type { Offer } from './offer.ts';
import { type Act, ADDRESSES, PASIDS, type Path, SOURCES } from './plan.ts';
import { writeStep } from './registers.ts';

type Invalidate = Extract<Act, { kind: 'invalidate' }>;
type InvalidateInterrupt = Extract<Act, { kind: 'invalidateInterrupt' }>;

/** Qwords of a descriptor, the first two of them: those above are 0. */
type Descriptor = readonly [bigint, bigint];

/** A wait that writes its status behind the queue, §6.5.2.9; what it waits for is complete then. */
const waitDescriptor = (status: bigint): Descriptor => [0x25n | (1n << 32n), status];

/** The invalidation queue of a case, §6.5.2: a page of memory, of which a step writes two descriptors and the tail. */
export class Queue {
  readonly #page: bigint;
  readonly #wide: boolean;
  #tail = 0;

  /** `wide` for descriptors of 256 bits. */
  constructor(page: bigint, wide: boolean) {
    this.#page = page;
    this.#wide = wide;
  }

  /** Before translation is turned on; `enabled` is GCMD_REG with what is on already. */
  setUp(enabled: number): readonly VectorStep[] {
    return [
      writeStep('IQA_REG', 0x90, 64, this.#page | (this.#wide ? 1n << 11n : 0n)),
      writeStep('IQT_REG', 0x88, 64, 0n),
      writeStep('GCMD_REG', 0x18, 32, BigInt(enabled)),
    ];
  }

  submit(descriptor: Descriptor): readonly VectorStep[] {
    const at = this.#page + BigInt(this.#tail);
    const padding = this.#wide ? [0n, 0n] : [];
    const qwords = [...descriptor, ...padding, ...waitDescriptor(this.#page + 0xff8n), ...padding];
    this.#tail += qwords.length * 8;
    const hex = qwords.map((qword) => `0x${qword.toString(16).padStart(16, '0')}`);
    return [
      { memory: [{ at: `0x${at.toString(16)}`, qwords: hex }] },
      writeStep('IQT_REG', 0x88, 64, BigInt(this.#tail)),
    ];
  }
}

/** A command to the context-cache, the PASID-cache or the IOTLB as a descriptor, §6.5.2.1 to §6.5.2.4. */
export function descriptorOf(act: Invalidate, path: Path, offer: Offer, scalable: boolean): Descriptor {
  const did = BigInt(DOMAINS[path.domain]! ^ (act.otherDomain ? 1 : 0)) << 16n;
  const pasid = BigInt(PASIDS[path.pasid]!) << 32n;
  const range = rangeOf(act, path, offer);
  const paged = act.granularity === 2 && offer.cap(39) === 1;
  switch (scalable ? act.cache : inLegacyMode(act.cache)) {
    case 'context':
      return [0x1n | (BigInt(act.granularity + 1) << 4n) | did | (BigInt(SOURCES[path.source]!) << 32n), 0n];
    case 'pasid':
      return [0x7n | ([3n, 0n, 1n][act.granularity]! << 4n) | did | (act.granularity === 2 ? pasid : 0n), 0n];
    case 'iotlb':
      return [0x2n | ((paged ? 3n : act.granularity === 0 ? 1n : 2n) << 4n) | did, paged ? range : 0n];
    case 'pasidIotlb':
      return [0x6n | ((paged ? 3n : 2n) << 4n) | did | pasid, paged ? range : 0n];
  }
}

const inLegacyMode = (cache: Invalidate['cache']): 'context' | 'iotlb' =>
  cache === 'context' || cache === 'pasid' ? 'context' : 'iotlb';

/** ADDR, IH and AM, where they stand in IVA_REG and in the upper half of a descriptor. */
function rangeOf({ mask, hint }: Invalidate, path: Path, offer: Offer): bigint {
  const am = BigInt(Math.min(mask, offer.cap(48, 6)));
  const address = (ADDRESSES[path.address]! >> (12n + am)) << (12n + am);
  return address | (hint ? 0x40n : 0n) | am;
}

/** The same by register, §6.5.1, where there is no queue. */
export function registerCommands(act: Invalidate, path: Path, offer: Offer): readonly VectorStep[] {
  const did = BigInt(DOMAINS[path.domain]! ^ (act.otherDomain ? 1 : 0));
  if (inLegacyMode(act.cache) === 'context') {
    const command = (1n << 63n) | (BigInt(act.granularity + 1) << 61n) | (BigInt(SOURCES[path.source]!) << 16n) | did;
    return [writeStep('CCMD_REG', 0x28, 64, command)];
  }
  const paged = act.granularity === 2 && offer.cap(39) === 1;
  const granularity = paged ? 3n : act.granularity === 0 ? 1n : 2n;
  const base = offer.ecap(8, 10) * 16;
  return [
    ...(paged ? [writeStep('IVA_REG', base, 64, rangeOf(act, path, offer))] : []),
    writeStep('IOTLB_REG', base + 8, 64, (1n << 63n) | (granularity << 60n) | (did << 32n)),
  ];
}

/** A command to the interrupt entry cache, §6.5.2.8, for an entry of this index. */
export function interruptDescriptorOf({ global, mask }: InvalidateInterrupt, index: number, offer: Offer): Descriptor {
  const im = BigInt(Math.min(mask, offer.ecap(20, 4)));
  return [0x4n | (global ? 0n : 0x10n | (im << 27n) | (BigInt(index) << 32n)), 0n];
}
