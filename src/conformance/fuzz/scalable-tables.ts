import { pageOf } from '../../bits/page-number.ts';
import { PasidDirectoryEntry } from '../../structures/pasid-directory-entry.ts';
import { PasidTableEntry, PGTT } from '../../structures/pasid-table-entry.ts';
import { ScalableModeContextEntry } from '../../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../../structures/scalable-mode-root-entry.ts';
import { DOMAINS, secondStageRights } from './legacy-tables.ts';
import type { Offer } from './offer.ts';
import { FIRST_STAGE, putWalk, SECOND_STAGE } from './paging.ts';
import { ADDRESSES, PASIDS, type Path, SOURCES } from './plan.ts';
import { addressIn, bitOf, packed, readAs, type Tables } from './tables.ts';

/** A reserved PGTT, §9.6. */
const RESERVED_TYPE = 6;

/** Every structure on the way of a request in scalable mode, §3.4.3; where they stand, highest first. */
export function putScalableTables(tables: Tables, root: bigint, offer: Offer, path: Path): readonly bigint[] {
  const { ECAP } = offer;
  const source = SOURCES[path.source]!;
  const rootEntry = root + BigInt(source >>> 8) * 16n;
  const half = (source & 0x80) === 0 ? 0 : 1;
  const pointers = tables.put(rootEntry, 'sm-root-entry', () =>
    packed(ScalableModeRootEntry, { LP: 1, LCTP: pageOf(tables.page()), UP: 1, UCTP: pageOf(tables.page()) }),
  );
  const contextEntry = addressIn(pointers[half]!) + BigInt(source & 0x7f) * 32n;
  const [context = 0n] = tables.put(contextEntry, 'sm-context-entry', () =>
    packed(ScalableModeContextEntry, {
      P: 1,
      FPD: bitOf(path.faultProcessingDisabled),
      DTE: ECAP.DT,
      PASIDE: ECAP.PASID,
      PDTS: 7,
      PASIDDIRPTR: pageOf(tables.page()),
    }),
  );
  const pasid = ECAP.PASID === 1 ? PASIDS[path.pasid]! : 0;
  const directoryEntry = addressIn(context) + BigInt(pasid >>> 6) * 8n;
  const [directory = 0n] = tables.put(directoryEntry, 'sm-pasid-directory-entry', () =>
    packed(PasidDirectoryEntry, { P: 1, SMPTBLPTR: pageOf(tables.page()) }),
  );
  const pasidEntry = addressIn(directory) + BigInt(pasid & 0x3f) * 64n;
  const stages = putPasidEntry(tables, pasidEntry, offer, path);
  return [rootEntry, contextEntry, directoryEntry, pasidEntry, ...stages];
}

/** A PASID-table entry, §9.6, and the walks of its stages. */
function putPasidEntry(tables: Tables, at: bigint, offer: Offer, path: Path): readonly bigint[] {
  const type = typeOf(path.type, offer);
  const usesFirst = type === PGTT.FIRST_STAGE || type === PGTT.NESTED;
  const usesSecond = type === PGTT.SECOND_STAGE || type === PGTT.NESTED;
  const entry = tables.put(at, 'sm-pasid-table-entry', () =>
    packed(PasidTableEntry, {
      P: 1,
      PGTT: type,
      ...(usesSecond ? secondStageFields(tables, offer, path) : {}),
      DID: DOMAINS[path.domain]!,
      PWSNP: bitOf((path.flags & 2) !== 0) & offer.ECAP.SMPWCS,
      ...(usesFirst ? firstStageFields(tables, offer, path) : {}),
    }),
  );
  const address = ADDRESSES[path.address]!;
  const secondStage = (guest: bigint, leaf: number, rights: ReturnType<typeof secondStageRights>) => {
    const levels = readAs(PasidTableEntry.AW, entry) + 2;
    // A first stage's tables are where they say: its guest addresses map to themselves.
    const itself = (level: number) => guest - (guest % (1n << BigInt(9 * level + 3)));
    const walk = { tables, top: addressIn(entry[0]!), levels, address: guest, leaf };
    return putWalk(walk, SECOND_STAGE, rights, type === PGTT.NESTED ? itself : undefined);
  };
  if (type === PGTT.SECOND_STAGE) return secondStage(address, path.leaf, secondStageRights(path));
  if (!usesFirst) return [];
  const reached: bigint[] = [];
  const reach = (guest: bigint) => {
    if (type === PGTT.NESTED) reached.push(...secondStage(guest - (guest % 0x1000n), 1, { R: 1, W: 1 }));
  };
  const { R: P, W: RW } = secondStageRights(path);
  const levels = (readAs(PasidTableEntry.FSPM, entry) & 1) === 0 ? 4 : 5;
  const walk = { tables, top: addressIn(entry[2]!), levels, address, leaf: path.leaf };
  const first = putWalk(walk, FIRST_STAGE, { P, RW, US: bitOf((path.flags & 2) === 0) }, undefined, reach);
  return [...first, ...new Set(reached)];
}

function secondStageFields(tables: Tables, { ECAP, levels }: Offer, path: Path) {
  return {
    AW: (levels[path.width % Math.max(levels.length, 1)] ?? 4) - 2,
    SSADE: bitOf((path.flags & 1) !== 0) & ECAP.SSADS,
    SSPTPTR: pageOf(tables.page()),
  };
}

function firstStageFields(tables: Tables, { CAP, ECAP }: Offer, path: Path) {
  const supervisor = (path.flags & 4) !== 0;
  return {
    PGSNP: bitOf(supervisor) & ECAP.SC,
    SRE: bitOf((path.flags & 8) !== 0) & ECAP.SRS,
    FSPM: bitOf(CAP.FS5LP === 1 && path.width === 2),
    WPE: bitOf(supervisor),
    FSPTPTR: pageOf(tables.page()),
  };
}

/** What the unit has of what was drawn, most of the time. */
function typeOf(drawn: number, { ECAP: { FSTS, NEST, PT, SSTS } }: Offer): number {
  if (drawn === 2 && FSTS === 1 && SSTS === 1 && NEST === 1) return PGTT.NESTED;
  if (drawn === 3 && PT === 1) return PGTT.PASS_THROUGH;
  if (drawn === RESERVED_TYPE) return RESERVED_TYPE;
  if (drawn === 1 && FSTS === 1) return PGTT.FIRST_STAGE;
  return SSTS === 1 ? PGTT.SECOND_STAGE : FSTS === 1 ? PGTT.FIRST_STAGE : PGTT.PASS_THROUGH;
}
