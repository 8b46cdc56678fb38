import type { Words } from '../bits/field.ts';
import { hexadecimal } from '../images/hexadecimal.ts';
import { DELIVERY_MODE } from '../messages/interrupt-formats.ts';
import { formatSourceId } from '../messages/source-id.ts';
import {
  InterruptRemappingEntry,
  PostedInterruptRemappingEntry,
  SVT,
} from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { destinationOf, type InterruptFinding } from '../tables/interrupt-findings.ts';
import type { DescriptorFound, InterruptEntry } from '../tables/interrupts.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { deliveryModeText, destinationText, triggerModeText } from './interrupt-text.ts';
import { pageAddress, tableText } from './text.ts';

/** More runs of indices than this are counted and not named. */
const NAMED_RUNS = 8;

const { IM, DM, RH, TM, DLM, V, SID, SQ } = InterruptRemappingEntry;
const sourceValidationType = InterruptRemappingEntry.SVT;
const { URG, VV } = PostedInterruptRemappingEntry;

/** By SQ, short of all functions: what turns a function number into those that are let through, §9.9. */
const OTHER_FUNCTIONS = [[0], [0, 4], [0, 2, 4, 6]] as const;

/** The state of interrupt remapping in two lines. */
export function interruptStateText(unit: RemappingUnit): string[] {
  const { interruptTable, interruptRemappingEnabled, compatibilityFormatPasses: passes } = unit;
  const { page, entries, extended } = interruptTable;
  const mode = extended ? 'x2APIC mode (EIME=1)' : 'xAPIC mode (EIME=0)';
  const compatibility = `requests in compatibility format ${passes && !extended ? 'pass' : 'are blocked'}`;
  const because = extended ? 'EIME=1' : `CFIS=${passes ? 1 : 0}`;
  const remapping = interruptRemappingEnabled
    ? `interrupt remapping on (IRES=1); ${compatibility} (${because})`
    : 'interrupt remapping off (IRES=0)';
  return [`Table    at ${pageAddress(page)}, ${entries} entries, ${mode}`, `         ${remapping}`];
}

/** A row for each entry; neighbours with the same words share one. */
export function entriesText(unit: RemappingUnit, entries: readonly InterruptEntry[]): string[] {
  const rows: string[][] = [];
  for (let n = 0; n < entries.length; ) {
    let last = n;
    while (isRepeated(entries[last]!, entries[last + 1])) last += 1;
    rows.push(rowOf(unit, entries[n]!, entries[last]!.index));
    n = last + 1;
  }
  const blocked = entries.some(({ condition }) => condition !== undefined) ? ['blocked'] : [];
  const header = ['>index', 'mode', 'vector', 'destination', 'delivery', 'trigger', 'from', ...blocked];
  return tableText(header, rows);
}

function isRepeated({ index, words }: InterruptEntry, next: InterruptEntry | undefined): boolean {
  return next !== undefined && next.index === index + 1 && words.every((word, n) => word === next.words[n]);
}

function rowOf(unit: RemappingUnit, { index, words, condition, descriptor }: InterruptEntry, last: number): string[] {
  const shown = IM(words) === 1 ? postedColumns(unit, words, descriptor) : remappedColumns(unit, words);
  const number = index === last ? `${index}` : `${index}-${last}`;
  return [number, ...shown, sourcesText(words), condition?.code ?? ''];
}

function remappedColumns(unit: RemappingUnit, words: Words): readonly string[] {
  const destination = destinationText(destinationOf(unit, words), DM(words), RH(words));
  const withoutVector = DLM(words) === DELIVERY_MODE.INIT || DLM(words) === DELIVERY_MODE.EXTINT;
  const vector = withoutVector ? '-' : hexadecimal(V(words), 2);
  return ['remapped', vector, destination, deliveryModeText(DLM(words)), triggerModeText(TM(words))];
}

function postedColumns(
  { interruptTable }: RemappingUnit,
  words: Words,
  descriptor: DescriptorFound | undefined,
): readonly string[] {
  const urgent = URG(words) === 1 ? 'urgent' : '-';
  if (descriptor === undefined) return ['posted', hexadecimal(VV(words), 2), '-', urgent, '-'];
  const { address, words: found } = descriptor;
  const notified = found === undefined ? '' : `, ${notificationText(found, interruptTable.extended)}`;
  return ['posted', hexadecimal(VV(words), 2), `descriptor ${hexadecimal(address)}${notified}`, urgent, '-'];
}

function notificationText(words: Words, extended: boolean): string {
  const destination = PostedInterruptDescriptor.NDST(words);
  const apic = extended ? destination : (destination >>> 8) & 0xff;
  return `NV ${hexadecimal(PostedInterruptDescriptor.NV(words), 2)} to ${hexadecimal(apic)}`;
}

/** Who may ask for an entry, §9.9 SVT. */
export function sourcesText(words: Words): string {
  const sid = SID(words);
  switch (sourceValidationType(words)) {
    case SVT.ANY:
      return 'any source';
    case SVT.SOURCE_ID:
      return functionsText(sid, SQ(words));
    case SVT.BUS_RANGE: {
      const [first, last] = [sid >>> 8, sid & 0xff].map((bus) => bus.toString(16).padStart(2, '0'));
      return first === last ? `bus ${first}` : `buses ${first} to ${last}`;
    }
    default:
      return 'reserved SVT';
  }
}

function functionsText(sid: number, qualifier: number): string {
  if (qualifier === 0) return formatSourceId(sid);
  const functions = OTHER_FUNCTIONS[qualifier]?.map((n) => (sid & 7) ^ n).sort() ?? ['0-7'];
  return `${formatSourceId(sid).slice(0, -1)}${functions.join(',')} (SQ=${qualifier.toString(2).padStart(2, '0')}b)`;
}

/** A finding as one sentence, with its rule first. */
export function findingText({ rule, indices, says }: InterruptFinding): string {
  const subject = indices.length === 0 ? '' : `${indices.length === 1 ? 'entry' : 'entries'} ${indicesText(indices)}: `;
  return `${rule.padEnd(6)}  ${subject}${says}`;
}

/** `0 to 3, 7 and 9`, of indices in order. */
function indicesText(indices: readonly number[]): string {
  const runs: string[] = [];
  for (let n = 0; n < indices.length; ) {
    let last = n;
    while (indices[last + 1] === indices[last]! + 1) last += 1;
    // Two neighbours are no run.
    if (last === n + 1) last = n;
    runs.push(last === n ? `${indices[n]}` : `${indices[n]} to ${indices[last]}`);
    n = last + 1;
  }
  if (runs.length > NAMED_RUNS) return `${runs.slice(0, NAMED_RUNS).join(', ')} and more, ${indices.length} in all`;
  return runs.length === 1 ? runs[0]! : `${runs.slice(0, -1).join(', ')} and ${runs.at(-1)}`;
}
