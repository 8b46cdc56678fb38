import type { Operation } from './history.ts';
import {
  contextEntry,
  contextTable,
  DOMAINS,
  directory,
  FRAMES,
  firstStage,
  firstStageEntry,
  GUEST_FRAMES,
  PASIDS,
  pasidEntry,
  pasidTable,
  rootTable,
  SIDES,
  type Side,
  SOURCES,
  scalableContext,
  secondStage,
  secondStageEntry,
  slots,
} from './history-layout.ts';

const write = (address: bigint, ...qwords: bigint[]): Operation => ({ kind: 'write', address, qwords, visible: true });

/** Both sides of everything, every entry present, and translation on. */
export function setup(scalable: boolean, pgtts: readonly bigint[]): Operation[] {
  return [
    ...SIDES.flatMap((side) => [
      ...roots(side, scalable),
      ...contexts(side, scalable),
      ...secondStageTables(side, scalable),
      ...(scalable ? [...pasids(side, pgtts), ...firstStageTables(side)] : []),
    ]),
    { kind: 'rootTable', value: rootTable(0) | (scalable ? 0x400n : 0n) },
    { kind: 'translation', on: true },
  ];
}

function roots(side: Side, scalable: boolean): Operation[] {
  return [1, 2].map((bus) => {
    const half = contextTable(side, bus) | 1n;
    return write(rootTable(side) + BigInt(bus) * 16n, half, scalable ? half : 0n);
  });
}

function contexts(side: Side, scalable: boolean): Operation[] {
  return SOURCES.map((source, i) =>
    scalable
      ? write(scalableContextAt(side, source), ...scalableContext(side, 0n))
      : write(contextAt(side, source), ...contextEntry(0n, i === 2 ? 1 : side, 4, i === 2 ? 8n : DOMAINS[side])),
  );
}

/** Legacy: 256 entries of 16 bytes. */
export const contextAt = (side: Side, source: number): bigint =>
  contextTable(side, source >> 8) + BigInt(source & 0xff) * 16n;

/** Scalable: 128 entries of 32 bytes. */
export const scalableContextAt = (side: Side, source: number): bigint =>
  contextTable(side, source >> 8) + BigInt(source & 0x7f) * 32n;

export const pasidAt = (side: Side, pasid: bigint): bigint => pasidTable(side) + pasid * 64n;

function pasids(side: Side, pgtts: readonly bigint[]): Operation[] {
  return [
    write(directory(side), pasidTable(side) | 1n),
    ...PASIDS.map((pasid, i) => {
      const pgtt = pgtts[i % pgtts.length] ?? 1n;
      const shape = { second: side, first: side, levels: 4, sre: false, ssade: false } as const;
      return write(pasidAt(side, pasid), ...pasidEntry({ ...shape, pgtt, did: DOMAINS[side] }));
    }),
  ];
}

/** Slot 0 leads to the same side, slot 1 to the other one. */
function secondStageTables(side: Side, scalable: boolean): Operation[] {
  const tables = [4, 3, 2].flatMap((level) =>
    slots(level).map((slot, i) => {
      const below = secondStage(i === 0 ? side : other(side), level - 1);
      return write(secondStage(side, level) + BigInt(slot) * 8n, secondStageEntry(below, 3n, 0, scalable));
    }),
  );
  const leaves = slots(1).map((slot, i) =>
    write(secondStage(side, 1) + BigInt(slot) * 8n, secondStageEntry(FRAMES[1]?.[2 * side + i] ?? 0n, 3n, 1, scalable)),
  );
  // Behind one second stage the first-stage tables are where they say, behind the other one they have changed places.
  const guests = SIDES.flatMap((first) =>
    [1, 2, 3, 4].map((level) => {
      const guest = firstStage(first, level);
      const host = firstStage(side === 0 ? first : other(first), level);
      return write(secondStage(side, 1) + (guest >> 12n) * 8n, secondStageEntry(host, 3n, 1, true));
    }),
  );
  return [...tables, ...leaves, ...(scalable ? guests : [])];
}

function firstStageTables(side: Side): Operation[] {
  const tables = [4, 3, 2].flatMap((level) =>
    slots(level).map((slot, i) => {
      const below = firstStage(i === 0 ? side : other(side), level - 1);
      return write(firstStage(side, level) + BigInt(slot) * 8n, firstStageEntry(below, 3n, 0));
    }),
  );
  const leaves = slots(1).map((slot, i) =>
    write(firstStage(side, 1) + BigInt(slot) * 8n, firstStageEntry(GUEST_FRAMES[1]?.[2 * side + i] ?? 0n, 3n, 1)),
  );
  return [...tables, ...leaves];
}

export const other = (side: Side): Side => (side === 0 ? 1 : 0);
