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

/** Commands between two requests whose order leaves something stale. */
export interface UnsafeOrder {
  readonly kind: 'unsafe-order';
  /** In the order in which they were given. */
  readonly commands: readonly string[];
  /** What is wrong, with the rule. */
  readonly because: string;
}

/** The caches in the order in which their entries are made one from the other, 6.2.2.1-S1. */
const ORDER = ['context', 'pasid', 'translations'] as const;
const NAMES = { context: 'context-cache', pasid: 'PASID-cache', translations: 'IOTLB' } as const;

/**
 * The order of invalidations, §6.5.2.12 and 6.2.2.1-S1: what is made from an entry has to go after that entry, or it is
 * made again from it.
 */
export class OrderWatch implements CacheInvalidation {
  #commands: { readonly cache: (typeof ORDER)[number]; readonly text: string }[] = [];

  /** A request arrives: what it may now make from what is left is the judge's matter; the order of commands is told. */
  take(scalable: boolean): UnsafeOrder | undefined {
    const commands = this.#commands;
    this.#commands = [];
    const last = (cache: (typeof ORDER)[number]) => commands.findLastIndex((command) => command.cache === cache);
    const order = scalable ? ORDER : ORDER.filter((cache) => cache !== 'pasid');
    for (const [i, upper] of order.entries()) {
      const lower = order.slice(i + 1).find((cache) => last(cache) < last(upper));
      if (lower === undefined) continue;
      const early = last(lower) >= 0;
      const what = early
        ? `the ${NAMES[lower]} was invalidated before the ${NAMES[upper]}, from which it is filled again`
        : `no invalidation of the ${NAMES[lower]} followed that of the ${NAMES[upper]}`;
      const rule = upper === 'context' ? '6.2.2.1-S1, 6.5.2.1-S1' : '6.2.3.1-S2, 6.5.2.2-S1';
      return { kind: 'unsafe-order', commands: commands.map(({ text }) => text), because: `${what} (${rule})` };
    }
    return undefined;
  }

  invalidateContexts(scope: ContextScope): void {
    this.#commands.push({ cache: 'context', text: describeScope.contexts(scope) });
  }

  invalidatePasids(scope: PasidScope): void {
    this.#commands.push({ cache: 'pasid', text: describeScope.pasids(scope) });
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#commands.push({ cache: 'translations', text: describeScope.translations(scope) });
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#commands.push({ cache: 'translations', text: describeScope.pasidTranslations(scope) });
  }

  /** Host permissions and interrupt entries are made from nothing else that is cached. */
  invalidateHostPermissions(_scope: HostPermissionScope): void {}

  invalidateInterrupts(_scope: InterruptScope): void {}

  invalidateAll(): void {
    this.#commands = [];
  }

  complete(): void {}
}
