import type { PageNumber } from '../bits/page-number.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { Pasid, PasidUser } from '../tables/items.ts';
import type { Found } from './finding.ts';
import { entryFacts, type Scene, wordsAt } from './scene.ts';

/** NXE and SMEP of the 3.x revisions, bits 134:133. */
const OLD_IGNORED = 0b11 << 5;

const { P, FPD, SMPTBLPTR } = PasidDirectoryEntry;
const { AW, EAFE, FSPM, FSPTPTR, PWSNP, SRE, SSADE, SSPTPTR, WPE } = PasidTableEntry;
const silent = PasidTableEntry.FPD;

interface Flags {
  readonly text: string;
  readonly where: string;
}

/** What is known of the PASID-table entries together, §9.6. */
export class Pasids {
  readonly #directories = new Set<PageNumber>();
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
    const facts = this.factsOf(pasid, directory);
    const add = (field: string): Found => ({ ...facts, field });
    if (silent(words) === 1) findings.add('faults-not-recorded', add('FPD'));
    if (CAP.CM === 1 && domainId === 0) findings.add('domain-id-zero', add('DID'));
    if (words[2] === 0 && words[3] === 0) findings.add('pasid-half-written', facts);
    if ((words[4]! & OLD_IGNORED) !== 0) findings.add('pasid-ignored-fields', add('bits 134:133'));
    if (ECAP.SMPWCS === 1 && PWSNP(words) === 0 && stages.type !== PGTT.PASS_THROUGH) {
      findings.add('pasid-walk-not-snooped', add('PWSNP'));
    }
    if (stages.type === PGTT.PASS_THROUGH) findings.add('pass-through', add('PGTT'));
    if (stages.firstStage !== undefined && SRE(words) === 1 && WPE(words) === 0) {
      findings.add('pasid-supervisor', add('SRE, WPE'));
    }
    this.#compareFlags(pasid, facts);
  }

  /** What a finding says of the PASID-table entry of a user of `directory`. */
  factsOf({ sourceId, pasid, withoutPasid }: PasidUser, directory: PageNumber): Found {
    const of = withoutPasid ? formatSourceId(sourceId) : `${formatSourceId(sourceId)} with PASID ${pasid}`;
    const index = pasid >>> 6;
    const page = directory + (index >>> 9);
    const offset = (index & 0x1ff) << 3;
    const entry = wordsAt(this.#scene, PasidDirectoryEntry, page, offset);
    if (entry === undefined || P(entry) === 0) return { structure: PasidTableEntry.title, of };
    const table = SMPTBLPTR(entry);
    if (!this.#directories.has(table)) {
      this.#directories.add(table);
      this.#scene.occupancy.claimAll(table, 1, 'PASID table');
      if (FPD(entry) === 1) {
        const facts = entryFacts(PasidDirectoryEntry, page, offset, entry);
        this.#scene.findings.add('directory-faults-not-recorded', {
          ...facts,
          of: formatSourceId(sourceId),
          field: 'FPD',
        });
      }
    }
    const inTable = (pasid & 0x3f) << 6;
    const words = wordsAt(this.#scene, PasidTableEntry, table, inTable);
    return { ...entryFacts(PasidTableEntry, table, inTable, words), of };
  }

  /** §6.2.3.1: one second stage has one SSADE, one pair of stages one FSPM and one EAFE. */
  #compareFlags({ words, stages }: Pasid, facts: Found): void {
    const { firstStage, secondStage } = stages;
    if (secondStage !== undefined) this.#compare(`second ${SSPTPTR(words)}`, `SSADE ${SSADE(words)}`, facts);
    if (firstStage === undefined) return;
    const under = secondStage === undefined ? '' : `${SSPTPTR(words)} ${AW(words)}`;
    this.#compare(`first ${FSPTPTR(words)} ${under}`, `FSPM ${FSPM(words)}, EAFE ${EAFE(words)}`, facts);
  }

  #compare(tables: string, text: string, facts: Found): void {
    const known = this.#flagsOfTables.get(tables);
    if (known === undefined) this.#flagsOfTables.set(tables, { text, where: facts.of ?? '' });
    else if (known.text !== text) {
      const says = `the same tables have ${known.text} for ${known.where} and ${text} here`;
      this.#scene.findings.add('tables-other-flags', { ...facts, says });
    }
  }
}
