import type { Words } from '../bits/field.ts';
import type { CacheInvalidation } from '../caches/caches.ts';
import { Granularity } from '../caches/scopes.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { Memory } from '../platform/memory.ts';
import { CCMD_REG, IOTLB_REG, IVA_REG } from '../registers/invalidation.ts';
import { FUNCTION_MASK, withinDomainId } from './operands.ts';

/** What register-based invalidation needs to know of the unit, §6.5.1. */
export interface RegisterInvalidation {
  /** What remembers, and must forget. */
  readonly invalidations: CacheInvalidation;
  readonly memory: Memory;
  readonly configuration: Configuration;
  readonly choices: Choices;
  /** TTM as latched. */
  readonly mode: number;
  /** GSTS_REG.QIES: with the queue on, the registers are not to be used. */
  readonly queued: boolean;
}

/** CCMD_REG was written with ICC=1: performs it and reports CAIG, §11.4.6.1. */
export function invalidateContextCache(unit: RegisterInvalidation, command: Words): void {
  const granularity = isServed(unit) ? coarser(CCMD_REG.CIRG(command), unit.choices.contextInvalidationGranularity) : 0;
  if (granularity !== Granularity.NONE) {
    flushWriteBuffer(unit);
    unit.invalidations.invalidateContexts({
      granularity,
      domainId: withinDomainId(unit.configuration, CCMD_REG.DID(command)),
      sourceId: CCMD_REG.SID(command),
      functionMask: FUNCTION_MASK[CCMD_REG.FM(command)]!,
    });
    unit.invalidations.complete();
  }
  CCMD_REG.CAIG.put(command, granularity);
  CCMD_REG.ICC.put(command, 0);
}

/** IOTLB_REG was written with IVT=1: performs it with IVA_REG and reports IAIG, §11.4.6.3. */
export function invalidateIotlb(unit: RegisterInvalidation, command: Words, address: Words): void {
  const { PSI, MAMV } = unit.configuration.CAP;
  const requested = IOTLB_REG.IIRG(command);
  const selectsPages = requested === Granularity.PAGE && PSI === 1;
  const maskTooWide = selectsPages && IVA_REG.AM(address) > MAMV;
  // Without PSI a page-selective request is done on the domain: MAMV means nothing then.
  const possible = requested === Granularity.PAGE && PSI === 0 ? Granularity.DOMAIN : requested;
  const granularity =
    isServed(unit) && !maskTooWide ? coarser(possible, unit.choices.iotlbInvalidationGranularity) : Granularity.NONE;
  if (granularity !== Granularity.NONE) {
    flushWriteBuffer(unit);
    unit.invalidations.invalidateTranslations({
      granularity,
      domainId: withinDomainId(unit.configuration, IOTLB_REG.DID(command)),
      page: IVA_REG.ADDR(address) % unit.configuration.guestPages,
      addressMask: IVA_REG.AM(address),
      leavesOnly: IVA_REG.IH(address) === 1,
    });
    unit.invalidations.complete();
  }
  IOTLB_REG.IAIG.put(command, granularity);
  IOTLB_REG.IVT.put(command, 0);
}

/** §6.5.1: only in legacy mode, only up to major version 5, and not while the queue is on. */
function isServed({ configuration, mode, queued }: RegisterInvalidation): boolean {
  return mode === 0 && configuration.major <= 5 && !queued;
}

/** §6.8: a write buffer is flushed before anything else. */
function flushWriteBuffer({ configuration, memory }: RegisterInvalidation): void {
  if (configuration.CAP.RWBF === 0) return;
  memory.flushWriteBuffer?.();
  memory.settleWriteBuffer?.();
}

/** What is done of what was requested: the finest that this unit does. 0 stays 0. */
function coarser(requested: number, finest: Choices['contextInvalidationGranularity']): number {
  const limit = { exact: 3, domain: Granularity.DOMAIN, global: Granularity.GLOBAL }[finest];
  return Math.min(requested, limit);
}
