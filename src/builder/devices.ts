import type { PageNumber } from '../bits/page-number.ts';
import { parseSourceId } from '../messages/source-id.ts';
import type { Configuration } from '../platform/configuration.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import type { DeviceDescription } from './description.ts';
import type { BuiltDomain } from './domains.ts';
import type { TableMemory } from './table-memory.ts';

/** TT of a context entry, §9.3. */
const TT = { SECOND_STAGE: 0b00, WITH_DEVICE_TLB: 0b01, PASS_THROUGH: 0b10 } as const;
const PASIDS = 2 ** 20;
/** PASIDs of the smallest directory, as a power of two. */
const SMALLEST_DIRECTORY = 13;

type Domains = ReadonlyMap<number, BuiltDomain>;

/** A source-id, given as a number or as text. Throws a RangeError if it is none. */
export function sourceIdOf(device: number | string): number {
  if (typeof device === 'string') return parseSourceId(device);
  if (Number.isInteger(device) && device >= 0 && device <= 0xffff) return device;
  throw new RangeError(`a source-id has 16 bits, got ${device}`);
}

/** The devices by source-id. Throws a RangeError if one is described twice. */
function bySourceId(devices: readonly DeviceDescription[]): ReadonlyMap<number, DeviceDescription> {
  const all = new Map<number, DeviceDescription>();
  for (const description of devices) {
    const sourceId = sourceIdOf(description.device);
    if (all.has(sourceId)) throw new RangeError(`the device ${description.device} is described twice`);
    all.set(sourceId, description);
  }
  return all;
}

/** Context tables, each taken and entered in the root table when the first of its devices comes. */
class ContextTables {
  readonly #memory: TableMemory;
  readonly #enter: (key: number, table: PageNumber) => void;
  readonly #tables = new Map<number, PageNumber>();

  constructor(memory: TableMemory, enter: (key: number, table: PageNumber) => void) {
    this.#memory = memory;
    this.#enter = enter;
  }

  /** The table of a bus, in scalable mode of half of one. */
  of(key: number): PageNumber {
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const table = this.#memory.take();
    this.#tables.set(key, table);
    this.#enter(key, table);
    return table;
  }
}

/** Builds root and context tables of legacy mode, §3.4.2; returns the root table. */
export function buildLegacyDevices(
  { ECAP }: Configuration,
  devices: readonly DeviceDescription[],
  domains: Domains,
  memory: TableMemory,
): PageNumber {
  const root = memory.take();
  const contexts = new ContextTables(memory, (bus, table) => {
    memory.put(root, bus << 4, RootEntry.pack({ P: 1, CTP: table }));
  });
  for (const [sourceId, description] of bySourceId(devices)) {
    const { device, deviceTlb = false } = description;
    if (description.pasids !== undefined || description.ownPasid !== undefined) {
      throw new RangeError(`the device ${device} has PASIDs, and legacy mode has none`);
    }
    const domain = domainOf(domains, description.domain, device);
    if (domain.firstStage !== 0)
      throw new RangeError(`domain ${domain.id} has a first stage, and legacy mode has none`);
    const passes = domain.type === PGTT.PASS_THROUGH;
    if (deviceTlb && (passes || ECAP.DT === 0)) {
      throw new RangeError(`the device ${device} has a device TLB, which needs ECAP_REG.DT and no pass-through`);
    }
    const type = passes ? TT.PASS_THROUGH : deviceTlb ? TT.WITH_DEVICE_TLB : TT.SECOND_STAGE;
    const words = ContextEntry.pack({
      P: 1,
      TT: type,
      SSPTPTR: domain.secondStage,
      AW: domain.addressWidth,
      DID: domain.id,
    });
    memory.put(contexts.of(sourceId >>> 8), (sourceId & 0xff) << 4, words);
  }
  return root;
}

/** Builds root, context and PASID tables of scalable mode, §3.4.3; returns the root table. */
export function buildScalableDevices(
  configuration: Configuration,
  devices: readonly DeviceDescription[],
  domains: Domains,
  memory: TableMemory,
): PageNumber {
  const root = memory.take();
  /** One for each half of a bus. */
  const contexts = new ContextTables(memory, (half, table) => {
    memory.put(root, half << 3, Uint32Array.from(halfEntry(table)));
  });
  for (const [sourceId, description] of bySourceId(devices)) {
    const table = contexts.of(sourceId >>> 7);
    const words = scalableContext(configuration, description, domains, memory);
    memory.put(table, (sourceId & 0x7f) << 5, words);
  }
  return root;
}

