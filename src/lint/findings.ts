import { type PageNumber, pageOf } from '../bits/page-number.ts';
import type { Finding, Found } from './finding.ts';
import { SEVERITIES } from './rule.ts';
import { RULES, type RuleId } from './rules.ts';

/** More findings of one kind than this are one, with the first address and their count. */
const LISTED_OF_A_KIND = 4;

const ORDER: ReadonlyMap<string, number> = new Map(Object.keys(RULES).map((id, n) => [id, n]));

interface Kind {
  readonly listed: Finding[];
  /** The one with the lowest address. */
  first: Finding;
  /** Entries. */
  count: number;
  findings: number;
}

/** Collects findings. There may be millions of a kind: those are counted. */
export class Findings {
  readonly #kinds = new Map<string, Kind>();
  readonly #all: boolean;

  /** With `all` nothing is summarised. */
  constructor(all = false) {
    this.#all = all;
  }

  add(rule: RuleId, found: Found): void {
    const { severity, section, title, hardware, mend } = RULES[rule];
    const finding: Finding = { rule, severity, section, says: title, hardware, mend, count: 1, ...found };
    const key = `${rule} ${finding.structure}`;
    const kind = this.#kinds.get(key);
    if (kind === undefined) {
      this.#kinds.set(key, { listed: [finding], first: finding, count: finding.count, findings: 1 });
      return;
    }
    kind.count += finding.count;
    kind.findings += 1;
    if (isBefore(finding, kind.first)) kind.first = finding;
    if (this.#all || kind.listed.length < LISTED_OF_A_KIND) kind.listed.push(finding);
  }

  /**
   * The same of an entry in a page, where there may be millions: what is said of it is made only if it is listed, or
   * stands before the first.
   */
  addOf(rule: RuleId, structure: string, page: PageNumber, make: () => Found): void {
    const kind = this.#kinds.get(`${rule} ${structure}`);
    const listed = kind === undefined || this.#all || kind.listed.length < LISTED_OF_A_KIND;
    if (listed || pageOf(kind.first.address ?? 0n) >= page) {
      this.add(rule, make());
      return;
    }
    kind.count += 1;
    kind.findings += 1;
  }

  /** The gravest first, then by rule, then by address. */
  sorted(): readonly Finding[] {
    const found = [...this.#kinds.values()].flatMap(({ listed, first, count, findings }) =>
      this.#all || findings <= LISTED_OF_A_KIND ? listed : [{ ...first, count }],
    );
    return found.sort(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
        ORDER.get(a.rule)! - ORDER.get(b.rule)! ||
        (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0),
    );
  }
}

function isBefore(one: Finding, other: Finding): boolean {
  return (one.address ?? -1n) < (other.address ?? -1n);
}
