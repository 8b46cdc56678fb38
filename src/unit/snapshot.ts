import { hex } from '../bits/hex.ts';
import {
  anyObject,
  boolean,
  integer,
  isObject,
  members,
  oneOf,
  orNull,
  type Read,
  readAs,
  unsigned,
} from '../bits/json-values.ts';
import { pageText, pageValue } from '../bits/saved-words.ts';
import { type CachePolicy, cachePolicyValue } from '../caches/policy.ts';
import { CACHES, type SavedCaches } from '../caches/remembering.ts';
import type { RootTable } from '../dma-remapping/dma-remapping.ts';
import { FAULT_RECORDING, type SavedFaultRecording } from '../faults/fault-recording.ts';
import type { InterruptTable } from '../interrupt-remapping/interrupt-remapping.ts';
import { type SavedUnderWay, UNDER_WAY } from '../invalidation/under-way.ts';
import type { Choices } from '../platform/choices.ts';
import { registerValues, type UnitParameters } from '../platform/unit-parameters.ts';
import { REGISTERS, type SavedRegisters } from './saved-registers.ts';
import { type SavedVirtualCommands, VIRTUAL_COMMANDS } from './virtual-commands.ts';

const FORMAT = 'vtd-model unit';
const VERSION = 1;
/** More capability registers than any unit has. */
const MOST_REGISTERS = 2 ** 12;

/**
 * Not in the specification: all that a unit is and remembers, as plain JSON. Each component words its own part. Numbers of
 * 64 bits are hexadecimal strings.
 */
export interface UnitSnapshot {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly unit: {
    readonly version: number;
    readonly hostAddressWidth: number;
    readonly capabilities: string;
    readonly extendedCapabilities: string;
    /** The other registers that tell what a unit has. */
    readonly registers: Readonly<Record<string, string>>;
  };
  readonly choices: Choices;
  readonly caches: CachePolicy;
  /** Those that are not as after power-on. */
  readonly registers: SavedRegisters;
  /** RTADDR_REG and IRTA_REG as latched. */
  readonly rootTable: { readonly address: string; readonly mode: number; readonly ioPermissions: boolean };
  readonly interruptTable: { readonly address: string; readonly extended: boolean; readonly entries: number };
  readonly faults: SavedFaultRecording;
  readonly underWay: SavedUnderWay;
  readonly virtualCommands: SavedVirtualCommands;
  /** null in a unit without caches. */
  readonly remembered: SavedCaches | null;
}

/** A snapshot as it is read. */
export type ReadSnapshot = Read<typeof SNAPSHOT>;

/** What a snapshot is made of. */
export type UnitParts = Omit<UnitSnapshot, 'format' | 'version' | 'unit' | 'rootTable' | 'interruptTable'> & {
  readonly unit: UnitParameters;
  readonly rootTable: RootTable;
  readonly interruptTable: InterruptTable;
};

const powersOf2 = Array.from({ length: 16 }, (_, S) => 2 ** (S + 1));

const SNAPSHOT = members(
  {
    format: oneOf([FORMAT]),
    version: oneOf([VERSION]),
    unit: members(
      {
        version: integer(0, 0xff),
        hostAddressWidth: integer(32, 52),
        capabilities: unsigned(64),
        extendedCapabilities: unsigned(64),
        registers: registerValues(MOST_REGISTERS),
      },
      {},
    ),
    // The unit's own door judges them.
    choices: anyObject,
    caches: cachePolicyValue,
    registers: REGISTERS,
    rootTable: members({ address: pageValue, mode: integer(0, 3), ioPermissions: boolean }, {}),
    interruptTable: members({ address: pageValue, extended: boolean, entries: oneOf(powersOf2) }, {}),
    faults: FAULT_RECORDING,
    underWay: UNDER_WAY,
    virtualCommands: VIRTUAL_COMMANDS,
    remembered: orNull(CACHES),
  },
  {},
);

/** Not in the specification: the snapshot that these parts make. */
export function snapshotOf({ unit, caches, rootTable, interruptTable, ...others }: UnitParts): UnitSnapshot {
  const { version, hostAddressWidth, capabilities, extendedCapabilities, registers = {} } = unit;
  return {
    format: FORMAT,
    version: VERSION,
    unit: {
      version,
      hostAddressWidth,
      capabilities: hex(capabilities),
      extendedCapabilities: hex(extendedCapabilities),
      registers: Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, hex(value)])),
    },
    ...others,
    caches: typeof caches === 'string' ? caches : { ...caches },
    rootTable: {
      address: pageText(rootTable.page),
      mode: rootTable.mode,
      ioPermissions: rootTable.ioPermissions,
    },
    interruptTable: {
      address: pageText(interruptTable.page),
      extended: interruptTable.extended,
      entries: interruptTable.entries,
    },
  };
}

/** Not in the specification: throws a RangeError that says what was expected and where, unless `snapshot` has the form of one. */
export function readSnapshot(snapshot: unknown): ReadSnapshot {
  if (isObject(snapshot)) {
    // First: of another version nothing else is known.
    readAs(oneOf([FORMAT]), snapshot.format, 'snapshot.format');
    readAs(oneOf([VERSION]), snapshot.version, 'snapshot.version');
  }
  return readAs(SNAPSHOT, snapshot, 'snapshot');
}
