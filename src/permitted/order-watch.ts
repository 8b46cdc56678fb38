import type { CacheInvalidation } from '../caches/caches.ts';
import { describeScope } from '../caches/scope-text.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from '../caches/scopes.ts';
import { formatSourceId } from '../messages/source-id.ts';

/** Commands between two requests whose order leaves something stale. */
export interface UnsafeOrder {
  readonly kind: 'unsafe-order';
  /** In the order in which they were given. */
  readonly commands: readonly string[];
  /** What is wrong, with the rule. */
  readonly because: string;
}

/** What is told between two requests. `pasidBased`: p_iotlb_inv, p_dev_tlb_inv. */
interface Told {
  readonly cache: (typeof ORDER)[number] | 'deviceTlb' | 'fence';
  readonly pasidBased: boolean;
  readonly text: string;
}

/** The caches in the order in which their entries are made one from the other, 6.2.2.1-S1. */
const ORDER = ['context', 'pasid', 'translations'] as const;
const NAMES = { context: 'context-cache', pasid: 'PASID-cache', translations: 'IOTLB' } as const;

/**
 * The order of invalidations, §6.5.2.12 and 6.2.2.1-S1: what is made from an entry has to go after that entry, or it is
 * made again from it.
 */
export class OrderWatch implements CacheInvalidation {
  #told: Told[] = [];

  /** A request arrives: what it may now make from what is left is the judge's matter; the order of commands is told. */
  take(scalable: boolean): UnsafeOrder | undefined {
    const told = this.#told;
    if (told.length === 0) return undefined;
    this.#told = [];
    const because = wrongOrder(told, scalable) ?? wrongForEndpoints(told);
    if (because === undefined) return undefined;
    const commands = told.filter(({ cache }) => cache !== 'fence').map(({ text }) => text);
    return { kind: 'unsafe-order', commands, because };
  }

  invalidateContexts(scope: ContextScope): void {
    this.#tell('context', false, describeScope.contexts(scope));
  }

  invalidatePasids(scope: PasidScope): void {
    this.#tell('pasid', false, describeScope.pasids(scope));
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#tell('translations', false, describeScope.translations(scope));
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#tell('translations', true, describeScope.pasidTranslations(scope));
  }

  /** Host permissions and interrupt entries are made from nothing else that is cached. */
  invalidateHostPermissions(_scope: HostPermissionScope): void {}

  invalidateInterrupts(_scope: InterruptScope): void {}

  invalidateAllInterrupts(): void {}

  invalidateAll(): void {
    this.#told = [];
  }

  reset(): void {
    this.#told = [];
  }

  invalidateDeviceTlb(sourceId: number, pasid: number | undefined): void {
    const name = pasid === undefined ? 'dev_tlb_inv' : 'p_dev_tlb_inv';
    this.#tell('deviceTlb', pasid !== undefined, `${name} SID=${formatSourceId(sourceId)}`);
  }

  fence(): void {
    this.#tell('fence', false, '');
  }

  /** What is complete is before all that comes. */
  complete(): void {
    this.fence();
  }

  #tell(cache: Told['cache'], pasidBased: boolean, text: string): void {
    this.#told.push({ cache, pasidBased, text });
  }
}

/** 6.2.2.1-S1: context-cache, PASID-cache, IOTLB; what is wrong otherwise. */
function wrongOrder(told: readonly Told[], scalable: boolean): string | undefined {
  const last = (cache: Told['cache']) => told.findLastIndex((one) => one.cache === cache);
  const order = scalable ? ORDER : ORDER.filter((cache) => cache !== 'pasid');
  for (const [i, upper] of order.entries()) {
    const lower = order.slice(i + 1).find((cache) => last(cache) < last(upper));
    if (lower === undefined) continue;
    const what =
      last(lower) >= 0
        ? `the ${NAMES[lower]} was invalidated before the ${NAMES[upper]}, from which it is filled again`
        : `no invalidation of the ${NAMES[lower]} followed that of the ${NAMES[upper]}`;
    const rule = upper === 'context' ? '6.2.2.1-S1, 6.5.2.1-S1' : '6.2.3.1-S2, 6.5.2.2-S1';
    return `${what} (${rule})`;
  }
  return undefined;
}

/** 6.5.2.5-S1, 6.5.2.12-G1: an endpoint asks again, and may be told from what is left in the unit. */
function wrongForEndpoints(told: readonly Told[]): string | undefined {
  const endpoint = told.findLastIndex(({ cache }) => cache === 'deviceTlb');
  if (endpoint < 0) return undefined;
  if (told.findLastIndex(({ cache }) => cache === 'translations') > endpoint) {
    return 'the device TLB was invalidated before the IOTLB, from which it is filled again (6.5.2.5-S1, 6.5.2.6-S1)';
  }
  if (told[endpoint]!.pasidBased) return undefined;
  const unordered = told.findLastIndex(({ cache, pasidBased }) => cache === 'translations' && pasidBased);
  const fenced = told.findLastIndex(({ cache }, i) => cache === 'fence' && i < endpoint) > unordered;
  if (unordered < 0 || fenced) return undefined;
  return 'dev_tlb_inv does not wait for p_iotlb_inv: a wait with FN=1 belongs between them (6.5.2.12-G1)';
}
