import { isObject, type Kind, ValueError } from '../bits/json-values.ts';
import { CACHE_NAMES, type CacheName } from './caches.ts';
import type { Replacement } from './tagged-store.ts';

/**
 * How much a unit remembers, §6.2: nothing; all that may be kept, which is the stalest unit that the document allows;
 * or so many entries a cache, 0 to 2^20, and in a full cache one leaves by the named rule. A cache that is not named
 * keeps all.
 */
export type CachePolicy = 'none' | 'full' | CacheCapacities;

export type CacheCapacities = { readonly [Name in CacheName]?: number } & { readonly replacement?: Replacement };

export const REPLACEMENTS: readonly Replacement[] = Object.freeze(['round-robin', 'random']);

const MOST = 2 ** 20;

/** Throws a RangeError or TypeError, a sentence, unless `policy` is one (§6.2). */
export function checkCachePolicy(policy: unknown): asserts policy is CachePolicy {
  if (policy === 'none' || policy === 'full') return;
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    throw new TypeError(`caches is "none", "full" or an object of capacities, got ${JSON.stringify(policy)}`);
  }
  for (const [name, value] of Object.entries(policy)) {
    if (name === 'replacement') {
      if (REPLACEMENTS.includes(value as Replacement)) continue;
      throw new RangeError(`caches.replacement is ${REPLACEMENTS.join(' or ')}, got ${JSON.stringify(value)}`);
    }
    if (!CACHE_NAMES.includes(name as CacheName)) {
      throw new RangeError(`caches has no "${name}"; it has ${CACHE_NAMES.join(', ')}, and replacement`);
    }
    if (!Number.isInteger(value) || value < 0 || value > MOST) {
      throw new RangeError(`caches.${name} is an integer from 0 to ${MOST}, got ${JSON.stringify(value)}`);
    }
  }
}

/** A policy in JSON, §6.2: the member `caches` of something. */
export const cachePolicyValue: Kind<CachePolicy> = {
  takes: '"none", "full" or an object of capacities',
  read(value, path) {
    if (typeof value !== 'string' && !isObject(value)) return undefined;
    try {
      checkCachePolicy(value);
      return value;
    } catch (error) {
      throw new ValueError(`${path.slice(0, path.lastIndexOf('.') + 1)}${(error as Error).message}`);
    }
  },
};
