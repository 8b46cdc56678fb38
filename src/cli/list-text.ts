import { addressOf } from '../bits/page-number.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { AGAW_BY_AW } from '../platform/configuration.ts';
import type { Device, Domain, LeafCounts, Mapping, Problem } from '../tables/items.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { bitsText, reservedBitsSet } from './reserved.ts';
import {
  countText,
  PAGE_BYTES,
  pageAddress,
  pageRange,
  permissionText,
  qwordsText,
  reasonText,
  sizeText,
  tableText,
  wrapped,
} from './text.ts';

/** TT of a context entry, §9.3, in a word or two. */
const TRANSLATION_TYPES = ['second stage', 'second stage, ATS', 'pass-through', 'reserved'];

/** More devices of one domain than this are counted and not named. */
const NAMED_DEVICES = 24;

export function devicesText(devices: readonly Device[]): string[] {
  const rows = devices.map(({ sourceId, type, domainId, addressWidth, levels, table }) => [
    formatSourceId(sourceId),
    hexadecimal(sourceId, 4),
    TRANSLATION_TYPES[type]!,
    `${domainId}`,
    levels === 0 ? '-' : `${AGAW_BY_AW[addressWidth]} bits, ${levels} levels`,
    levels === 0 ? '-' : pageAddress(table),
  ]);
  return tableText(['device', 'source', 'TT', '>domain', 'AW', 'SSPTPTR'], rows);
}

export function domainText(domain: Domain): string[] {
  const { domainId, addressWidth, levels, table, devices, ambiguous } = domain;
  const named = devices.slice(0, NAMED_DEVICES).map(formatSourceId).join(' ');
  const more = devices.length > NAMED_DEVICES ? ` and ${devices.length - NAMED_DEVICES} more` : '';
  const lines = [
    `Domain ${domainId}: ${AGAW_BY_AW[addressWidth]} bits, ${levels} levels from ${pageAddress(table)}`,
    ...wrapped('  used by ', `${named}${more}`),
  ];
  if (ambiguous) {
    lines.push('  this domain-id is also used with other tables: cached translations of the two would be mixed (§6.2)');
  }
  return lines;
}

export interface Widths {
  readonly input: number;
  readonly output: number;
}

/** How many digits the addresses of a domain take, so that its ranges stand in columns. */
export const widthsOf = ({ configuration }: RemappingUnit, { addressWidth }: Domain): Widths => ({
  input: AGAW_BY_AW[addressWidth]!,
  output: configuration.hostAddressWidth,
});

export function mappingHeader({ input, output }: Widths): string {
  const from = 'input addresses'.padEnd(2 * (2 + Math.ceil(input / 4)) + 1);
  const to = 'output from'.padEnd(2 + Math.ceil(output / 4));
  return `  ${from}  ${to}  rights  ${'size'.padStart(8)}  leaves`;
}

export function mappingText(mapping: Mapping, { input, output }: Widths): string {
  const { pages, permission, snooped, leaves } = mapping;
  const rights = `${permissionText(permission)}${snooped ? ' snp' : ''}`.padEnd(6);
  const size = sizeText(pages * PAGE_BYTES).padStart(8);
  const to = pageAddress(mapping.output, output);
  return `  ${pageRange(mapping.input, pages, input)}  ${to}  ${rights}  ${size}  ${leavesText(leaves)}`;
}

export function leavesText(leaves: Readonly<LeafCounts>): string {
  const sizes = ['1G', '2M', '4K'] as const;
  const parts = sizes.flatMap((size) => (leaves[size] === 0 ? [] : [`${leaves[size]} x ${size}`]));
  return parts.join(', ') || 'none';
}

export function problemText(problem: Problem, unit: RemappingUnit): string[] {
  const { condition, format, page, offset, words, entries, of } = problem;
  const address = hexadecimal(addressOf(page, offset));
  const reserved = words === undefined ? [] : reservedBitsSet(format, words, unit.reserved);
  const content = words === undefined ? 'memory refuses, or the image does not hold it' : qwordsText(words);
  const note = reserved.length === 0 ? '' : `, reserved ${bitsText(reserved)} set`;
  return [
    `  ${condition.code} (reason ${reasonText(condition.reason)}): ${condition.meaning}`,
    `    ${format.title} at ${address}: ${content}${note}`,
    `    met by ${ownerText(of)}${entries > 1 ? ` (${countText(entries, 'entry', 'entries')} like this)` : ''}`,
  ];
}

function ownerText(of: Problem['of']): string {
  switch (of.kind) {
    case 'bus':
      return `bus ${of.bus.toString(16).padStart(2, '0')}`;
    case 'device':
      return formatSourceId(of.sourceId);
    case 'domain':
      return `domain ${of.domainId} at ${pageRange(of.input, of.pages)}`;
  }
}
