import { bitsSet, bitsText } from '../bits/bit-positions.ts';
import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import type { Fields, StructureDeclaration } from '../bits/structure.ts';
import { hexOf, sumOf, textOf, wordsAt } from './bytes.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import {
  DEVICE_SCOPE,
  DMAR,
  kindOfType,
  type PROPERTY_SCOPE,
  STRUCTURE_HEAD,
  STRUCTURE_KINDS,
  type StructureKind,
} from './structures.ts';
import type { DeviceScopeEntry, DmarTable, PathStep, RemappingStructure } from './table.ts';

/** Where a structure stands, in bytes from the table's first. */
export interface DmarPlace {
  readonly offset: number;
  /** As its Length says. */
  readonly length: number;
  /** Where each entry of its device scope begins. */
  readonly deviceScope: readonly number[];
}

/** What bytes say as a DMAR table, and what keeps them from saying it properly. */
export interface DmarReading {
  /** Undefined if the bytes are too few or do not begin with "DMAR". */
  readonly table: DmarTable | undefined;
  /** Of each structure of the table, in its order. */
  readonly places: readonly DmarPlace[];
  /** In the order of the table. */
  readonly findings: readonly DmarFinding[];
}

type Layout = StructureDeclaration<Fields>;

const HEADER_BYTES = DMAR.width / 8;
/** Type and Length, which each structure has. */
const HEAD_BYTES = STRUCTURE_HEAD.width / 8;
/** Of a scope entry, short of its path. */
const SCOPE_HEAD_BYTES = 6;

/**
 * Reads a DMAR table, §8.1. Whatever its bytes say is returned and nothing is thrown; the findings are those of the form:
 * lengths, the checksum, reserved bits, what no software could read. `validateDmar` finds all that is wrong.
 */
export function parseDmar(bytes: Uint8Array): DmarReading {
  if (bytes.length < HEADER_BYTES) {
    const spot = { offset: 0, field: 'DMAR: Length', value: bytes.length };
    return unreadable(
      finding('table-length', spot, `a table has ${HEADER_BYTES} bytes or more, here are ${bytes.length}`),
    );
  }
  const signature = textOf(bytes.subarray(0, 4));
  if (signature !== 'DMAR') {
    const spot = { offset: 0, field: 'DMAR: Signature', value: signature };
    return unreadable(
      finding('signature', spot, `the table begins with ${JSON.stringify(signature)}, not with "DMAR"`),
    );
  }
  return new Reader(bytes, wordsAt(bytes, 0, DMAR.width)).read();
}

const unreadable = (why: DmarFinding): DmarReading => ({ table: undefined, places: [], findings: [why] });

class Reader {
  readonly #bytes: Uint8Array;
  readonly #words: Words;
  readonly #structures: RemappingStructure[] = [];
  readonly #places: DmarPlace[] = [];
  readonly #findings: DmarFinding[] = [];

  constructor(bytes: Uint8Array, words: Words) {
    this.#bytes = bytes;
    this.#words = words;
  }

