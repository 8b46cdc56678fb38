import { CompatibilityFormat, RemappableFormat } from '../../src/messages/interrupt-formats.ts';
import { CCMD_REG, FRCD_REG, FSTS_REG, GCMD_REG, IOTLB_REG, IRTA_REG, RTADDR_REG } from '../../src/registers/index.ts';
import {
  type AnyStructure,
  ContextEntry,
  type Field,
  InterruptRemappingEntry,
  PostedInterruptDescriptor,
  PostedInterruptRemappingEntry,
  RootEntry,
  SecondStageEntry,
} from '../../src/structures/index.ts';
import type { Change, Mutant } from './mutant.ts';

/** A field that a walk or a register reads one bit beside its place. */
export interface LayoutMutant extends Mutant {
  /** `ContextEntry.TT`. */
  readonly field: string;
}

interface Declared {
  readonly name: string;
  readonly declaration: Pick<AnyStructure, 'title' | 'section' | 'width' | 'fields'>;
  /** Likely to see it. */
  readonly vectors: string;
}

const STRUCTURES: readonly Declared[] = [
  { name: 'RootEntry', declaration: RootEntry, vectors: 'dma-remapping/legacy-mode/root-entry' },
  { name: 'ContextEntry', declaration: ContextEntry, vectors: 'dma-remapping/legacy-mode/context-entry' },
  { name: 'SecondStageEntry', declaration: SecondStageEntry, vectors: 'dma-remapping/legacy-mode/second-stage' },
  { name: 'CompatibilityFormat', declaration: CompatibilityFormat, vectors: 'interrupt-remapping/off' },
  { name: 'RemappableFormat', declaration: RemappableFormat, vectors: 'interrupt-remapping/request-format' },
  { name: 'InterruptRemappingEntry', declaration: InterruptRemappingEntry, vectors: 'interrupt-remapping/' },
  {
    name: 'PostedInterruptRemappingEntry',
    declaration: PostedInterruptRemappingEntry,
    vectors: 'interrupt-remapping/posted-entry',
  },
  {
    name: 'PostedInterruptDescriptor',
    declaration: PostedInterruptDescriptor,
    vectors: 'interrupt-remapping/posted-descriptor',
  },
];

const REGISTERS: readonly Declared[] = [
  { name: 'FSTS_REG', declaration: FSTS_REG, vectors: 'faults' },
  { name: 'FRCD_REG', declaration: FRCD_REG, vectors: 'faults/fields' },
  { name: 'RTADDR_REG', declaration: RTADDR_REG, vectors: 'registers/root-table-latch' },
  { name: 'IRTA_REG', declaration: IRTA_REG, vectors: 'interrupt-remapping/table' },
  { name: 'GCMD_REG', declaration: GCMD_REG, vectors: 'registers/global-command' },
  { name: 'CCMD_REG', declaration: CCMD_REG, vectors: 'registers/register-invalidation' },
  { name: 'IOTLB_REG', declaration: IOTLB_REG, vectors: 'registers/register-invalidation' },
];

const FLAGS = 'flags are set through the formats, not through the entry of any level';
const DEVICE_TLB = 'set by device-TLB invalidation alone, which has no device to fail yet';
const REMAPPED = 'read through the remapped format, where it has the same place';

/** What no vector can tell, by field or by name, and why. What holds these is fixtures/layouts. */
export const UNSEEN: Readonly<Record<string, string>> = {
  'SecondStageEntry.A': FLAGS,
  'SecondStageEntry.D': FLAGS,
  'FSTS_REG.ICE': DEVICE_TLB,
  'FSTS_REG.ITE': DEVICE_TLB,
  'CompatibilityFormat.FORMAT': 'read through the remappable format, where it has the same place',
  'RemappableFormat.RANGE': 'every request that reaches the formats is in the range',
  'PostedInterruptRemappingEntry.P': REMAPPED,
  'PostedInterruptRemappingEntry.FPD': REMAPPED,
  'PostedInterruptRemappingEntry.IM': REMAPPED,
  'PostedInterruptRemappingEntry.SID': REMAPPED,
  'PostedInterruptRemappingEntry.SQ': REMAPPED,
  'PostedInterruptRemappingEntry.SVT': REMAPPED,
};

/** What selects among cached entries. */
const SELECTS: ReadonlySet<string> = new Set(['ContextEntry.DID', 'CCMD_REG.DID', 'CCMD_REG.SID', 'CCMD_REG.FM']);

/** Every field of the declarations, one bit up and one bit down. */
export const LAYOUT_MUTANTS: readonly LayoutMutant[] = [
  ...STRUCTURES.flatMap((declared) => movedFields(declared, 'src/bits/structure.ts', movedInStructure)),
  ...REGISTERS.flatMap((declared) => movedFields(declared, 'src/bits/register.ts', movedInRegister)),
];

type Move = (title: string, name: string, high: number, low: number) => readonly Change[];

function movedFields({ name, declaration, vectors }: Declared, file: string, move: Move): readonly LayoutMutant[] {
  const { title, section, width, fields } = declaration;
  const places = Object.entries<Field>(fields).flatMap(([field, { high, low }]) => [
    { field, way: 'up', high: high + 1, low: low + 1 },
    { field, way: 'down', high: high - 1, low: low - 1 },
  ]);
  return places
    .filter(({ high, low }) => high < width && low >= 0)
    .map(({ field, way, high, low }) => ({
      name: `${name}.${field} ${way}`,
      field: `${name}.${field}`,
      says: `${field} of ${name} is bits ${high}:${low}.`,
      section,
      file,
      changes: move(title, field, high, low),
      vectors,
      ...(SELECTS.has(`${name}.${field}`) ? { caches: 'full' } : {}),
    }));
}

// The declaration itself is left alone: moved there, the field would meet its neighbour, and the module would not load.

function movedInStructure(title: string, name: string, high: number, low: number): readonly Change[] {
  return [
    { find: "} from './field.ts';", replace: "} from './field.ts';\nimport { bits as fieldOf } from './field.ts';" },
    {
      find: '  checkEveryBitOnce(title, width, [',
      replace: `  if (title === '${title}') fields = { ...fields, ${name}: fieldOf(${high}, ${low}, '${name}') };
  else checkEveryBitOnce(title, width, [`,
    },
  ];
}

function movedInRegister(title: string, name: string, high: number, low: number): readonly Change[] {
  const field = `fields['${name}']`;
  return [
    { find: "} from './field.ts';", replace: "} from './field.ts';\nimport { bits as fieldOf } from './field.ts';" },
    {
      find: '  checkEveryBitOnce(title, facts.width, [',
      replace: `  if (title === '${title}') {
    fields = { ...fields, ${name}: withAttribute(${field}.attribute, fieldOf(${high}, ${low}, '${name}'), ${field}) };
  } else checkEveryBitOnce(title, facts.width, [`,
    },
  ];
}
