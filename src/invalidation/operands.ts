import type { Configuration } from '../platform/configuration.ts';

/** Source-id bits that FM leaves out of the comparison, Table 21. */
export const FUNCTION_MASK: readonly number[] = Object.freeze([0b000, 0b100, 0b110, 0b111]);

/** §6.5.2.3, §11.4.6.1: bits above the domain-id width are not looked at. */
export function withinDomainId({ domainIdWidth }: Configuration, domainId: number): number {
  return domainId % 2 ** domainIdWidth;
}