  read(): DmarReading {
    const end = this.#readHeader();
    for (let offset = HEADER_BYTES; offset < end; ) {
      const length = this.#readStructure(offset, end);
      if (length === undefined) break;
      offset += length;
    }
    const { signature, length, checksum, hostAddressWidth, ...values } = DMAR.unpack(this.#words);
    const text = (first: number, count: number) => textOf(this.#bytes.subarray(first, first + count));
    const table: DmarTable = {
      ...values,
      oemId: text(10, 6),
      oemTableId: text(16, 8),
      creatorId: text(28, 4),
      hostAddressWidth: hostAddressWidth + 1,
      structures: this.#structures,
    };
    return { table, places: this.#places, findings: this.#findings };
  }

  /** §8.1. Returns where the structures end. */
  #readHeader(): number {
    const size = this.#bytes.length;
    const length = DMAR.length(this.#words);
    const at = (name: 'length' | 'revision' | 'checksum') =>
      spotOf(DMAR, 0, DMAR.fields[name], DMAR.fields[name](this.#words));
    if (length < HEADER_BYTES) this.#add('table-length', at('length'), `Length is ${length}, below the 48 of a table`);
    if (length > size) {
      this.#add(
        'table-length',
        at('length'),
        `Length is ${length}, and here are ${size} bytes: ${length - size} are missing`,
      );
    }
    if (DMAR.revision(this.#words) !== 1) {
      this.#add('revision', at('revision'), `Revision is ${DMAR.revision(this.#words)}`);
    }
    const sum = sumOf(this.#bytes.subarray(0, length));
    // Of bytes that are not there nobody knows the sum.
    if (length <= size && sum !== 0) {
      const right = (DMAR.checksum(this.#words) - sum) & 0xff;
      this.#add('checksum', at('checksum'), `the bytes sum up to ${hex(sum, 2)}`, `set Checksum to ${hex(right, 2)}`);
    }
    this.#checkReserved(DMAR, this.#words, 0);
    if (length >= HEADER_BYTES && length < size) {
      const spot = { offset: length, field: 'after the table', value: size - length };
      this.#add('trailing-bytes', spot, `${size - length} bytes follow the ${length} of the table`);
    }
    return Math.min(length, size);
  }

  /** §8.2. Returns the length of the structure at `offset`; undefined if it has none that could be used. */
  #readStructure(offset: number, end: number): number | undefined {
    const left = end - offset;
    if (left < HEAD_BYTES) {
      const spot = { offset, field: 'structure: Length', value: left };
      this.#add('structure-length', spot, `${left} bytes are left, too few for Type and Length of a structure`);
      return undefined;
    }
    const words = wordsAt(this.#bytes, offset, STRUCTURE_HEAD.width);
    const { type, length } = STRUCTURE_HEAD.unpack(words);
    const kind = kindOfType(type);
    const name = kind ?? `structure of type ${type}`;
    const spot = spotOf({ title: name }, offset, STRUCTURE_HEAD.length, length);
    if (length < HEAD_BYTES) {
      const padding = type === 0 && length === 0 ? ': zero bytes at the end are no structure' : '';
      this.#add('structure-length', spot, `Length is ${length}, and what follows cannot be found${padding}`);
      return undefined;
    }
    if (length > left) {
      this.#add('structure-length', spot, `Length is ${length}, and ${left} bytes are left of the table`);
      return undefined;
    }
    if (kind === undefined) {
      const typeSpot = spotOf(STRUCTURE_HEAD, offset, STRUCTURE_HEAD.type, type);
      this.#add(
        'structure-type',
        typeSpot,
        `type ${type} is none of the document, and its ${length} bytes are skipped`,
      );
      this.#keepOther(type, offset, length);
      return length;
    }
    const least = STRUCTURE_KINDS[kind].layout.width / 8;
    if (length < least) {
      const rule = kind === 'RHSA' ? 'affinity-length' : 'structure-length';
      this.#add(rule, spot, `Length is ${length}, and ${kind} has ${least} bytes or more; it is skipped`);
      this.#keepOther(type, offset, length);
      return length;
    }
    if (kind === 'RHSA' && length !== least) {
      this.#add('affinity-length', spot, `Length is ${length}, and an RHSA has ${least} bytes`);
    }
    this.#keep(kind, offset, length);
    return length;
  }

  #keepOther(type: number, offset: number, length: number): void {
    const data = hexOf(this.#bytes.subarray(offset + HEAD_BYTES, offset + length));
    this.#structures.push({ kind: 'other', type, data });
    this.#places.push({ offset, length, deviceScope: [] });
  }

  #keep(kind: StructureKind, offset: number, length: number): void {
    const layout: Layout = STRUCTURE_KINDS[kind].layout;
    const words = wordsAt(this.#bytes, offset, layout.width);
    this.#checkReserved(layout, words, offset);
    const { type: _, length: __, ...values } = layout.unpack(words);
    const behind = offset + layout.width / 8;
    const end = offset + length;
    const places: number[] = [];
    const more =
      kind === 'ANDD'
        ? { acpiObjectName: this.#readName(behind, end) }
        : kind === 'RHSA'
          ? {}
          : { deviceScope: this.#readScope(kind, behind, end, places) };
    this.#structures.push({ kind, ...values, ...more } as unknown as RemappingStructure);
    this.#places.push({ offset, length, deviceScope: places });
  }

  /** §8.7. */
  #readName(offset: number, end: number): string {
    const bytes = this.#bytes.subarray(offset, end);
    const name = String.fromCharCode(...bytes.subarray(0, bytes.indexOf(0) < 0 ? bytes.length : bytes.indexOf(0)));
    const spot = { offset, field: 'ANDD: ACPI Object Name', value: name };
    const zeros = bytes.length - name.length;
    if (zeros === 0) this.#add('name-end', spot, 'no zero byte ends ACPI Object Name within the structure');
    if (zeros > 1) this.#add('name-end', spot, `ACPI Object Name ends ${zeros - 1} bytes before the structure does`);
    if (!/^\\[\x21-\x7e]+$/.test(name)) {
      this.#add('name-path', spot, `ACPI Object Name ${JSON.stringify(name)} is no path from the root`);
    }
    return name;
  }

  /** §8.3.1. Puts the offsets of the entries into `places`. */
  #readScope(kind: StructureKind, start: number, end: number, places: number[]): DeviceScopeEntry[] {
    const layout = STRUCTURE_KINDS[kind].scope ?? DEVICE_SCOPE;
    const entries: DeviceScopeEntry[] = [];
    for (let offset = start; offset < end; ) {
      const left = end - offset;
      // Length is the second byte; a single one is left without it.
      const length = left < 2 ? 0 : this.#bytes[offset + 1]!;
      const spot = spotOf({ title: `${kind} Device Scope` }, offset, layout.length, length);
      if (left < 2) {
        this.#add('scope-length', spot, 'one byte is left of the structure, too few for an entry');
        break;
      }
      if (length > left) {
        this.#add('scope-length', spot, `Length is ${length}, and ${left} bytes are left of the structure`);
        break;
      }
      if (length < SCOPE_HEAD_BYTES + 2) {
        this.#add('scope-length', spot, `Length is ${length}, and an entry has 8 bytes or more`);
        break;
      }
      if (length % 2 !== 0) this.#add('scope-length', spot, `Length is ${length}, and a path has two bytes a pair`);
      entries.push(this.#readEntry(kind, layout, offset, length));
      places.push(offset);
      offset += length;
    }
    return entries;
  }

  #readEntry(
    kind: StructureKind,
    layout: typeof DEVICE_SCOPE | typeof PROPERTY_SCOPE,
    offset: number,
    length: number,
  ): DeviceScopeEntry {
    const words = wordsAt(this.#bytes, offset, layout.width);
    this.#checkReserved({ ...layout, title: `${kind} Device Scope` }, words, offset);
    const { length: _, device, function: __, ...values } = layout.unpack(words);
    const pairs = Math.floor((length - SCOPE_HEAD_BYTES) / 2);
    const path = Array.from({ length: pairs }, (___, n): PathStep => {
      const at = offset + SCOPE_HEAD_BYTES + 2 * n;
      return { device: this.#bytes[at]!, function: this.#bytes[at + 1]! };
    });
    return { ...values, path };
  }

  #checkReserved(layout: Pick<Layout, 'title' | 'reservedMask'>, words: Words, offset: number): void {
    const set = bitsSet(words, layout.reservedMask);
    if (set.length === 0) return;
    const lowest = Math.floor(set.at(-1)! / 8);
    const value = (words[lowest >>> 2]! >>> (8 * (lowest & 3))) & 0xff;
    const spot = { offset: offset + lowest, field: `${layout.title}: Reserved`, value };
    this.#add('reserved', spot, `reserved ${bitsText(set)} set`);
  }

  #add(...found: Parameters<typeof finding>): void {
    this.#findings.push(finding(...found));
  }
}
