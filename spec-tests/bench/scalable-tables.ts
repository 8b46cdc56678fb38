import { type DmaRequest, dmaRequest, PRESETS, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { FirstStageEntry } from '../../src/structures/first-stage-entry.ts';
import { PasidDirectoryEntry } from '../../src/structures/pasid-directory-entry.ts';
import { PasidTableEntry } from '../../src/structures/pasid-table-entry.ts';
import { ScalableModeContextEntry } from '../../src/structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../../src/structures/scalable-mode-root-entry.ts';
import { SecondStageEntry } from '../../src/structures/second-stage-entry.ts';
import { PageTables, put, randomPages, sequence } from './map.ts';

const ROOT = 0x1000n;
const CONTEXT = 0x2000n;
const DIRECTORY = 0x3000n;
const PASID_TABLE = 0x4000n;
/** PGTT by device: 00:01.0 has first-stage, 00:02.0 second-stage and 00:03.0 nested translation. */
const TYPES = { firstStage: 1, secondStage: 2, nested: 3 } as const;

/**
 * A unit in scalable mode with random 4-level maps of each kind, flags set already, and requests without PASID for each
 * page. A nested walk reads 24 paging entries.
 */
export function scalableBench() {
  const memory = new SparseMemory();
  const random = sequence(2);
  let next = 0x10;
  const allocate = () => next++;
  const secondStage = new PageTables(memory, allocate, (page) => SecondStageEntry.pack({ R: 1, W: 1, ADDR: page }));
  const used = { P: 1, RW: 1, US: 1, A: 1, D: 1 };
  const firstStage = new PageTables(memory, allocate, (page) => FirstStageEntry.pack({ ...used, ADDR: page }));
  const pages = randomPages(random);
  for (const page of pages) {
    firstStage.map(page, page);
    secondStage.map(page, 0x100000 + Math.floor(random() * 2 ** 20));
  }
  // The guest's own tables are where it says they are, unless a mapped page is there already.
  const mapped = new Set(pages);
  const guestTables = next;
  const nestedSecondStage = new PageTables(memory, allocate, (page) =>
    SecondStageEntry.pack({ R: 1, W: 1, ADDR: page }),
  );
  for (let table = 0; table < guestTables; table++) nestedSecondStage.map(table, table);
  for (const page of mapped) if (page >= guestTables) nestedSecondStage.map(page, 0x100000 + page);

  const context = (directory: bigint) =>
    ScalableModeContextEntry.pack({ P: 1, PDTS: 0, PASIDDIRPTR: Number(directory >> 12n) });
  put(memory, ROOT, ScalableModeRootEntry.pack({ LP: 1, LCTP: Number(CONTEXT >> 12n) }));
  for (const type of Object.values(TYPES)) {
    const directory = DIRECTORY + BigInt(type) * 0x10_0000_0000n;
    const table = PASID_TABLE + BigInt(type) * 0x10_0000_0000n;
    put(memory, CONTEXT + BigInt((type << 3) * 32), context(directory));
    put(memory, directory, PasidDirectoryEntry.pack({ P: 1, SMPTBLPTR: Number(table >> 12n) }));
    const entry = {
      P: 1,
      PGTT: type,
      AW: 2,
      DID: type,
      PWSNP: 1,
      SSPTPTR: type === TYPES.nested ? nestedSecondStage.top : secondStage.top,
      FSPTPTR: firstStage.top,
    };
    put(memory, table, PasidTableEntry.pack(entry));
  }
  const unit = new RemappingUnit({ memory, unit: PRESETS['xeon-2023'].unit });
  unit.writeRegister(0x20, 64, ROOT | 0x400n);
  unit.writeRegister(0x18, 32, 0x4000_0000n);
  unit.writeRegister(0x18, 32, 0x8000_0000n);
  const requests = (type: number): readonly DmaRequest[] =>
    pages
      .filter((page) => page >= guestTables)
      .map((page) => dmaRequest({ sourceId: type << 3, address: BigInt(page) << 12n, access: 'write' }));
  return {
    unit,
    firstStage: requests(TYPES.firstStage),
    secondStage: requests(TYPES.secondStage),
    nested: requests(TYPES.nested),
  };
}
