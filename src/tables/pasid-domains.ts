import type { PageNumber } from '../bits/page-number.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { Pasid, PasidDomain, PasidUser, Stages } from './items.ts';

const PASIDS = 2 ** 20;

interface Growing extends PasidDomain {
  readonly users: PasidUsers;
  withPasid: boolean;
  withoutPasid: boolean;
  user: boolean;
  supervisor: boolean;
  ambiguous: boolean;
}

/** PASIDs of devices, a number each: millions of them may share their tables. */
class PasidUsers implements Iterable<PasidUser> {
  readonly #packed: number[] = [];

  get size(): number {
    return this.#packed.length;
  }

  add({ sourceId, pasid, withoutPasid }: PasidUser): void {
    this.#packed.push((sourceId * 2 + (withoutPasid ? 1 : 0)) * PASIDS + pasid);
  }

  *[Symbol.iterator](): Generator<PasidUser, void> {
    for (const packed of this.#packed) {
      const rest = Math.floor(packed / PASIDS);
      yield { sourceId: rest >>> 1, pasid: packed % PASIDS, withoutPasid: (rest & 1) === 1 };
    }
  }
}

/**
 * The domains of a unit's PASIDs: one for each domain-id, the tables that go with it, and the flags on which their
 * meaning depends.
 */
export class PasidDomains {
  readonly #byTables = new Map<string, Growing>();
  /** The first domain of each domain-id, and of each domain-id and PASID. */
  readonly #byId = new Map<number, Growing>();
  readonly #byPasid = new Map<number, Growing>();

  get all(): Iterable<PasidDomain> {
    return this.#byTables.values();
  }

  add(pasid: Pasid, directory: PageNumber): void {
    const key = `${tablesOf(pasid)} ${flagsOf(pasid)}`;
    let domain = this.#byTables.get(key);
    if (domain === undefined) {
      domain = newDomain(pasid, directory);
      this.#byTables.set(key, domain);
      compare(this.#byId, domain.domainId, domain, shareSecondStage);
    }
    domain.users.add(pasid);
    if (pasid.withoutPasid) domain.withoutPasid = true;
    else domain.withPasid = true;
    domain.user ||= pasid.user;
    domain.supervisor ||= pasid.supervisor;
    compare(this.#byPasid, domain.domainId * PASIDS + pasid.pasid, domain, shareStages);
  }
}

/** Marks a domain and the first one of the same use of its domain-id if those two may not share it. */
function compare(known: Map<number, Growing>, use: number, domain: Growing, mayShare: typeof shareStages): void {
  const other = known.get(use);
  if (other === undefined) known.set(use, domain);
  if (other === undefined || mayShare(domain.stages, other.stages)) return;
  other.ambiguous = true;
  domain.ambiguous = true;
}

/** §6.2.3: one domain-id has one second stage, or in no entry any. */
const shareSecondStage = ({ secondStage: one }: Stages, { secondStage: other }: Stages): boolean =>
  one?.table === other?.table && one?.addressWidth === other?.addressWidth;

/** §6.2.3: one domain-id and PASID have the same tables in every device. */
const shareStages = (one: Stages, other: Stages): boolean =>
  one.type === other.type &&
  one.firstStage?.table === other.firstStage?.table &&
  one.firstStage?.levels === other.firstStage?.levels &&
  shareSecondStage(one, other);

const newDomain = ({ domainId, stages, pasid }: Pasid, directory: PageNumber): Growing => ({
  kind: 'pasid-domain',
  domainId,
  stages,
  users: new PasidUsers(),
  directory,
  pasid,
  withPasid: false,
  withoutPasid: false,
  user: false,
  supervisor: false,
  ambiguous: false,
});

/** The tables, with the domain-id: two entries with the same are one domain. */
function tablesOf({ domainId, stages: { type, firstStage, secondStage } }: Pasid): string {
  const first = `${firstStage?.table} ${firstStage?.levels}`;
  return `${domainId} ${type} ${first} ${secondStage?.table} ${secondStage?.addressWidth}`;
}

/** The flags that have a say in what is mapped: those that the type leaves unused are left out. */
function flagsOf({ words, stages: { type, firstStage, secondStage } }: Pasid): string {
  const { SRE, WPE, EAFE, SSADE, PWSNP, PGSNP } = PasidTableEntry;
  const first = firstStage === undefined ? '' : `${SRE(words)}${WPE(words)}${EAFE(words)}`;
  const second = secondStage === undefined ? '' : `${SSADE(words)}`;
  return `${first} ${second} ${type === PGTT.PASS_THROUGH ? '' : PWSNP(words)} ${PGSNP(words)}`;
}