/** Half of a root entry, §9.2: both halves have the same layout. */
const halfEntry = (table: PageNumber) => ScalableModeRootEntry.pack({ LP: 1, LCTP: table }).subarray(0, 2);

function scalableContext(
  configuration: Configuration,
  description: DeviceDescription,
  domains: Domains,
  memory: TableMemory,
) {
  const { device, domain, pasids = {}, ownPasid = 0, deviceTlb = false } = description;
  const { ECAP } = configuration;
  const users = new Map(Object.entries(pasids).map(([pasid, id]) => [Number(pasid), id]));
  if (users.has(ownPasid))
    throw new RangeError(`the device ${device} has PASID ${ownPasid}, which stands for no PASID`);
  if (users.size > 0 && ECAP.PASID === 0)
    throw new RangeError(`the device ${device} has PASIDs without ECAP_REG.PASID`);
  if (ownPasid !== 0 && ECAP.RPS === 0) throw new RangeError(`the device ${device} has ownPasid without ECAP_REG.RPS`);
  if (deviceTlb && ECAP.DT === 0) throw new RangeError(`the device ${device} has a device TLB without ECAP_REG.DT`);
  const most = users.size > 0 ? Math.min(2 ** (ECAP.PSS + 1), PASIDS) : PASIDS;
  for (const pasid of [...users.keys(), ownPasid]) {
    if (Number.isInteger(pasid) && pasid >= 0 && pasid < most) continue;
    throw new RangeError(`the device ${device} has PASID ${pasid}, and the unit has those below ${most}`);
  }
  const all = new Map(domain === undefined ? users : [...users, [ownPasid, domain]]);
  const width = Math.max(Math.ceil(Math.log2(Math.max(...all.keys(), ownPasid) + 1)), SMALLEST_DIRECTORY);
  const PDTS = width - SMALLEST_DIRECTORY;
  // 8 bytes for 64 PASIDs.
  const directory = memory.take(Math.max(2 ** (width - 6 + 3 - 12), 1));
  const tables = new Map<number, PageNumber>();
  for (const [pasid, id] of all) {
    const index = pasid >>> 6;
    const table = tables.get(index) ?? memory.take();
    if (!tables.has(index)) {
      const entry = PasidDirectoryEntry.pack({ P: 1, SMPTBLPTR: table });
      memory.put(directory + (index >>> 9), (index & 0x1ff) << 3, entry);
    }
    tables.set(index, table);
    memory.put(table, (pasid & 0x3f) << 6, pasidEntry(configuration, domainOf(domains, id, device)));
  }
  return ScalableModeContextEntry.pack({
    P: 1,
    DTE: deviceTlb ? 1 : 0,
    PASIDE: users.size > 0 ? 1 : 0,
    PDTS,
    PASIDDIRPTR: directory,
    RID_PASID: ownPasid,
  });
}

/** §9.6. */
function pasidEntry({ ECAP }: Configuration, domain: BuiltDomain) {
  const { id, type, addressWidth, secondStage, firstStage, fiveLevels } = domain;
  if (type === PGTT.SECOND_STAGE && ECAP.SSTS === 0) {
    throw new RangeError(`domain ${id}: a second stage in scalable mode needs ECAP_REG.SSTS`);
  }
  const second = type === PGTT.SECOND_STAGE || type === PGTT.NESTED;
  return PasidTableEntry.pack({
    P: 1,
    PGTT: type,
    DID: id,
    ...(second ? { AW: addressWidth, SSPTPTR: secondStage } : {}),
    ...(firstStage === 0 ? {} : { FSPTPTR: firstStage, FSPM: fiveLevels ? 1 : 0 }),
    PWSNP: ECAP.SMPWCS,
  });
}

function domainOf(domains: Domains, id: number | undefined, device: number | string): BuiltDomain {
  const domain = id === undefined ? undefined : domains.get(id);
  if (domain !== undefined) return domain;
  throw new RangeError(`the device ${device} needs a domain that is described, got ${id === undefined ? 'none' : id}`);
}
