import type { Device, Domain } from './items.ts';

interface Growing extends Domain {
  devices: number[];
  ambiguous: boolean;
}

/** The domains of a unit's devices: one for each domain-id and the tables that go with it. */
export class Domains {
  readonly #byTables = new Map<string, Growing>();
  /** The first domain of each domain-id. */
  readonly #byId = new Map<number, Growing>();

  get all(): Iterable<Domain> {
    return this.#byTables.values();
  }

  add({ sourceId, domainId, addressWidth, table, levels }: Device): void {
    const tables = `${domainId} ${table} ${levels}`;
    const known = this.#byTables.get(tables);
    if (known !== undefined) {
      known.devices.push(sourceId);
      return;
    }
    const namesake = this.#byId.get(domainId);
    if (namesake !== undefined) namesake.ambiguous = true;
    const domain: Growing = {
      kind: 'domain',
      domainId,
      addressWidth,
      table,
      levels,
      devices: [sourceId],
      ambiguous: namesake !== undefined,
    };
    this.#byTables.set(tables, domain);
    if (namesake === undefined) this.#byId.set(domainId, domain);
  }
}
