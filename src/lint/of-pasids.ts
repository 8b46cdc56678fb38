import type { PageNumber } from '../bits/page-number.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { Pasid, PasidUser } from '../tables/items.ts';
import type { Found } from './finding.ts';
import type { RuleId } from './rules.ts';
import { entryFacts, type Scene, wordsAt } from './scene.ts';

/** NXE and SMEP of the 3.x revisions, bits 134:133. */
const OLD_IGNORED = 0b11 << 5;

const { P, FPD, SMPTBLPTR } = PasidDirectoryEntry;
const { AW, EAFE, FSPM, FSPTPTR, PWSNP, SRE, SSADE, SSPTPTR, WPE } = PasidTableEntry;
const silent = PasidTableEntry.FPD;

interface Flags {
  readonly text: string;
  readonly sourceId: number;
}

/** What is known of the PASID-table entries together, §9.6. */
export class Pasids {
  readonly #tables = new Set<PageNumber>();
  #last: { page: PageNumber; offset: number } = { page: -1, offset: -1 };
  readonly #flagsOfTables = new Map<string, Flags>();
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** A present PASID-table entry that a device may use. */
  check(pasid: Pasid, directory: PageNumber): void {
    const { findings, unit } = this.#scene;
    const { words, stages, domainId } = pasid;
    const { CAP, ECAP } = unit.configuration;
    this.#enterTable(pasid, directory);
    const add = (rule: RuleId, field?: string): void => {
      const facts = this.factsOf(pasid, directory);
      findings.add(rule, field === undefined ? facts : { ...facts, field });
    };
    if (silent(words) === 1) add('faults-not-recorded', 'FPD');
    if (CAP.CM === 1 && domainId === 0) add('domain-id-zero', 'DID');
    if (words[2] === 0 && words[3] === 0) add('pasid-half-written');
    if ((words[4]! & OLD_IGNORED) !== 0) add('pasid-ignored-fields', 'bits 134:133');
    if (ECAP.SMPWCS === 1 && PWSNP(words) === 0 && stages.type !== PGTT.PASS_THROUGH) {
      add('pasid-walk-not-snooped', 'PWSNP');
    }
    if (stages.type === PGTT.PASS_THROUGH) add('pass-through', 'PGTT');
    if (stages.firstStage !== undefined && SRE(words) === 1 && WPE(words) === 0) add('pasid-supervisor', 'SRE, WPE');
    this.#compareFlags(pasid, directory);
  }

  /** The directory entry of a PASID, looked at once, and the table that it leads to. */
  #enterTable({ sourceId, pasid }: Pasid, directory: PageNumber): void {
    const [page, offset] = placeInDirectory(directory, pasid);
    if (page === this.#last.page && offset === this.#last.offset) return;
    this.#last = { page, offset };
    const entry = wordsAt(this.#scene, PasidDirectoryEntry, page, offset);
    if (entry === undefined || P(entry) === 0 || this.#tables.has(SMPTBLPTR(entry))) return;
    this.#tables.add(SMPTBLPTR(entry));
    this.#scene.occupancy.claimAll(SMPTBLPTR(entry), 1, 'PASID table');
    if (FPD(entry) === 0) return;
    const facts = entryFacts(PasidDirectoryEntry, page, offset, entry);
    this.#scene.findings.add('directory-faults-not-recorded', { ...facts, of: formatSourceId(sourceId), field: 'FPD' });
  }

  /** What a finding says of the PASID-table entry of a user of `directory`. */
  factsOf({ sourceId, pasid, withoutPasid }: PasidUser, directory: PageNumber): Found {
    const of = withoutPasid ? formatSourceId(sourceId) : `${formatSourceId(sourceId)} with PASID ${pasid}`;
    const [page, offset] = placeInDirectory(directory, pasid);
    const entry = wordsAt(this.#scene, PasidDirectoryEntry, page, offset);
    if (entry === undefined || P(entry) === 0) return { structure: PasidTableEntry.title, of };
    const table = SMPTBLPTR(entry);
    const inTable = (pasid & 0x3f) << 6;
    const words = wordsAt(this.#scene, PasidTableEntry, table, inTable);
    return { ...entryFacts(PasidTableEntry, table, inTable, words), of };
  }

  /** §6.2.3.1: one second stage has one SSADE, one pair of stages one FSPM and one EAFE. */
  #compareFlags(pasid: Pasid, directory: PageNumber): void {
    const { words, stages } = pasid;
    const { firstStage, secondStage } = stages;
    if (secondStage !== undefined) {
      this.#compare(`second ${SSPTPTR(words)}`, `SSADE ${SSADE(words)}`, pasid, directory);
    }
    if (firstStage === undefined) return;
    const under = secondStage === undefined ? '' : `${SSPTPTR(words)} ${AW(words)}`;
    const text = `FSPM ${FSPM(words)}, EAFE ${EAFE(words)}`;
    this.#compare(`first ${FSPTPTR(words)} ${under}`, text, pasid, directory);
  }

  #compare(tables: string, text: string, pasid: Pasid, directory: PageNumber): void {
    const known = this.#flagsOfTables.get(tables);
    if (known === undefined) this.#flagsOfTables.set(tables, { text, sourceId: pasid.sourceId });
    else if (known.text !== text) {
      const says = `the same tables have ${known.text} for ${formatSourceId(known.sourceId)} and ${text} here`;
      this.#scene.findings.add('tables-other-flags', { ...this.factsOf(pasid, directory), says });
    }
  }
}

/** Where the directory entry of a PASID stands: one serves 64. */
function placeInDirectory(directory: PageNumber, pasid: number): readonly [PageNumber, number] {
  const index = pasid >>> 6;
  return [directory + (index >>> 9), (index & 0x1ff) << 3];
}
