import type { CacheInvalidation } from './caches.ts';
import type {
  ContextScope,
  HostPermissionScope,
  InterruptScope,
  PasidScope,
  PasidTranslationScope,
  TranslationScope,
} from './scopes.ts';

/** Hands every invalidation, §6.5, to the caches of a unit and to whoever else listens, in this order. */
export class InvalidationTee implements CacheInvalidation {
  readonly #all: CacheInvalidation[] = [];

  add(listener: CacheInvalidation): void {
    this.#all.push(listener);
  }

  invalidateContexts(scope: ContextScope): void {
    for (const one of this.#all) one.invalidateContexts(scope);
  }

  invalidatePasids(scope: PasidScope): void {
    for (const one of this.#all) one.invalidatePasids(scope);
  }

  invalidateTranslations(scope: TranslationScope): void {
    for (const one of this.#all) one.invalidateTranslations(scope);
  }

  invalidatePasidTranslations(scope: PasidTranslationScope): void {
    for (const one of this.#all) one.invalidatePasidTranslations(scope);
  }

  invalidateHostPermissions(scope: HostPermissionScope): void {
    for (const one of this.#all) one.invalidateHostPermissions(scope);
  }

  invalidateInterrupts(scope: InterruptScope): void {
    for (const one of this.#all) one.invalidateInterrupts(scope);
  }

  invalidateAll(): void {
    for (const one of this.#all) one.invalidateAll();
  }

  complete(): void {
    for (const one of this.#all) one.complete();
  }
}
