import { bitsText } from '../bits/bit-positions.ts';
import { addressOf } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { InterruptFault } from '../conditions/interrupt.ts';
import { validateSource } from '../interrupt-remapping/source-validation.ts';
import {
  InterruptRemappingEntry,
  PostedInterruptRemappingEntry,
  SVT,
} from '../structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { interruptFindings } from '../tables/interrupt-findings.ts';
import { reservedInDescriptor, reservedInEntry } from '../tables/interrupt-reserved.ts';
import { type InterruptEntry, type InterruptListing, listInterrupts } from '../tables/interrupts.ts';
import { blockedBy } from './blocked.ts';
import type { Found } from './finding.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

const ENTRY_BYTES = 16;
const ENTRIES_IN_PAGE = 256;
/** Blocked entries of one page from which on the page looks like foreign memory. */
const FOREIGN = 8;
/** URG, which the remapped format reserves. */
const URGENT = PostedInterruptRemappingEntry.URG.low;
/** Bits of the descriptor's address that stand below PDAL, and where PDAH begins. */
const BELOW_LOW = 32;
const HIGH = PostedInterruptRemappingEntry.PDAH.low;

const { DM, DST, IM } = InterruptRemappingEntry;
const sourceValidationType = InterruptRemappingEntry.SVT;

/** What the listing of interrupts finds by itself, and the rules that it is. */
const NAMED: Readonly<Record<string, RuleId>> = {
  off: 'interrupts-off',
  'extended-mode-off': 'interrupts-blocked',
  'compatibility-format': 'compatibility-format',
  'above-width': 'interrupt-table-above-width',
  unreadable: 'interrupt-table-unreadable',
  'beyond-size': 'interrupt-beyond-table',
  silent: 'interrupt-faults-not-recorded',
  'shifted-destination': 'interrupt-shifted-destination',
  fpd: 'interrupt-faults-not-recorded',
  'any-source': 'interrupt-any-source',
  'low-vector': 'interrupt-low-vector',
  'no-hint': 'interrupt-lowest-priority',
  'smi-vector': 'interrupt-smi-vector',
  'always-edge': 'interrupt-always-edge',
  shared: 'interrupt-shared',
};

/** The interrupt remapping table, §5.1.3, and the posted interrupt descriptors that it leads to. */
export function checkInterrupts(scene: Scene): void {
  const { unit, findings, occupancy } = scene;
  const { page, entries } = unit.interruptTable;
  occupancy.claimAll(page, Math.max(Math.ceil((entries * ENTRY_BYTES) / 4096), 1), 'interrupt remapping table');
  const listing = listInterrupts(unit);
  const words = new Map(listing.entries.map((entry) => [entry.index, entry.words]));
  for (const { name, says, blocks, indices } of interruptFindings(unit, listing)) {
    const rule = name === 'off' && blocks ? 'interrupts-blocked' : NAMED[name];
    if (rule === undefined) continue;
    const [index] = indices;
    const where = index === undefined ? { structure: 'GSTS_REG' } : placeOf(scene, index, words.get(index));
    findings.add(rule, { ...where, says, count: Math.max(indices.length, 1) });
  }
  for (const entry of listing.entries) checkEntry(scene, entry);
  checkForeignPages(scene, listing);
}

