import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Choices } from '../platform/choices.ts';
import type { Memory } from '../platform/memory.ts';
import { QEMU_CHOICES } from '../platform/presets.ts';
import type { UnitParameters } from '../platform/unit-parameters.ts';
import { type DebugfsListing, isDebugfs, readDebugfs, type UnitListing } from './debugfs.ts';
import { type ListedTables, listedTables } from './debugfs-memory.ts';
import { hostAddressWidthOf } from './dmar.ts';
import { ElfCore, isElf } from './elf-core.ts';
import { FileMemory, type PageSource } from './file-memory.ts';
import { inspect, readBytes, readJson } from './files.ts';
import { isHexDump, readHexDump } from './hex-dump.ts';
import { InputError, quoted } from './input-error.ts';
import { isKdump, Kdump } from './kdump.ts';
import { pieceOf, RawFile } from './raw.ts';
import { type RegisterValues, readSparseJson } from './sparse-json.ts';

/** What an image does not say about itself, or what is to hold instead of what it says. */
export interface ImageOptions {
  /** The address of a raw file's first byte: with it a file is raw, without it what it begins as. */
  readonly base?: bigint;
  /** More memory, in raw files. */
  readonly regions?: readonly Region[];
  /** HAW; otherwise from `dmar.bin` beside the dump. */
  readonly hostAddressWidth?: number;
  /** CAP_REG. */
  readonly capabilities?: bigint;
  /** ECAP_REG. */
  readonly extendedCapabilities?: bigint;
  /** RTADDR_REG. */
  readonly root?: bigint;
  /** IRTA_REG. */
  readonly interruptTable?: bigint;
  /** The unit of a debugfs listing, where it has several: `dmar0`. */
  readonly listedUnit?: string;
}

/** A raw file, and the address of its first byte. */
export interface Region {
  readonly path: string;
  readonly base: bigint;
}

/** Memory with the tables of a unit, and the unit's registers. */
export interface Image {
  /** The folder or the file. */
  readonly path: string;
  readonly name: string;
  /** Where it is from, in a few words; empty if it does not say. */
  readonly description: string;
  readonly memory: Memory;
  readonly registers: RegisterValues;
  readonly unit: UnitParameters;
  /** Freedoms that the unit of the image is known to take otherwise than by default. */
  readonly choices: Partial<Choices>;
}

const OFFSET = Object.freeze({ VER: 0x00, CAP: 0x08, ECAP: 0x10, GSTS: 0x1c, RTADDR: 0x20 });
const IRTA = 0xb8;

/** GSTS_REG of an image of memory alone, since software has set up what is asked about: RTPS and TES, and IRTPS and IRES. */
const WITH_ROOT = 0xc000_0000n;
const WITH_INTERRUPT_TABLE = 0x0300_0000n;
/** RTADDR_REG.TTM of scalable mode, and IRTA_REG.S of 65536 entries, as Linux makes the table. */
const SCALABLE_MODE = 0x400n;
const WHOLE_TABLE = 0xfn;
/** VER_REG of such an image: version 1.0. */
const ASSUMED_VERSION = 0x10n;

/**
 * Opens a memory image: a folder with `dump.json` and `dmar.bin`, such a JSON file alone, an ELF core, a dump of
 * makedumpfile, a hex dump, what Linux lists in debugfs, or with `options.base` a raw file. Throws an InputError, one sentence, for whatever cannot be used.
 */
export function openImage(path: string, options: ImageOptions = {}): Image {
  const { base, regions = [] } = options;
  const isFolder = inspect(path, 'a memory image').isDirectory();
  if (isFolder && (base !== undefined || regions.length > 0)) {
    const which = base === undefined ? 'a region' : 'a base address';
    throw new InputError(`${which} goes with a raw file, and ${path} is a folder`);
  }
  if (isFolder) return openDump(path, join(path, 'dump.json'), options);
  const others = regions.map((region) => new RawFile(region.path, region.base));
  const of = (source: PageSource) => openMemory(path, new FileMemory([source, ...others]), options);
  if (base !== undefined) return of(new RawFile(path, base));
  const head = pieceOf(path, 0, HEAD_BYTES);
  if (isElf(head)) return of(new ElfCore(path));
  if (isKdump(head)) return of(new Kdump(path));
  if (regions.length > 0) throw new InputError(`--region goes with a raw file, an ELF core or a dump of makedumpfile`);
  const text = new TextDecoder().decode(head);
  if (isDebugfs(text)) return openListing(path, options);
  if (!isHexDump(text)) return openDump(path, path, options);
  return openMemory(path, readHexDump(readBytes(path, 'a hex dump').toString('utf8'), path), options);
}

/** Bytes at the beginning of a file that say what it is, and enough of a text to see a line. */
const HEAD_BYTES = 4096;

/** A register of an image; one of 64 bits also where it was dumped as two halves. 0 if the image does not have it. */
export function registerOf({ registers }: Pick<Image, 'registers'>, offset: number, width: 32 | 64): bigint {
  const low = registers.get(offset) ?? 0n;
  const high = width === 64 ? (registers.get(offset + 4) ?? 0n) : 0n;
  return BigInt.asUintN(width, low | (high << 32n));
}

