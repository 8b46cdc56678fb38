import { bitsText } from '../bits/bit-positions.ts';
import { addressOf } from '../bits/page-number.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { AGAW_BY_AW } from '../platform/configuration.ts';
import type { Device, Domain, LeafCounts, Mapping, Problem, Unreachable } from '../tables/items.ts';
import { reservedBitsSet } from '../tables/reserved.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
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

/** Devices of the halves of a scalable-mode root entry. */
const HALVES = { lower: 'devices 0 to 15', upper: 'devices 16 to 31' };

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

/** How many digits the addresses of a domain take, so that its ranges stand in columns, and which columns there are. */
export interface Widths {
  readonly input: number;
  /** Nested translation: of guest addresses. */
  readonly guest?: number;
  readonly output: number;
  /** There are rights of supervisor-level requests too. */
  readonly supervisor?: boolean;
}

export const widthsOf = ({ configuration }: RemappingUnit, { addressWidth }: Domain): Widths => ({
  input: AGAW_BY_AW[addressWidth]!,
  output: configuration.hostAddressWidth,
});

const digitsOf = (width: number): number => 2 + Math.ceil(width / 4);
const rightsWidth = ({ supervisor = false }: Widths): number => (supervisor ? 'rw s:rw snp'.length : 'rights'.length);

export function mappingHeader(widths: Widths): string {
  const { input, guest, output } = widths;
  const from = 'input addresses'.padEnd(2 * digitsOf(input) + 1);
  const through = guest === undefined ? '' : `${'guest from'.padEnd(digitsOf(guest))}  `;
  const to = 'output from'.padEnd(digitsOf(output));
  return `  ${from}  ${through}${to}  ${'rights'.padEnd(rightsWidth(widths))}  ${'size'.padStart(8)}  leaves`;
}

export function mappingText(mapping: Mapping, widths: Widths): string {
  const { pages, permission, supervisor, snooped, leaves } = mapping;
  const privileged = supervisor === undefined ? '' : ` s:${permissionText(supervisor)}`;
  const rights = `${permissionText(permission)}${privileged}${snooped ? ' snp' : ''}`.padEnd(rightsWidth(widths));
  const size = sizeText(pages * PAGE_BYTES).padStart(8);
  const through = mapping.guest === undefined ? '' : `${pageAddress(mapping.guest, widths.guest)}  `;
  const to = pageAddress(mapping.output, widths.output);
  return `  ${pageRange(mapping.input, pages, widths.input)}  ${through}${to}  ${rights}  ${size}  ${leavesText(leaves)}`;
}

export function unreachableText({ input, pages, supervisorOnly }: Unreachable): string {
  const range = pageRange(input, pages);
  return supervisorOnly === true
    ? `  ${range} is for supervisor-level requests, and there are none (U/S=0)`
    : `  ${range} is for interrupts and never looked up (§3.15)`;
}

export function leavesText(leaves: Readonly<LeafCounts>): string {
  const sizes = ['1G', '2M', '4K'] as const;
  const parts = sizes.flatMap((size) => (leaves[size] === 0 ? [] : [`${leaves[size]} x ${size}`]));
  return parts.join(', ') || 'none';
}

export function problemText(problem: Problem, unit: RemappingUnit): string[] {
  const { condition, format, page, offset, words, entries, of, writesOnly } = problem;
  const address = hexadecimal(addressOf(page, offset));
  const reserved = words === undefined ? [] : reservedBitsSet(format, words, unit);
  const content = words === undefined ? 'memory refuses, or the image does not hold it' : qwordsText(words);
  const note = reserved.length === 0 ? '' : `, reserved ${bitsText(reserved)} set`;
  return [
    `  ${condition.code} (reason ${reasonText(condition.reason)}): ${condition.meaning}`,
    `    ${format.title} at ${address}: ${content}${note}`,
    `    met by ${writesOnly === true ? 'writes of ' : ''}${ownerText(of)}${entries > 1 ? ` (${countText(entries, 'entry', 'entries')} like this)` : ''}`,
  ];
}

function ownerText(of: Problem['of']): string {
  switch (of.kind) {
    case 'bus':
      return `bus ${of.bus.toString(16).padStart(2, '0')}${of.half === undefined ? '' : `, ${HALVES[of.half]}`}`;
    case 'device':
      return formatSourceId(of.sourceId);
    case 'pasid': {
      const { pasid, count } = of;
      const pasids = count === 1 ? `PASID ${pasid}` : `PASIDs ${pasid} to ${pasid + count - 1}`;
      return `${formatSourceId(of.sourceId)} with ${pasids}`;
    }
    case 'domain':
      return `domain ${of.domainId} at ${pageRange(of.input, of.pages)}`;
  }
}
