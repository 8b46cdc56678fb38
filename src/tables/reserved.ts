import { bitsSet } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import { firstStageFormat, type ReservedBits, secondStageFormat } from '../dma-remapping/reserved-bits.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { HptL1Entry, HptL2Entry, HptL3Entry, HptL4Entry } from '../structures/host-permission-entry.ts';
import { InterruptRemappingEntry, PostedInterruptRemappingEntry } from '../structures/interrupt-remapping-entry.ts';
import { PasidDirectoryEntry } from '../structures/pasid-directory-entry.ts';
import { PasidTableEntry } from '../structures/pasid-table-entry.ts';
import { PostedInterruptDescriptor } from '../structures/posted-interrupt-descriptor.ts';
import { RootEntry } from '../structures/root-entry.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import { reservedInDescriptor, reservedInEntry } from './interrupt-reserved.ts';
import type { InterruptUnit } from './interrupts.ts';

const PASS_THROUGH = 0b10;
const LEVELS = [1, 2, 3, 4, 5];
const INTERRUPT_ENTRIES: ReadonlySet<string> = new Set([
  InterruptRemappingEntry.title,
  PostedInterruptRemappingEntry.title,
]);

type MaskOf = (reserved: ReservedBits, words: Words, ioPermissions: boolean) => Words | undefined;

/** Where the walks of the model take the mask of a format from, by the format's title. */
const MASKS: ReadonlyMap<string, MaskOf> = new Map<string, MaskOf>([
  [RootEntry.title, ({ root }) => root],
  [ContextEntry.title, (r, words) => (ContextEntry.TT(words) === PASS_THROUGH ? r.contextPassThrough : r.context)],
  [ScalableModeRootEntry.title, scalableRootMask],
  [ScalableModeContextEntry.title, ({ scalableContext }) => scalableContext],
  [PasidDirectoryEntry.title, ({ pasidDirectory }) => pasidDirectory],
  [PasidTableEntry.title, ({ pasidTable }) => pasidTable],
  ...[HptL4Entry, HptL3Entry, HptL2Entry, HptL1Entry].map(({ title }, n): [string, MaskOf] => [
    title,
    ({ hostPermission }) => hostPermission[n],
  ]),
  ...LEVELS.flatMap((level) =>
    [false, true].flatMap((leaf): [string, MaskOf][] => [
      [firstStageFormat(level, leaf).title, ({ firstStage }) => firstStage.of(level, leaf)],
      [secondStageFormat(level, leaf).title, (r, _, io) => (io ? r.secondStageIo : r.secondStage).of(level, leaf)],
    ]),
  ),
]);

/** §9.2: a half that is not present means nothing in its other bits. */
function scalableRootMask({ scalableRootLower, scalableRootUpper }: ReservedBits, words: Words): Words {
  const lower = ScalableModeRootEntry.LP(words) === 1;
  const upper = ScalableModeRootEntry.UP(words) === 1;
  return scalableRootLower.map((word, n) => (lower ? word : 0) | (upper ? scalableRootUpper[n]! : 0));
}

/** What is reserved in an entry of a unit, with SSIRWE or not; undefined for a format that no walk judges. */
export const reservedMaskOf = (
  format: { readonly title: string },
  words: Words,
  reserved: ReservedBits,
  ioPermissions: boolean,
) => MASKS.get(format.title)?.(reserved, words, ioPermissions);

/** The reserved bits that an entry of a unit sets. */
export function reservedBitsSet(
  format: StructureDeclaration,
  words: Words,
  unit: Pick<InterruptUnit, 'reserved' | 'rootTable' | 'interruptReserved' | 'interruptTable'>,
): number[] {
  if (INTERRUPT_ENTRIES.has(format.title)) return reservedInEntry(unit, words);
  if (format.title === PostedInterruptDescriptor.title) return reservedInDescriptor(unit, words);
  const { reserved, rootTable } = unit;
  return bitsSet(words, reservedMaskOf(format, words, reserved, rootTable.ioPermissions) ?? format.reservedMask);
}