/** Where an entry of the table stands. */
function placeOf({ unit }: Scene, index: number, words?: Uint32Array): Found {
  const page = unit.interruptTable.page + Math.floor(index / ENTRIES_IN_PAGE);
  const address = addressOf(page, (index % ENTRIES_IN_PAGE) * ENTRY_BYTES);
  const structure = InterruptRemappingEntry.title.replace(/ \(.*/, '');
  const facts = { structure, address, of: `index ${index}` };
  return words === undefined ? facts : { ...facts, value: wordsText(words) };
}

function checkEntry(scene: Scene, entry: InterruptEntry): void {
  const { unit, findings, options } = scene;
  const { index, words, condition } = entry;
  const facts = placeOf(scene, index, words);
  if (condition !== undefined) {
    for (const { rule, found } of blockedRules(scene, entry)) {
      findings.add(rule, { ...facts, hardware: blockedBy(condition), ...found });
    }
    return;
  }
  const sources = options.interruptSources;
  if (
    sources !== undefined &&
    sourceValidationType(words) !== SVT.ANY &&
    sources.every((source) => validateSource(words, source, unit.choices) !== undefined)
  ) {
    findings.add('interrupt-source-unknown', { ...facts, field: 'SID' });
  }
  if (IM(words) === 1 || DM(words) === 0) return;
  // A set of processors: 16 of a cluster in x2APIC mode, 8 in xAPIC mode.
  const set = unit.interruptTable.extended ? DST(words) & 0xffff : (DST(words) >>> 8) & 0xff;
  if (set === 0) findings.add('interrupt-nobody', { ...facts, field: 'DST' });
}

/** Why the model blocks every request for an entry. */
function blockedRules(scene: Scene, entry: InterruptEntry): readonly { rule: RuleId; found?: Partial<Found> }[] {
  const { unit } = scene;
  const { words, condition, descriptor } = entry;
  switch (condition) {
    case InterruptFault.SOURCE_ID:
      return [{ rule: sourceRule(words), found: { field: 'SID, SVT' } }];
    case InterruptFault.DESCRIPTOR_UNREADABLE:
      return [{ rule: 'descriptor-unreadable', found: { field: 'PDAL, PDAH' } }];
    case InterruptFault.RESERVED_IN_DESCRIPTOR: {
      const found = descriptor?.words ?? new Uint32Array(PostedInterruptDescriptor.width / 32);
      const set = reservedInDescriptor(unit, found);
      const { NDST } = PostedInterruptDescriptor;
      const inDestination = set.filter((position) => position >= NDST.low && position <= NDST.high);
      const where = {
        structure: PostedInterruptDescriptor.title,
        address: descriptor?.address ?? 0n,
        value: wordsText(found),
      };
      const others = set.filter((position) => !inDestination.includes(position));
      return [
        ...(inDestination.length === 0
          ? []
          : [
              {
                rule: 'descriptor-destination' as const,
                found: { ...where, field: `NDST (${bitsText(inDestination)})` },
              },
            ]),
        ...(others.length === 0
          ? []
          : [{ rule: 'descriptor-reserved' as const, found: { ...where, field: bitsText(others) } }]),
      ];
    }
    default:
      return programmingRules(scene, words);
  }
}

function sourceRule(words: Uint32Array): RuleId {
  return sourceValidationType(words) === SVT.RESERVED ? 'interrupt-validation-reserved' : 'interrupt-buses-reversed';
}

/** 24h: what an entry has that its format reserves, §9.9, §9.10. */
function programmingRules({ unit }: Scene, words: Uint32Array): readonly { rule: RuleId; found?: Partial<Found> }[] {
  const { CAP, ECAP } = unit.configuration;
  const posted = IM(words) === 1;
  if (posted && CAP.PI === 0) return [{ rule: 'interrupt-posted-unsupported', found: { field: 'IM' } }];
  const byRule = new Map<RuleId, number[]>();
  for (const position of reservedInEntry(unit, words)) {
    const rule = posted ? postedRule(position) : remappedRule(position, ECAP.EIM === 1);
    byRule.set(rule, [...(byRule.get(rule) ?? []), position]);
  }
  const rules: { rule: RuleId; found: Partial<Found> }[] = [...byRule].map(([rule, positions]) => ({
    rule,
    found: { field: bitsText(positions) },
  }));
  if (sourceValidationType(words) === SVT.RESERVED) {
    rules.push({ rule: 'interrupt-validation-reserved', found: { field: 'SVT' } });
  }
  const mode = InterruptRemappingEntry.DLM.encodings?.[InterruptRemappingEntry.DLM(words)];
  if (!posted && mode === 'reserved') rules.push({ rule: 'interrupt-delivery-mode', found: { field: 'DLM' } });
  return rules;
}

function remappedRule(position: number, hasExtendedMode: boolean): RuleId {
  if (position === URGENT) return 'interrupt-urgent-remapped';
  if (position < DST.low || position > DST.high) return 'interrupt-reserved';
  return hasExtendedMode ? 'interrupt-destination-format' : 'interrupt-extended-format';
}

function postedRule(position: number): RuleId {
  if (position >= HIGH) return 'interrupt-descriptor-above-width';
  return position >= BELOW_LOW && position < PostedInterruptRemappingEntry.PDAL.low
    ? 'interrupt-descriptor-unaligned'
    : 'interrupt-reserved';
}

/** Pages after the first whose present entries are all blocked: other memory that the size takes in. */
function checkForeignPages(scene: Scene, { entries }: InterruptListing): void {
  const byPage = new Map<number, { first: InterruptEntry; count: number; sound: boolean }>();
  for (const entry of entries) {
    const page = Math.floor(entry.index / ENTRIES_IN_PAGE);
    const known = byPage.get(page) ?? { first: entry, count: 0, sound: false };
    byPage.set(page, { ...known, count: known.count + 1, sound: known.sound || entry.condition === undefined });
  }
  for (const [page, { first, count, sound }] of byPage) {
    if (page === 0 || sound || count < FOREIGN) continue;
    scene.findings.add('interrupt-table-foreign', { ...placeOf(scene, first.index, first.words), count });
  }
}
