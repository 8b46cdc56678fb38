import { expect, test } from 'vitest';
import { type AnyStructure, STRUCTURES } from '../../src/structures/index.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { bitsOf } from '../../src/vectors/runs.ts';
import type { VectorCase, VectorGroup, VectorStep } from '../../src/vectors/types.ts';
import { ROOT } from '../harness/repository.ts';

/** The descriptors of §6.5.2 and §7.6.1, by type. */
const QUEUED = new Map<number, AnyStructure>(
  Object.entries(STRUCTURES)
    .filter(([id]) => id.startsWith('inv-') || id === 'page-group-response-descriptor')
    .map(([, structure]) => [typeOf(structure), structure]),
);
const PAGE_REQUEST = STRUCTURES['page-request-descriptor']!;
const DESCRIPTORS = [...QUEUED.values(), PAGE_REQUEST];

/** Bits of each descriptor that are 1 in a vector that has it. */
const seen = new Map<AnyStructure, bigint>(DESCRIPTORS.map((structure) => [structure, 0n]));

for (const { file } of loadVectors(`${ROOT}/fixtures`)) {
  for (const group of file.groups) for (const one of group.cases) noteCase(group, one);
}

test('every field of every descriptor is other than 0 in a queue of a vector', () => {
  const unreached = DESCRIPTORS.flatMap((structure) =>
    Object.entries(structure.fields)
      .filter(([, { high, low }]) => cut(seen.get(structure)!, high, low) === 0n)
      .map(([name]) => `${structure.title}.${name}`),
  );
  // 0 in every type that is defined.
  const always = [...QUEUED.values()].map(({ title }) => `${title}.Type[6:4]`);
  expect(unreached).toEqual(always);
});

function noteCase({ memory = [], steps: first = [] }: VectorGroup, { memory: own = [], eachBit, steps }: VectorCase) {
  const all = [...first, ...steps];
  const queues = new Set(all.flatMap(queueOf));
  const entries = [...memory, ...own, ...all.flatMap((step) => ('memory' in step ? step.memory : []))];
  for (const { at, qwords } of entries.filter((entry) => queues.has(BigInt(entry.at) >> 12n))) {
    const flips = eachBit?.at === at ? [...bitsOf(eachBit.bits)].map((bit) => 1n << BigInt(bit)) : [0n];
    for (const flip of flips) noteQueued(wordOf(qwords) ^ flip);
  }
  if (all.some((step) => 'pageRequest' in step)) for (const step of all) notePageRequest(step);
}

/** The first page of an invalidation queue that software sets up. */
function queueOf(step: VectorStep): readonly bigint[] {
  return 'write' in step && step.write === 'IQA_REG' && step.width === 64 ? [BigInt(step.value) >> 12n] : [];
}

function noteQueued(bits: bigint): void {
  const structure = QUEUED.get(Number(cut(bits, 3, 0) | (cut(bits, 11, 9) << 4n)));
  if (structure !== undefined) seen.set(structure, seen.get(structure)! | bits);
}

/** What the unit is expected to have written: four words of type 1. */
function notePageRequest(step: VectorStep): void {
  if (!('memoryRead' in step) || step.qwords.length !== 4) return;
  const bits = wordOf(step.qwords) & wordOf(step.mask ?? step.qwords);
  if (cut(bits, 7, 0) === 1n) seen.set(PAGE_REQUEST, seen.get(PAGE_REQUEST)! | bits);
}

/** The value of Type[3:0] that has a name. */
function typeOf({ fields }: AnyStructure): number {
  return Number(Object.keys(fields['Type[3:0]']!.encodings!)[0]);
}

function wordOf(qwords: readonly string[]): bigint {
  return qwords.reduce((whole, qword, i) => whole | (BigInt(qword) << BigInt(64 * i)), 0n);
}

function cut(bits: bigint, high: number, low: number): bigint {
  return (bits >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
}
