import { fromHex } from '../bits/hex.ts';
import { parseSourceId } from '../messages/source-id.ts';
import { InputError, quoted } from './input-error.ts';

/*
 * What Linux prints of remapping units under /sys/kernel/debug/iommu/intel: dmar_translation_struct,
 * domain_translation_struct, ir_translation_struct, iommu_regset and invalidation_queue, alone or one after the other.
 * Entries that are not present are not printed, but for those of the queue.
 */

/** A row of dmar_translation_struct: one context entry, in scalable mode once for each PASID. */
export interface TranslationRow {
  readonly sourceId: number;
  /** Two words of 64 bits, the lower first. */
  readonly root: readonly [bigint, bigint];
  /** The lower two words; in scalable mode the upper two are not printed. */
  readonly context: readonly [bigint, bigint];
  /** In scalable mode: the PASID and the lower three words of its entry. */
  readonly pasid?: { readonly number: number; readonly words: readonly [bigint, bigint, bigint] };
}

/** An entry of the interrupt remapping table. */
export interface InterruptRow {
  readonly index: number;
  readonly words: readonly [bigint, bigint];
}

/** The invalidation queue, with head and tail in descriptors. */
export interface QueueListing {
  readonly base: bigint;
  readonly head: number;
  readonly tail: number;
  /** By index: two words of 64 bits, or four. */
  readonly descriptors: readonly (readonly bigint[])[];
}

/** What the listings say of one unit. */
export interface UnitListing {
  readonly name: string;
  /** By offset in bytes: iommu_regset. */
  readonly registers: ReadonlyMap<number, bigint>;
  /** The root table; missing where translation is off, or not listed. */
  readonly root?: bigint;
  readonly translations: readonly TranslationRow[];
  /** The interrupt remapping table; missing likewise. */
  readonly interruptTable?: bigint;
  readonly interrupts: readonly InterruptRow[];
  readonly queue?: QueueListing;
}

/** One row of domain_translation_struct: the page number that is mapped, and the entries on the way, by level less one. */
export interface PagingRow {
  readonly page: number;
  readonly entries: readonly bigint[];
}

/** The tables of a device, of a PASID of it if one is named. */
export interface DomainListing {
  readonly device: string;
  readonly pasid?: number;
  /** The top table. */
  readonly table: bigint;
  readonly rows: readonly PagingRow[];
}

export interface DebugfsListing {
  readonly units: readonly UnitListing[];
  readonly domains: readonly DomainListing[];
}

const REGISTERS = /^IOMMU: (\S+) Register Base Address: [0-9a-f]{1,16}$/;
const TRANSLATIONS = /^IOMMU (\S+): Root Table Address: 0x([0-9a-f]{1,16})$/;
const TRANSLATION_OFF = /^DMA Remapping is not enabled on (\S+)$/;
const INTERRUPTS = /^(?:Remapped|Posted) Interrupt supported on IOMMU: (\S+)$/;
const QUEUE = /^Invalidation queue on IOMMU: (\S+)$/;
const DOMAIN = /^Device (\S+)(?: with pasid (?:0x)?([0-9a-f]{1,5}))? @\s?0x([0-9a-f]{1,16})$/;

/** Whether a text has one of the listings in its beginning. */
export const isDebugfs = (head: string): boolean =>
  head.split('\n').some((line) => BEGINNINGS.some((beginning) => beginning.test(line.trimEnd())));

const BEGINNINGS = [REGISTERS, TRANSLATIONS, TRANSLATION_OFF, INTERRUPTS, QUEUE, DOMAIN];

