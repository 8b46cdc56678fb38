import type { PageNumber } from '../bits/page-number.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { Domain, PasidDomain, Stages, Stopped, TableItem } from '../tables/items.ts';
import { type Budget, mappingsOf } from '../tables/mappings.ts';
import { pasidMappingsOf } from '../tables/pasid-mappings.ts';
import { Exposure } from './exposure.ts';
import { type Found, pagesText, pageText } from './finding.ts';
import {
  type AsSet,
  betterLevels,
  firstStageTrial,
  hasOneStage,
  secondStageTrial,
  trialBudget,
} from './level-trial.ts';
import { contextFacts } from './of-devices.ts';
import { checkProblem } from './of-problems.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';
import { TableWatch } from './table-watch.ts';

/** Of all entries that may be looked at, one domain takes no more than this part: others come after it. */
const PART_OF_LIMIT = 4;

/** The deepest tables that the specification has. */
const LEVELS = [3, 4, 5];

/** Pages that entries above level 3 ask for. */
const TOO_LARGE: ReadonlySet<RuleId> = new Set(['first-stage-page-size', 'second-stage-page-size']);

/** Looks at what the domains of a unit map, one after another. */
export class DomainsLook {
  readonly #scene: Scene;
  readonly #watch: TableWatch;
  readonly #exposure: Exposure;
  readonly #budget: Budget;
  readonly #trials = trialBudget();
  #domains = 0;

  constructor(scene: Scene, limit: number) {
    this.#scene = scene;
    this.#watch = new TableWatch(scene);
    this.#exposure = new Exposure(scene);
    this.#budget = { left: limit, whole: limit };
  }

