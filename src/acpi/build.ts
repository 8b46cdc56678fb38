import { bytesOf, numberOfText, sumOf } from './bytes.ts';
import { DMAR, STRUCTURE_HEAD, STRUCTURE_KINDS, type StructureKind } from './structures.ts';
import type { DeviceScopeEntry, DmarTable, PropertyScopeEntry, RemappingStructure } from './table.ts';

/** What has to be said of a structure or a scope entry: fields that are left out are 0, a scope is empty. */
export type Parts<T> = T extends { readonly kind: infer Kind }
  ? { readonly kind: Kind } & Partial<Omit<T, 'kind' | 'deviceScope'>> & ScopeParts<T>
  : never;
type ScopeParts<T> = T extends { readonly deviceScope: readonly (infer Entry)[] }
  ? { readonly deviceScope?: readonly EntryParts<Entry>[] }
  : unknown;
type EntryParts<T> = Partial<T> & Pick<DeviceScopeEntry, 'type' | 'path'>;

/** What has to be said of a table: revision is 1, text and numbers that are left out are empty and 0. */
export type DmarParts = Partial<Omit<DmarTable, 'hostAddressWidth' | 'structures'>> & {
  readonly hostAddressWidth: number;
  readonly structures: readonly Parts<RemappingStructure>[];
};

/** The least of a layout that building needs. */
interface Packer {
  pack(values: Readonly<Record<string, unknown>>): Uint32Array;
}

const SIGNATURE = numberOfText('DMAR', 4, 'Signature');

/**
 * The bytes of a table, §8.1, with every length and the checksum as they have to be. Structures come in the order in which
 * they are given; nothing is judged but that each value fits its field. Throws a RangeError that names the one that
 * does not.
 */
export function buildDmar(table: DmarParts): Uint8Array {
  const { structures, hostAddressWidth, oemId = '', oemTableId = '', creatorId = '', ...numbers } = table;
  if (!Number.isInteger(hostAddressWidth) || hostAddressWidth < 1 || hostAddressWidth > 256) {
    throw new RangeError(`hostAddressWidth is an integer from 1 to 256, got ${hostAddressWidth}`);
  }
  const tail = structures.flatMap(structureBytes);
  const header = {
    revision: 1,
    ...numbers,
    signature: Number(SIGNATURE),
    length: DMAR.width / 8 + tail.length,
    checksum: 0,
    oemId: numberOfText(oemId, 6, 'oemId'),
    oemTableId: numberOfText(oemTableId, 8, 'oemTableId'),
    creatorId: Number(numberOfText(creatorId, 4, 'creatorId')),
    hostAddressWidth: hostAddressWidth - 1,
  };
  const bytes = Uint8Array.from([...bytesOf(DMAR.pack(header)), ...tail]);
  bytes[DMAR.checksum.low / 8] = -sumOf(bytes) & 0xff;
  return bytes;
}

function structureBytes(structure: Parts<RemappingStructure>): number[] {
  if (structure.kind === 'other') return otherBytes(structure.type ?? 0, structure.data ?? '');
  const { kind, deviceScope = [], acpiObjectName, ...values } = { acpiObjectName: undefined, ...withScope(structure) };
  const { type, layout, scope } = STRUCTURE_KINDS[kind];
  const tail =
    kind === 'ANDD' ? nameBytes(acpiObjectName ?? '') : deviceScope.flatMap((entry) => scopeBytes(scope!, entry));
  const length = layout.width / 8 + tail.length;
  return [...bytesOf((layout as Packer).pack({ ...values, type, length })), ...tail];
}

interface AnyStructure {
  readonly kind: StructureKind;
  readonly deviceScope?: readonly EntryParts<DeviceScopeEntry | PropertyScopeEntry>[];
  readonly acpiObjectName?: string;
}

const withScope = (structure: Exclude<Parts<RemappingStructure>, { kind: 'other' }>): AnyStructure => structure;

/** Of a type that the document does not have; one that it has would be read as what it is. */
function otherBytes(type: number, data: string): number[] {
  if (!/^(?:[0-9a-f]{2})*$/i.test(data)) {
    throw new RangeError(`data is two hexadecimal digits a byte, got ${JSON.stringify(data)}`);
  }
  const tail = data.match(/../g)?.map((digits) => Number.parseInt(digits, 16)) ?? [];
  return [...bytesOf(STRUCTURE_HEAD.pack({ type, length: 4 + tail.length })), ...tail];
}

function nameBytes(name: string): number[] {
  const codes = [...name].map((character) => character.codePointAt(0)!);
  if (codes.some((code) => code === 0 || code > 0x7f)) {
    throw new RangeError(`acpiObjectName is ASCII without a zero, got ${JSON.stringify(name)}`);
  }
  return [...codes, 0];
}

function scopeBytes(layout: object, { path, ...values }: EntryParts<DeviceScopeEntry>): number[] {
  const [first, ...more] = path;
  if (first === undefined) throw new RangeError('path has one pair of device and function or more, got none');
  const words = (layout as Packer).pack({
    ...values,
    length: 6 + 2 * path.length,
    device: first.device,
    function: first.function,
  });
  return [...bytesOf(words), ...more.flatMap((step) => [octet(step.device), octet(step.function)])];
}

function octet(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xff) {
    throw new RangeError(`a path has numbers of 8 bits, got ${value}`);
  }
  return value;
}