const Q = '0x([0-9a-f]{16})';
const REGISTER_ROW = /^\S+\s+0x([0-9a-f]{1,4})\s+0x([0-9a-f]{16})$/;
const TRANSLATION_ROW = new RegExp(
  `^([0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])\\s+${Q}:${Q}\\s+${Q}:${Q}\\s+(-1|\\d{1,7})\\s+${Q}:${Q}:${Q}$`,
);
const TABLE_ROW = /^IR table address:\s?(?:0x)?([0-9a-f]{1,16})$/;
/** The posted form has one word more. What stands before both halves of the entry is in them. */
const INTERRUPT_ROW =
  /^(\d{1,5})\s+[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\s+[0-9a-f]{8}\s+(?:[0-9a-f]{8}\s+)?[0-9a-f]{2}\s+([0-9a-f]{16})\s+([0-9a-f]{16})$/;
const PLACE_ROW = /^Base: 0x([0-9a-f]{1,16})\s+Head: (\d{1,5})\s+Tail: (\d{1,5})$/;
const DESCRIPTOR_ROW =
  /^(\d{1,5})\s+([0-9a-f]{16})\s+([0-9a-f]{16})(?:\s+([0-9a-f]{16})\s+([0-9a-f]{16}))?\s+[0-9a-f]{16}$/;
const PAGING_ROW = new RegExp(`^0x([0-9a-f]{1,13}) \\|\\s+${Q}\\s+${Q}\\s+${Q}\\s+${Q}\\s+${Q}$`);
/** Headings of columns, and what says that there are no rows. */
const NO_ROW = /^(?:Name\s|B\.D\.F\s|IOVA_PFN\s|Entry\s|Index\s|\*{4}$|Interrupt Remapping is not enabled$)/;

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
type UnitBeingRead = Writable<UnitListing> & {
  readonly registers: Map<number, bigint>;
  readonly translations: TranslationRow[];
  readonly interrupts: InterruptRow[];
};

/** Takes one row of a listing; false if it is none. */
type Section = (line: string) => boolean;

/** The listings in a text, whatever stands between them. Throws an InputError that names the line. */
export function readDebugfs(text: string, path: string): DebugfsListing {
  const units = new Map<string, UnitBeingRead>();
  const domains: DomainListing[] = [];
  const unitOf = (name: string): UnitBeingRead => {
    const unit = units.get(name) ?? { name, registers: new Map(), translations: [], interrupts: [] };
    units.set(name, unit);
    return unit;
  };
  let section: Section | undefined;
  for (const [i, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    const where = `line ${i + 1} of ${path}`;
    const next = sectionAt(line, unitOf, domains, where);
    if (next !== undefined) section = next;
    // Behind an empty line something else may come.
    else if (line === '') section = undefined;
    else if (section !== undefined && !NO_ROW.test(line) && !section(line)) {
      throw new InputError(`${where} is no row of the listing that it stands in: ${quoted(line)}`);
    }
  }
  return { units: [...units.values()], domains };
}

/** The section that a line begins. */
function sectionAt(
  line: string,
  unitOf: (name: string) => UnitBeingRead,
  domains: DomainListing[],
  where: string,
): Section | undefined {
  const off = TRANSLATION_OFF.exec(line);
  if (off !== null) {
    unitOf(off[1]!);
    return () => false;
  }
  const registers = REGISTERS.exec(line);
  if (registers !== null) return registerRows(unitOf(registers[1]!));
  const translations = TRANSLATIONS.exec(line);
  if (translations !== null) {
    const unit = unitOf(translations[1]!);
    unit.root = tableAt(translations[2]!, where);
    return translationRows(unit);
  }
  const interrupts = INTERRUPTS.exec(line);
  if (interrupts !== null) return interruptRows(unitOf(interrupts[1]!), where);
  const queue = QUEUE.exec(line);
  if (queue !== null) return queueRows(unitOf(queue[1]!), where);
  const domain = DOMAIN.exec(line);
  if (domain === null) return undefined;
  const [, device = '', pasid, table = ''] = domain;
  const rows: PagingRow[] = [];
  const named = pasid === undefined ? {} : { pasid: Number.parseInt(pasid, 16) };
  domains.push({ device, ...named, table: tableAt(table, where), rows });
  return pagingRows(rows);
}

function registerRows({ registers }: UnitBeingRead): Section {
  return (line) => {
    const row = REGISTER_ROW.exec(line);
    if (row !== null) registers.set(Number.parseInt(row[1]!, 16), fromHex(row[2]));
    return row !== null;
  };
}

function translationRows({ translations }: UnitBeingRead): Section {
  return (line) => {
    const row = TRANSLATION_ROW.exec(line);
    if (row === null) return false;
    const [, device = '', rootHigh, rootLow, contextHigh, contextLow, pasid, third, second, first] = row;
    const number = Number(pasid);
    if (Number.parseInt(device.slice(3, 5), 16) > 0x1f || number > 0xf_ffff) return false;
    translations.push({
      sourceId: parseSourceId(device),
      root: [fromHex(rootLow), fromHex(rootHigh)],
      context: [fromHex(contextLow), fromHex(contextHigh)],
      ...(number < 0 ? {} : { pasid: { number, words: [fromHex(first), fromHex(second), fromHex(third)] } }),
    });
    return true;
  };
}

function interruptRows(unit: UnitBeingRead, where: string): Section {
  return (line) => {
    const table = TABLE_ROW.exec(line);
    if (table !== null) unit.interruptTable = tableAt(table[1]!, where);
    if (table !== null) return true;
    const row = INTERRUPT_ROW.exec(line);
    if (row === null || Number(row[1]) > 0xffff) return false;
    unit.interrupts.push({ index: Number(row[1]), words: [fromHex(row[3]), fromHex(row[2])] });
    return true;
  };
}

function queueRows(unit: UnitBeingRead, where: string): Section {
  const descriptors: (readonly bigint[])[] = [];
  return (line) => {
    const place = PLACE_ROW.exec(line);
    if (place !== null) {
      const [, base = '', head, tail] = place;
      unit.queue = { base: tableAt(base, where), head: Number(head), tail: Number(tail), descriptors };
      return true;
    }
    const row = DESCRIPTOR_ROW.exec(line);
    if (row === null || Number(row[1]) !== descriptors.length) return false;
    descriptors.push(row.slice(2).flatMap((digits) => (digits === undefined ? [] : [fromHex(digits)])));
    return true;
  };
}

function pagingRows(rows: PagingRow[]): Section {
  return (line) => {
    const row = PAGING_ROW.exec(line);
    if (row === null) return false;
    rows.push({ page: Number.parseInt(row[1]!, 16), entries: row.slice(2).map(fromHex).reverse() });
    return true;
  };
}

/** Where a table stands. */
function tableAt(digits: string, where: string): bigint {
  const address = fromHex(digits);
  if (address % 4096n === 0n && address >> 52n === 0n) return address;
  throw new InputError(`${where} has a table at 0x${digits}, expected a multiple of 0x1000 below 2^52`);
}
