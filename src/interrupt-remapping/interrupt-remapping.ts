import type { PageNumber } from '../bits/page-number.ts';
import type { Caches } from '../caches/caches.ts';
import type { Choices } from '../platform/choices.ts';
import type { Configuration } from '../platform/configuration.ts';
import type { TableReader } from '../platform/fetch.ts';
import type { InterruptReservedBits } from './reserved-bits.ts';

/** IRTA_REG as the last SIRTP latched it, §11.4.4.1. */
export interface InterruptTable {
  readonly page: PageNumber;
  /** EIME: x2APIC mode. */
  readonly extended: boolean;
  /** 2^(S+1). */
  readonly entries: number;
}

/** What interrupt remapping, chapter 5, needs of a unit. */
export interface InterruptRemapping extends TableReader {
  readonly configuration: Configuration;
  readonly choices: Choices;
  readonly interruptReserved: InterruptReservedBits;
  readonly interruptTable: InterruptTable;
  /** GSTS_REG.IRES. */
  readonly interruptRemappingEnabled: boolean;
  /** GSTS_REG.CFIS: requests in compatibility format go through. */
  readonly compatibilityFormatPasses: boolean;
  /** What is remembered of the table, §6.4; undefined if nothing is. */
  readonly caches?: Caches | undefined;
}
