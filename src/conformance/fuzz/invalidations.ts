import { pageOf } from '../../bits/page-number.ts';
import { CCMD_REG, IOTLB_REG, IQA_REG, IQT_REG, IVA_REG } from '../../registers/invalidation.ts';
import {
  ContextCacheInvalidationDescriptor,
  InterruptEntryCacheInvalidationDescriptor,
  InvalidationWaitDescriptor,
  IotlbInvalidationDescriptor,
  PasidCacheInvalidationDescriptor,
  PasidIotlbInvalidationDescriptor,
} from '../../structures/invalidation-descriptor.ts';
import type { VectorStep } from '../../vectors/types.ts';
import { DOMAINS } from './legacy-tables.ts';
import type { Offer } from './offer.ts';
import { type Act, ADDRESSES, PASIDS, type Path, SOURCES } from './plan.ts';
import { writeOf } from './registers.ts';
import { bitOf, packed } from './tables.ts';

type Invalidate = Extract<Act, { kind: 'invalidate' }>;
type InvalidateInterrupt = Extract<Act, { kind: 'invalidateInterrupt' }>;

/** G of most descriptors, CIRG and IIRG, §6.5: global, then narrower. */
const GLOBAL = 1;
const DOMAIN_SELECTIVE = 2;
const PAGE_SELECTIVE = 3;
/** G of pc_inv_dsc, §6.5.2.2, from the widest. */
const PASID_CACHE_GRANULARITIES = [3, 0, 1] as const;

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

  /** Before translation is turned on; `turnOn` does so with the queue. */
  setUp(turnOn: VectorStep): readonly VectorStep[] {
    return [writeOf(IQA_REG, { IQA: pageOf(this.#page), DW: bitOf(this.#wide) }), writeOf(IQT_REG, { QT: 0 }), turnOn];
  }

  /** A descriptor, and a wait that writes its status behind the queue, §6.5.2.9: what it waits for is complete then. */
  submit(descriptor: readonly bigint[]): readonly VectorStep[] {
    const at = this.#page + BigInt(this.#tail);
    const status = (this.#page + 0xff8n) >> 2n;
    const wait = packed(InvalidationWaitDescriptor, { 'Type[3:0]': 5, SW: 1, StatusData: 1, StatusAddress: status });
    const size = this.#wide ? 4 : 2;
    const qwords = [descriptor, wait].flatMap((one) => Array.from({ length: size }, (_, i) => one[i] ?? 0n));
    this.#tail += qwords.length * 8;
    const hex = qwords.map((qword) => `0x${qword.toString(16).padStart(16, '0')}`);
    return [{ memory: [{ at: `0x${at.toString(16)}`, qwords: hex }] }, writeOf(IQT_REG, { QT: this.#tail / 16 })];
  }
}

/** A command to the context-cache, the PASID-cache or the IOTLB as a descriptor, §6.5.2.1 to §6.5.2.4. */
export function descriptorOf(act: Invalidate, path: Path, offer: Offer, scalable: boolean): readonly bigint[] {
  const { granularity } = act;
  const DID = domainOf(act, path);
  const PASID = PASIDS[path.pasid]!;
  const range = isPaged(act, offer) ? rangeOf(act, path, offer) : {};
  const G = translationGranularity(act, offer);
  switch (scalable ? act.cache : inLegacyMode(act.cache)) {
    case 'context': {
      const fields = { 'Type[3:0]': 1, G: granularity + 1, DID, SID: SOURCES[path.source]! };
      return packed(ContextCacheInvalidationDescriptor, fields);
    }
    case 'pasid': {
      const fields = { 'Type[3:0]': 7, G: PASID_CACHE_GRANULARITIES[granularity]!, DID };
      return packed(PasidCacheInvalidationDescriptor, granularity === 2 ? { ...fields, PASID } : fields);
    }
    case 'iotlb':
      return packed(IotlbInvalidationDescriptor, { 'Type[3:0]': 2, G, DID, ...range });
    case 'pasidIotlb': {
      const fields = { 'Type[3:0]': 6, G: Math.max(G, DOMAIN_SELECTIVE), DID, PASID };
      return packed(PasidIotlbInvalidationDescriptor, { ...fields, ...range });
    }
  }
}

const inLegacyMode = (cache: Invalidate['cache']): 'context' | 'iotlb' =>
  cache === 'context' || cache === 'pasid' ? 'context' : 'iotlb';

const domainOf = ({ otherDomain }: Invalidate, path: Path): number => DOMAINS[path.domain]! ^ bitOf(otherDomain);

const isPaged = ({ granularity }: Invalidate, { CAP }: Offer): boolean => granularity === 2 && CAP.PSI === 1;

function translationGranularity(act: Invalidate, offer: Offer): number {
  if (isPaged(act, offer)) return PAGE_SELECTIVE;
  return act.granularity === 0 ? GLOBAL : DOMAIN_SELECTIVE;
}

/** ADDR, IH and AM, as IVA_REG and descriptors have them. */
function rangeOf({ mask, hint }: Invalidate, path: Path, { CAP }: Offer) {
  const AM = Math.min(mask, CAP.MAMV);
  const page = pageOf(ADDRESSES[path.address]!);
  return { ADDR: page - (page % 2 ** AM), IH: bitOf(hint), AM };
}

/** The same by register, §6.5.1, where there is no queue. */
export function registerCommands(act: Invalidate, path: Path, offer: Offer): readonly VectorStep[] {
  const DID = domainOf(act, path);
  if (inLegacyMode(act.cache) === 'context') {
    return [writeOf(CCMD_REG, { ICC: 1, CIRG: act.granularity + 1, SID: SOURCES[path.source]!, DID })];
  }
  const base = offer.ECAP.IRO * 16;
  return [
    ...(isPaged(act, offer) ? [writeOf(IVA_REG, rangeOf(act, path, offer), base)] : []),
    writeOf(IOTLB_REG, { IVT: 1, IIRG: translationGranularity(act, offer), DID }, base + 8),
  ];
}

/** A command to the interrupt entry cache, §6.5.2.8, for an entry of this index. */
export function interruptDescriptorOf(
  { global, mask }: InvalidateInterrupt,
  index: number,
  { ECAP }: Offer,
): readonly bigint[] {
  const selective = { G: 1, IM: Math.min(mask, ECAP.MHMV), IIDX: index };
  return packed(InterruptEntryCacheInvalidationDescriptor, { 'Type[3:0]': 4, ...(global ? {} : selective) });
}
