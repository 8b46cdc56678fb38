import type { CacheInvalidation, CountedInvalidation } from './caches.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from './scopes.ts';

/** Hands every invalidation, §6.5, to the caches of a unit and to whoever else listens, in this order. */
export class InvalidationTee implements CountedInvalidation {
  readonly #all: CacheInvalidation[] = [];
  /** How many came before each of them. */
  readonly #missed = new Map<CacheInvalidation, number>();
  #asked = 0;

  /** As if so many had been asked before: to go on from a snapshot. */
  restore(asked: number): void {
    this.#asked = asked;
  }

  get asked(): number {
    return this.#asked;
  }

  add(listener: CacheInvalidation): void {
    this.#all.push(listener);
    this.#missed.set(listener, this.#asked);
  }

  invalidateContexts(scope: ContextScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateContexts(scope);
  }

  invalidatePasids(scope: PasidScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidatePasids(scope);
  }

  invalidateTranslations(scope: TranslationScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateTranslations(scope);
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidatePasidTranslations(scope);
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateHostPermissions(scope);
  }

  invalidateInterrupts(scope: InterruptScope): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateInterrupts(scope);
  }

  invalidateAll(): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateAll();
  }

  invalidateAllInterrupts(): void {
    this.#asked += 1;
    for (const one of this.#all) one.invalidateAllInterrupts();
  }

  reset(): void {
    for (const one of this.#all) one.reset();
  }

  invalidateDeviceTlb(sourceId: number, pasid: number | undefined): void {
    for (const one of this.#all) one.invalidateDeviceTlb?.(sourceId, pasid);
  }

  fence(): void {
    for (const one of this.#all) one.fence?.();
  }

  complete(asked = this.#asked): void {
    for (const one of this.#all) one.complete(this.#heard(one, asked));
  }

  abandon(asked: number): void {
    for (const one of this.#all) one.abandon?.(this.#heard(one, asked));
  }

  #heard(one: CacheInvalidation, asked: number): number {
    return Math.max(asked - this.#missed.get(one)!, 0);
  }
}
