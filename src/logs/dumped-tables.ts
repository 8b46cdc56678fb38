import { POINTER, pageOf } from '../bits/page-number.ts';
import { type DmaRequest, dmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { SparseMemory } from '../platform/sparse-memory.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { RemappingUnit } from '../unit/remapping-unit.ts';
import type { LoggedFault } from './logged-fault.ts';
import type { TableDump } from './table-dump.ts';

const RTADDR_REG = 0x20;
const GCMD_REG = 0x18;
const SRTP = 1n << 30n;
const TE = 1n << 31n;
const SCALABLE_MODE = 1n << 10n;

/** The request that a fault is about, as far as a log tells it. Missing: what it does not tell at all. */
export function requestOf({
  kind,
  sourceId,
  access,
  type,
  address,
  pasid,
  ...rest
}: LoggedFault): DmaRequest | undefined {
  if (kind !== 'dma' || address === undefined || access === 'page request') return undefined;
  const { privileged = false, execute = false } = rest;
  return dmaRequest({
    sourceId,
    address,
    access: access ?? 'read',
    type: type ?? 'untranslated',
    ...(type === 'translation' ? { length: 8 } : {}),
    ...(pasid === undefined ? {} : { pasid, privileged, execute }),
  });
}

/**
 * A unit whose memory holds the entries of a dump where they stood, and refuses what else is read. The root table is
 * put where no other is: no log tells where it was.
 */
export function unitWith(dump: TableDump, request: DmaRequest, parameters: UnitParameters): RemappingUnit {
  const memory = new SparseMemory({ unwritten: 'refused' });
  const tables = placesOf(dump, request);
  const taken = new Set(tables.map(({ at }) => pageOf(at)));
  let root = 1;
  while (taken.has(root)) root += 1;
  const rootTable = BigInt(root) << 12n;
  memory.writeQwords(rootTable + BigInt(request.sourceId >>> 8) * 16n, dump.root.slice(0, 2));
  for (const { at, qwords } of tables) memory.writeQwords(at, qwords);
  const unit = new RemappingUnit({ memory, unit: parameters });
  unit.writeRegister(RTADDR_REG, 64, rootTable | (dump.scalable ? SCALABLE_MODE : 0n));
  unit.writeRegister(GCMD_REG, 32, SRTP);
  unit.writeRegister(GCMD_REG, 32, TE);
  return unit;
}

interface Place {
  readonly at: bigint;
  readonly qwords: readonly bigint[];
}

/** Where the entries below the root stand: each says where the next one is, §3.4. */
function placesOf(dump: TableDump, request: DmaRequest): readonly Place[] {
  const { root, context, scalable } = dump;
  if (context === undefined) return [];
  const devfn = BigInt(request.sourceId & 0xff);
  if (!scalable) {
    const words = wordsOf(context);
    const at = (root[0]! & POINTER) + devfn * 16n;
    return [{ at, qwords: context }, ...pagingPlaces(dump, request, context[0]!, ContextEntry.AW(words) + 2)];
  }
  const half = root[devfn < 0x80n ? 0 : 1]!;
  const contextPlace = { at: (half & POINTER) + (devfn & 0x7fn) * 32n, qwords: [...context, 0n, 0n] };
  return [contextPlace, ...pasidPlaces(dump, request, context)];
}

/** §3.4.3: PASID directory and PASID table, then the tables of the stage that is walked. */
function pasidPlaces(dump: TableDump, request: DmaRequest, context: readonly bigint[]): readonly Place[] {
  const { pasidDirectory, pasidTable } = dump;
  if (pasidDirectory === undefined) return [];
  const ownPasid = ScalableModeContextEntry.RID_PASID(wordsOf([...context, 0n, 0n]));
  const pasid = BigInt(request.pasid === NO_PASID ? ownPasid : request.pasid);
  const directoryPlace = { at: (context[0]! & POINTER) + (pasid >> 6n) * 8n, qwords: [pasidDirectory] };
  if (pasidTable === undefined) return [directoryPlace];
  const words = wordsOf(pasidTable);
  const firstStage = PasidTableEntry.PGTT(words) === PGTT.FIRST_STAGE;
  const top = firstStage ? pasidTable[2]! : pasidTable[0]!;
  const levels = firstStage ? 4 + (PasidTableEntry.FSPM(words) & 1) : PasidTableEntry.AW(words) + 2;
  const tablePlace = { at: (pasidDirectory & POINTER) + (pasid & 0x3fn) * 64n, qwords: pasidTable };
  return [directoryPlace, tablePlace, ...pagingPlaces(dump, request, top, levels)];
}

function pagingPlaces({ paging }: TableDump, { page }: DmaRequest, top: bigint, levels: number): readonly Place[] {
  const places: Place[] = [];
  let table = top & POINTER;
  for (let level = levels; level >= 1; level--) {
    const entry = paging.get(level);
    if (entry === undefined) break;
    const index = Math.floor(page / 2 ** (9 * (level - 1))) % 512;
    places.push({ at: table + BigInt(8 * index), qwords: [entry] });
    table = entry & POINTER;
  }
  return places;
}

const wordsOf = (qwords: readonly bigint[]): Uint32Array => new Uint32Array(BigUint64Array.from(qwords).buffer);
