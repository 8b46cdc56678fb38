import type { PageNumber } from '../bits/page-number.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import type { Bus, Device, ScalableDevice } from '../tables/items.ts';
import { looksLegacy } from './device-rules.ts';
import { entryFacts, type Scene, wordsAt } from './scene.ts';

const PASS_THROUGH = 0b10;
/** Entries of a PASID directory in a page. */
const IN_PAGE = 512;
/** A look at directories of devices whose PASIDs nobody may use ends here. */
const LOOKED_AT = 2 ** 16;

/** Where the context entry of a source-id stands in a context table, in bytes. */
export const contextOffset = (scalable: boolean, sourceId: number): number =>
  scalable ? (sourceId & 0x7f) << 5 : (sourceId & 0xff) << 4;

/** A present root entry, or half of one: its context table is where nothing else is. */
export function checkBus(scene: Scene, { bus, half, table }: Bus): void {
  scene.occupancy.claimAll(table, 1, 'context table');
  // Each half of a root entry has 128 functions, and the one of legacy mode all 256.
  const first = (bus << 8) | (half === 'upper' ? 128 : 0);
  const functions = half === undefined ? 256 : 128;
  for (let n = 0; n < functions; n++) scene.contextTables.set(first + n, table);
}

/** What a finding says of the context entry of a source-id. */
export function contextFacts(scene: Scene, sourceId: number, scalable: boolean) {
  const format = scalable ? ScalableModeContextEntry : ContextEntry;
  const page = scene.contextTables.get(sourceId);
  if (page === undefined) return { structure: format.title, of: formatSourceId(sourceId) };
  const offset = contextOffset(scalable, sourceId);
  const facts = entryFacts(format, page, offset, wordsAt(scene, format, page, offset));
  return { ...facts, of: formatSourceId(sourceId) };
}

/** A context entry of legacy mode that requests get past, §9.3. */
export function checkDevice(scene: Scene, { sourceId, type, addressWidth, domainId }: Device): void {
  const { unit, findings } = scene;
  const { levels, CAP } = unit.configuration;
  const facts = contextFacts(scene, sourceId, false);
  if (CAP.CM === 1 && domainId === 0) findings.add('domain-id-zero', { ...facts, field: 'DID' });
  const page = scene.contextTables.get(sourceId);
  const words = page === undefined ? undefined : wordsAt(scene, ContextEntry, page, contextOffset(false, sourceId));
  if (words !== undefined && ContextEntry.FPD(words) === 1) {
    findings.add('faults-not-recorded', { ...facts, field: 'FPD' });
  }
  if (type !== PASS_THROUGH) return;
  findings.add('pass-through', { ...facts, field: 'TT' });
  const widest = levels.reduce((best, count, AW) => (count > 0 ? AW : best), 0);
  if (addressWidth !== widest) {
    const says = `TT is pass-through, AW is ${addressWidth}, and the largest that the unit has is ${widest}`;
    findings.add('pass-through-width', { ...facts, field: 'AW', says });
  }
}

/** What is known of the context entries of scalable mode together. */
export class ScalableDevices {
  readonly #byDirectory = new Map<PageNumber, number>();
  readonly #scene: Scene;
  #left = LOOKED_AT;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** A context entry of scalable mode that not every request would fault on, §9.4. */
  check({ sourceId, fields }: ScalableDevice): void {
    const { findings, occupancy, unit } = this.#scene;
    const facts = contextFacts(this.#scene, sourceId, true);
    const { PASIDDIRPTR, PDTS, FPD, PASIDE } = fields;
    if (FPD === 1) findings.add('faults-not-recorded', { ...facts, field: 'FPD' });
    if (looksLegacy(unit, ScalableModeContextEntry.pack(fields))) findings.add('context-legacy-format', facts);
    const other = this.#byDirectory.get(PASIDDIRPTR);
    if (other === undefined) {
      this.#byDirectory.set(PASIDDIRPTR, sourceId);
      occupancy.claimAll(PASIDDIRPTR, 2 ** Math.max(PDTS + 10 - 12, 0), 'PASID directory');
    } else {
      const says = `${formatSourceId(other)} and ${formatSourceId(sourceId)} have the same PASID directory`;
      findings.add('pasid-directory-shared', { ...facts, field: 'PASIDDIRPTR', says });
    }
    if (PASIDE === 0) this.#checkUnused(sourceId, fields);
  }

  /** Directory entries other than that of RID_PASID, where no request may use them. */
  #checkUnused(sourceId: number, { PASIDDIRPTR, PDTS, RID_PASID }: ScalableDevice['fields']): void {
    const entries = 2 ** (PDTS + 7);
    for (let index = 0; index < entries && this.#left > 0; index++) {
      this.#left -= 1;
      const page = PASIDDIRPTR + Math.floor(index / IN_PAGE);
      const offset = (index % IN_PAGE) * 8;
      const words = wordsAt(this.#scene, PasidDirectoryEntry, page, offset);
      if (words === undefined) return;
      if (PasidDirectoryEntry.P(words) === 0 || index === RID_PASID >>> 6) continue;
      const facts = entryFacts(PasidDirectoryEntry, page, offset, words);
      this.#scene.findings.add('pasids-unreachable', { ...facts, of: formatSourceId(sourceId) });
      return;
    }
  }
}

/**
 * Root entries of legacy mode that are read as halves of scalable mode, §9.2: no upper half on any bus, and in a context
 * table entries of 16 bytes.
 */
export function checkRootFormat(scene: Scene, buses: readonly Bus[]): void {
  if (buses.some(({ half }) => half === 'upper')) return;
  const { rootTable } = scene.unit;
  for (const { bus, table } of buses) {
    if (!holdsLegacyEntries(scene, table)) continue;
    const words = wordsAt(scene, ScalableModeRootEntry, rootTable.page, bus << 4);
    const facts = entryFacts(RootEntry, rootTable.page, bus << 4, words);
    scene.findings.add('root-legacy-format', { ...facts, of: `bus ${bus.toString(16).padStart(2, '0')}` });
  }
}

function holdsLegacyEntries(scene: Scene, table: PageNumber): boolean {
  let found = false;
  for (let offset = 0; offset < 4096; offset += ScalableModeContextEntry.width / 8) {
    const words = wordsAt(scene, ScalableModeContextEntry, table, offset);
    if (words === undefined) return false;
    if (words.every((word) => word === 0)) continue;
    if (!looksLegacy(scene.unit, words)) return false;
    found = true;
  }
  return found;
}
