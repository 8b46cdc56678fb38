import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CCMD_REG, FRCD_REG, FSTS_REG, GCMD_REG, IOTLB_REG, RTADDR_REG } from '../../src/registers/index.ts';
import { ContextEntry, type Field, RootEntry, SecondStageEntry } from '../../src/structures/index.ts';
import { ROOT } from '../harness/repository.ts';
import type { Mutant } from './mutant.ts';

/** A field that a walk or a register reads one bit beside its place. */
export interface LayoutMutant extends Mutant {
  /** `ContextEntry.TT`. */
  readonly field: string;
}

interface Declared {
  readonly name: string;
  readonly width: number;
  readonly fields: Readonly<Record<string, Field>>;
  readonly file: string;
  /** Likely to see it. */
  readonly vectors: string;
}

const REGISTERS = 'src/registers';
const STRUCTURES = 'src/structures';

const DECLARED: readonly Declared[] = [
  { name: 'RootEntry', ...RootEntry, file: `${STRUCTURES}/root-entry.ts`, vectors: 'dma-remapping/legacy-mode/root' },
  { name: 'ContextEntry', ...ContextEntry, file: `${STRUCTURES}/context-entry.ts`, vectors: 'dma-remapping/legacy-mode' },
  {
    name: 'SecondStageEntry',
    ...SecondStageEntry,
    file: `${STRUCTURES}/second-stage-entry.ts`,
    vectors: 'dma-remapping/legacy-mode',
  },
  { name: 'FSTS_REG', ...FSTS_REG, file: `${REGISTERS}/fault.ts`, vectors: 'faults' },
  { name: 'FRCD_REG', ...FRCD_REG, file: `${REGISTERS}/fault.ts`, vectors: 'faults/fields' },
  { name: 'RTADDR_REG', ...RTADDR_REG, file: `${REGISTERS}/global.ts`, vectors: 'registers/root-table-latch' },
  { name: 'GCMD_REG', ...GCMD_REG, file: `${REGISTERS}/global.ts`, vectors: 'registers/global-command' },
  { name: 'CCMD_REG', ...CCMD_REG, file: `${REGISTERS}/invalidation.ts`, vectors: 'registers/register-invalidation' },
  { name: 'IOTLB_REG', ...IOTLB_REG, file: `${REGISTERS}/invalidation.ts`, vectors: 'registers/register-invalidation' },
];

/** Fields that no vector can tell, and why. What holds them is fixtures/layouts. */
export const UNSEEN: Readonly<Record<string, string>> = {};

/** Every field of the declarations, one bit up and one bit down. */
export const LAYOUT_MUTANTS: readonly LayoutMutant[] = DECLARED.flatMap((declared) =>
  Object.entries(declared.fields).flatMap(([name, field]) =>
    [1, -1].flatMap((by) => moved(declared, name, field, by) ?? []),
  ),
);

/** Undefined where the field would leave the entry. */
function moved(declared: Declared, name: string, field: Field, by: number): LayoutMutant | undefined {
  const { high, low } = field;
  if (high + by >= declared.width || low + by < 0) return undefined;
  const text = readFileSync(join(ROOT, declared.file), 'utf8');
  const place = placeOf(text, declared.name, name);
  const form = high === low && /\bbit\(/.test(place) ? `${high}` : `${high}, ${low}`;
  const replaced = form.includes(',') ? `${high + by}, ${low + by}` : `${high + by}`;
  return {
    name: `${declared.name}.${name} ${by > 0 ? 'up' : 'down'}`,
    field: `${declared.name}.${name}`,
    says: `${name} is bits ${high + by}:${low + by}.`,
    section: '§9',
    file: declared.file,
    changes: [{ find: place, replace: place.replace(`(${form},`, `(${replaced},`) }],
    vectors: declared.vectors,
  };
}