function openDump(path: string, file: string, options: ImageOptions): Image {
  const dump = readSparseJson(readJson(file, 'a dump in JSON'), file);
  const registers = withOptions(dump.registers, options);
  for (const [name, offset] of Object.entries(OFFSET)) {
    if (!registers.has(offset)) {
      throw new InputError(`expected ${name}_REG (0x${offset.toString(16)}) in "registers" of ${file}`);
    }
  }
  const hostAddressWidth = options.hostAddressWidth ?? widthBeside(file);
  const unit = parametersOf(registers, hostAddressWidth);
  const choices = dump.fromQemu ? QEMU_CHOICES : {};
  return { path, name: nameOf(path), description: dump.description, memory: dump.memory, registers, unit, choices };
}

function widthBeside(file: string): number {
  const table = join(dirname(file), 'dmar.bin');
  if (existsSync(table)) return hostAddressWidthOf(table);
  throw new InputError(`expected ${table}, which has the host address width; without it give --haw`);
}

function openMemory(path: string, memory: Memory, options: ImageOptions): Image {
  const { capabilities, extendedCapabilities, root, interruptTable, hostAddressWidth } = options;
  if (
    capabilities === undefined ||
    extendedCapabilities === undefined ||
    (root === undefined && interruptTable === undefined) ||
    hostAddressWidth === undefined
  ) {
    throw new InputError(`this image holds memory only: give --cap, --ecap, --root or --irta, and --haw for ${path}`);
  }
  const registers = withOptions(assumedRegisters(root, interruptTable), options);
  const unit = parametersOf(registers, hostAddressWidth);
  return { path, name: nameOf(path), description: 'memory alone', memory, registers, unit, choices: {} };
}

/** The unit of what Linux lists in debugfs, and its tables. Throws an InputError if it is none. */
export function readListing(
  path: string,
  name?: string,
): { readonly unit: UnitListing; readonly tables: ListedTables } {
  const listing = readDebugfs(readBytes(path, 'a debugfs listing').toString('utf8'), path);
  const unit = listedUnit(listing, name, path);
  return { unit, tables: listedTables(listing, unit) };
}

function listedUnit({ units }: DebugfsListing, name: string | undefined, path: string): UnitListing {
  const names = units.map((unit) => unit.name).join(', ');
  if (name === undefined) {
    const [only, ...others] = units;
    if (only === undefined) throw new InputError(`expected a listing of a unit in ${path}, such as iommu_regset`);
    if (others.length === 0) return only;
    throw new InputError(`${path} lists the units ${names}: say which with --unit`);
  }
  const found = units.find((unit) => unit.name === name);
  if (found === undefined) throw new InputError(`${path} lists the units ${names}, not ${quoted(name)}`);
  return found;
}

function openListing(path: string, options: ImageOptions): Image {
  const { unit, tables } = readListing(path, options.listedUnit);
  const { root, interruptTable, translations } = unit;
  const scalable = translations.some(({ pasid }) => pasid !== undefined) ? SCALABLE_MODE : 0n;
  const listed = new Map([
    ...assumedRegisters(root, interruptTable),
    ...(root === undefined ? [] : [[OFFSET.RTADDR, root | scalable] as const]),
    ...(interruptTable === undefined ? [] : [[IRTA, interruptTable | WHOLE_TABLE] as const]),
    ...unit.registers,
  ]);
  const registers = withOptions(listed, options);
  const { hostAddressWidth } = options;
  if (!registers.has(OFFSET.CAP) || !registers.has(OFFSET.ECAP) || hostAddressWidth === undefined) {
    const missing = registers.has(OFFSET.CAP) ? '--haw' : '--cap, --ecap (or iommu_regset in it) and --haw';
    throw new InputError(`a debugfs listing does not say all of a unit: give ${missing} for ${path}`);
  }
  const parameters = parametersOf(registers, hostAddressWidth);
  const description = `${unit.name} as Linux lists it in debugfs`;
  return { path, name: nameOf(path), description, memory: tables.memory, registers, unit: parameters, choices: {} };
}

/** VER_REG and GSTS_REG of a unit that has the tables which are given. */
function assumedRegisters(root: bigint | undefined, interruptTable: bigint | undefined): RegisterValues {
  const status = (root === undefined ? 0n : WITH_ROOT) | (interruptTable === undefined ? 0n : WITH_INTERRUPT_TABLE);
  return new Map([
    [OFFSET.VER, ASSUMED_VERSION],
    [OFFSET.GSTS, status],
  ]);
}

function withOptions(registers: RegisterValues, options: ImageOptions): RegisterValues {
  const given: readonly (readonly [number, bigint | undefined])[] = [
    [OFFSET.CAP, options.capabilities],
    [OFFSET.ECAP, options.extendedCapabilities],
    [OFFSET.RTADDR, options.root],
    [IRTA, options.interruptTable],
  ];
  const result = new Map(registers);
  for (const [offset, value] of given) {
    if (value === undefined) continue;
    result.set(offset, value);
    result.delete(offset + 4);
  }
  return result;
}

function parametersOf(registers: RegisterValues, hostAddressWidth: number): UnitParameters {
  return {
    version: Number(registerOf({ registers }, OFFSET.VER, 32)),
    hostAddressWidth,
    capabilities: registerOf({ registers }, OFFSET.CAP, 64),
    extendedCapabilities: registerOf({ registers }, OFFSET.ECAP, 64),
  };
}

const nameOf = (path: string): string => basename(resolve(path));