  /** A domain of legacy mode. */
  lookAt(domain: Domain): void {
    const { unit } = this.#scene;
    const name = `domain ${domain.domainId}`;
    this.#begin(name, false, 'second-stage');
    const set = this.#take((budget) => mappingsOf(unit, domain, budget, this.#watch), name);
    const others = unit.configuration.levels.filter((levels) => levels > 0);
    const better = betterLevels(
      { levels: domain.levels, ...set },
      others,
      secondStageTrial(this.#scene, domain.table, this.#trials),
    );
    const facts = contextFacts(this.#scene, domain.devices[0]!, false);
    if (better !== undefined) this.#mismatch(facts, domain.table, domain.levels, better);
  }

  /** A domain of scalable mode; `pasid` is its first user. */
  lookAtPasids(domain: PasidDomain, facts: Found): void {
    const { stages, domainId } = domain;
    if (stages.type === PGTT.PASS_THROUGH) return;
    const { unit } = this.#scene;
    const name = `domain ${domainId}`;
    const nested = stages.type === PGTT.NESTED;
    this.#begin(name, nested, stages.firstStage === undefined ? 'second-stage' : 'first-stage');
    const set = this.#take((budget) => pasidMappingsOf(unit, domain, budget, this.#watch), name);
    if (!hasOneStage(stages)) return;
    const { table, levels } = (stages.firstStage ?? stages.secondStage)!;
    const trial =
      stages.firstStage === undefined
        ? secondStageTrial(this.#scene, table, this.#trials)
        : firstStageTrial(this.#scene, domain, this.#trials);
    // A first stage has four or five levels.
    const others = LEVELS.filter((count) =>
      stages.firstStage === undefined ? unit.configuration.levels.includes(count) : count > 3,
    );
    const better = betterLevels({ levels, ...set }, others, trial);
    if (better !== undefined) this.#mismatch(facts, table, levels, better);
  }

  /** When all domains were looked at. */
  end(): void {
    this.#exposure.check();
  }

  #begin(name: string, nested: boolean, stage: 'first-stage' | 'second-stage'): void {
    this.#watch.begin({ domain: this.#domains, name, nested }, stage);
    this.#domains += 1;
    this.#exposure.begin(name);
  }

  /** Takes what the listing of a domain finds. */
  #take(list: (budget: Budget) => Iterable<TableItem>, name: string): Omit<AsSet, 'levels'> {
    const { findings } = this.#scene;
    const part = Math.min(this.#budget.left, Math.ceil(this.#budget.whole / PART_OF_LIMIT));
    const budget: Budget = { left: part, whole: part };
    let leaves = 0;
    let smallest = 0;
    let pagesTooLarge = 0;
    for (const item of list(budget)) {
      switch (item.kind) {
        case 'mapping':
          this.#exposure.add(item);
          leaves += item.leaves['4K'] + item.leaves['2M'] + item.leaves['1G'];
          smallest += item.leaves['4K'];
          break;
        case 'problem':
          if (checkProblem(this.#scene, item).some((rule) => TOO_LARGE.has(rule))) pagesTooLarge += 1;
          break;
        case 'unreachable': {
          const rule = item.supervisorOnly === true ? 'supervisor-only' : 'input-interrupt-range';
          findings.add(rule, { structure: 'mapping', of: `${name} at ${pagesText(item.input, item.pages)}` });
          break;
        }
        case 'stopped':
          stopped(this.#scene, item, name);
          break;
      }
    }
    this.#budget.left -= part - Math.max(budget.left, 0);
    return { leaves, smallest, pagesTooLarge };
  }

  #mismatch(facts: Found, table: PageNumber, levels: number, better: number): void {
    const says = `${levels} levels from ${pageText(table)} are set, and the tables read without a fault as ${better}`;
    this.#scene.findings.add('level-mismatch', { ...facts, says });
  }
}

/** The look ended before the tables did. */
export function stopped({ findings }: Scene, { entries }: Stopped, of: string): void {
  findings.add('look-stopped', { structure: 'tables', of, says: `${of} has more than ${entries} entries` });
}

/** Domain-ids of legacy mode, §6.2: those with two sets of tables, and tables with two of them. */
export function checkDomainIds(scene: Scene, domains: readonly Domain[]): void {
  const firstOfId = new Map<number, Domain>();
  const firstOfTables = new Map<string, Domain>();
  for (const domain of domains) {
    const { domainId, table, levels, devices, ambiguous } = domain;
    const facts = { ...contextFacts(scene, devices[0]!, false), field: 'DID' };
    const namesake = firstOfId.get(domainId);
    if (namesake === undefined) firstOfId.set(domainId, domain);
    else if (ambiguous) {
      const says = `domain-id ${domainId} has tables at ${pageText(table)}, and for ${formatSourceId(namesake.devices[0]!)} at ${pageText(namesake.table)}`;
      scene.findings.add('domain-id-two-tables', { ...facts, says });
    }
    const other = firstOfTables.get(`${table} ${levels}`);
    if (other === undefined) firstOfTables.set(`${table} ${levels}`, domain);
    else {
      const says = `the tables at ${pageText(table)} have domain-id ${domainId}, and ${other.domainId} for ${formatSourceId(other.devices[0]!)}`;
      scene.findings.add('tables-two-domain-ids', { ...facts, says });
    }
  }
}

/** Domain-ids of scalable mode, §6.2.3. */
export function checkPasidDomainIds(
  scene: Scene,
  domains: readonly PasidDomain[],
  factsOf: (domain: PasidDomain) => Found,
): void {
  const firstOfId = new Map<number, PasidDomain>();
  const firstOfTables = new Map<string, PasidDomain>();
  for (const domain of domains) {
    const { domainId, stages, ambiguous } = domain;
    const facts = { ...factsOf(domain), field: 'DID' };
    const namesake = firstOfId.get(domainId);
    if (namesake === undefined) firstOfId.set(domainId, domain);
    else if ((namesake.stages.secondStage === undefined) !== (stages.secondStage === undefined)) {
      scene.findings.add('domain-id-two-kinds', {
        ...facts,
        says: `domain-id ${domainId} is used with a second stage, and without`,
      });
    } else if (ambiguous) {
      scene.findings.add('domain-id-two-tables', {
        ...facts,
        says: `domain-id ${domainId} is used with two sets of tables`,
      });
    }
    if (stages.type === PGTT.PASS_THROUGH) continue;
    const tables = tablesOf(stages);
    const other = firstOfTables.get(tables);
    if (other === undefined) firstOfTables.set(tables, domain);
    else if (other.domainId !== domainId) {
      const says = `the same tables have domain-ids ${other.domainId} and ${domainId}`;
      scene.findings.add('tables-two-domain-ids', { ...facts, says });
    }
  }
}

const tablesOf = ({ firstStage, secondStage }: Stages): string =>
  `${firstStage?.table} ${firstStage?.levels} ${secondStage?.table} ${secondStage?.levels}`;
