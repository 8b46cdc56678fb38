import { type PageNumber, pageOf } from '../bits/page-number.ts';
import type { Configuration } from '../platform/configuration.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { DomainDescription, MappingDescription } from './description.ts';
import { firstStageEntries, StageTables, secondStageEntries } from './stage-tables.ts';
import type { TableMemory } from './table-memory.ts';

/** A domain whose tables stand in memory. */
export interface BuiltDomain {
  readonly id: number;
  /** PGTT, §9.6. */
  readonly type: number;
  /** AW and the top table of the second stage; 0 where there is none. */
  readonly addressWidth: number;
  readonly secondStage: PageNumber;
  /** The top table of the first stage, which nested is a guest page. */
  readonly firstStage: PageNumber;
  readonly fiveLevels: boolean;
}

/** Builds the tables of a domain. Throws a RangeError that names it if the unit has none like it. */
export function buildDomain(
  configuration: Configuration,
  description: DomainDescription,
  memory: TableMemory,
): BuiltDomain {
  const { id, kind = 'second-stage' } = description;
  try {
    if (!Number.isInteger(id) || id < 0 || id >= 2 ** configuration.domainIdWidth) {
      throw new RangeError(`a domain-id of this unit is below ${2 ** configuration.domainIdWidth}`);
    }
    if (configuration.CAP.CM === 1 && id === 0) throw new RangeError('domain-id 0 is not used while CAP_REG.CM is 1');
    switch (kind) {
      case 'second-stage':
        return secondStageDomain(configuration, description, memory);
      case 'first-stage':
        return firstStageDomain(configuration, description, memory);
      case 'nested':
        return nestedDomain(configuration, description, memory);
      case 'pass-through':
        return passThroughDomain(configuration, description);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`domain ${id}: ${error.message}`);
  }
}

function passThroughDomain({ ECAP, levels }: Configuration, { id, mappings = [] }: DomainDescription): BuiltDomain {
  if (ECAP.PT === 0) throw new RangeError('pass-through needs ECAP_REG.PT');
  if (mappings.length > 0) throw new RangeError('pass-through maps nothing');
  // §9.3: the largest that the unit has.
  const addressWidth = levels.reduce((best, count, AW) => (count > 0 ? AW : best), 0);
  return { id, type: PGTT.PASS_THROUGH, addressWidth, secondStage: 0, firstStage: 0, fiveLevels: false };
}

function secondStageDomain(configuration: Configuration, description: DomainDescription, memory: TableMemory) {
  const { id, mappings = [] } = description;
  const { tables, addressWidth } = secondStage(configuration, description, memory);
  for (const mapping of mappings) tables.map(mapping);
  return { id, type: PGTT.SECOND_STAGE, addressWidth, secondStage: tables.top, firstStage: 0, fiveLevels: false };
}

function firstStageDomain(configuration: Configuration, description: DomainDescription, memory: TableMemory) {
  const { id, mappings = [] } = description;
  const { ECAP, hostPages } = configuration;
  if (ECAP.FSTS === 0) throw new RangeError('a first stage needs ECAP_REG.FSTS');
  const levels = firstStageLevels(configuration, description);
  const take = () => {
    const page = memory.take();
    return { at: page, page };
  };
  const put = memory.put.bind(memory);
  const tables = new StageTables(firstStageEntries(configuration), levels, take, put);
  for (const mapping of mappings) {
    checkCanonical(mapping, levels);
    checkOutput(mapping, hostPages, 'the host address width');
    tables.map(mapping);
  }
  const fiveLevels = levels === 5;
  return { id, type: PGTT.FIRST_STAGE, addressWidth: 0, secondStage: 0, firstStage: tables.top, fiveLevels };
}

/** §3.8: the guest's tables stand where it says, and the second stage leads there. */
function nestedDomain(configuration: Configuration, description: DomainDescription, memory: TableMemory): BuiltDomain {
  const { id, mappings = [], guestMappings = [], guestTables } = description;
  if (configuration.ECAP.NEST === 0) throw new RangeError('nested translation needs ECAP_REG.NEST');
  if (guestTables === undefined) throw new RangeError('nested translation needs guestTables');
  const second = secondStage(configuration, description, memory);
  for (const mapping of mappings) second.tables.map(mapping);
  let next = pageOf(guestTables);
  const take = () => {
    const at = memory.take();
    const page = next;
    next += 1;
    second.tables.map({ input: BigInt(page) << 12n, output: BigInt(at) << 12n, size: 4096n });
    return { at, page };
  };
  const levels = firstStageLevels(configuration, description);
  const tables = new StageTables(firstStageEntries(configuration), levels, take, memory.put.bind(memory));
  for (const mapping of guestMappings) {
    checkCanonical(mapping, levels);
    checkOutput(mapping, configuration.inputPages[second.addressWidth]!, 'the second stage');
    tables.map(mapping);
  }
  return {
    id,
    type: PGTT.NESTED,
    addressWidth: second.addressWidth,
    secondStage: second.tables.top,
    firstStage: tables.top,
    fiveLevels: levels === 5,
  };
}

function secondStage(configuration: Configuration, description: DomainDescription, memory: TableMemory) {
  const { levels: wanted, mappings = [] } = description;
  const { levels, inputPages, hostPages } = configuration;
  const count = wanted ?? (levels.includes(4) ? 4 : Math.max(...levels));
  const addressWidth = count === 0 ? -1 : levels.indexOf(count);
  if (addressWidth < 0) throw new RangeError(`a second stage of ${count} levels is not in CAP_REG.SAGAW`);
  for (const mapping of mappings) {
    const { input, size } = mapping;
    if (pageOf(input + size) > inputPages[addressWidth]!) {
      throw new RangeError(`the mapping of 0x${input.toString(16)} ends beyond min(MGAW, AGAW)`);
    }
    checkOutput(mapping, hostPages, 'the host address width');
  }
  const take = () => {
    const page = memory.take();
    return { at: page, page };
  };
  const tables = new StageTables(secondStageEntries(configuration), count, take, memory.put.bind(memory));
  return { tables, addressWidth };
}

function firstStageLevels({ CAP }: Configuration, { firstStageLevels: levels = 4 }: DomainDescription): number {
  if (levels === 5 && CAP.FS5LP === 0) throw new RangeError('a first stage of five levels needs CAP_REG.FS5LP');
  return levels;
}

/** §3.6: both ends of the address space, up to a half of what the levels reach. */
function checkCanonical({ input, size }: MappingDescription, levels: number): void {
  const half = 1n << BigInt(11 + 9 * levels);
  const top = 1n << 64n;
  const end = input + size;
  if (end <= half || (input >= top - half && end <= top)) return;
  throw new RangeError(`the mapping of 0x${input.toString(16)} is not canonical for ${levels} levels`);
}

function checkOutput({ input, output, size }: MappingDescription, pages: number, what: string): void {
  if (pageOf(output + size) <= pages) return;
  throw new RangeError(`the mapping of 0x${input.toString(16)} leads beyond ${what}`);
}
