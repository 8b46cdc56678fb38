import { DEFAULT_CHOICES } from './choices.ts';
import { opinion } from './index.ts';
import type { Choices, Latched, MemoryReader, Opinion, Request, UnitFacts } from './types.ts';

/** A sparse memory that reads 0 where nothing was put and refuses chosen pages. */
export class Memory implements MemoryReader {
  readonly words = new Map<bigint, bigint>();
  readonly refused = new Set<bigint>();
  readonly seen: bigint[] = [];

  put(address: bigint, ...words: bigint[]): this {
    words.forEach((word, i) => {
      this.words.set(address + BigInt(8 * i), word);
    });
    return this;
  }

  refuse(page: bigint): this {
    this.refused.add(page);
    return this;
  }

  read(address: bigint): bigint | undefined {
    this.seen.push(address);
    if (this.refused.has(address - (address % 4096n))) return undefined;
    return this.words.get(address) ?? 0n;
  }

  write(address: bigint, value: bigint): boolean {
    if (this.refused.has(address - (address % 4096n))) return false;
    this.words.set(address, value);
    return true;
  }
}

/** CAP_REG: MGAW=48, SAGAW=48-bit, ND=6, ZLR, 2M and 1G second-stage pages, FS1GP, both protected regions. */
export const CAP =
  6n | (1n << 5n) | (1n << 6n) | (4n << 8n) | (47n << 16n) | (1n << 22n) | (3n << 34n) | (1n << 56n) | (1n << 63n);

/** ECAP_REG: everything chapters 3 and 4 can use except HPTS and PTRS; PSS=19. */
export const ECAP = [0, 1, 2, 3, 6, 7, 25, 26, 29, 31, 33, 34, 40, 43, 45, 46, 47, 48, 49, 52, 53, 57].reduce(
  (value, bit) => value | (1n << BigInt(bit)),
  19n << 35n,
);

export function unitOf(
  changes: { cap?: bigint; ecap?: bigint; version?: number; haw?: number; choices?: Partial<Choices> } = {},
): UnitFacts {
  return {
    version: changes.version ?? 0x70,
    hostAddressWidth: changes.haw ?? 46,
    capabilities: changes.cap ?? CAP,
    extendedCapabilities: changes.ecap ?? ECAP,
    choices: { ...DEFAULT_CHOICES, ...changes.choices },
  };
}

export function latchedOf(changes: Partial<Latched> = {}): Latched {
  return {
    rtaddr: 0x1000n,
    tes: true,
    ires: false,
    pmen: false,
    plmBase: 0n,
    plmLimit: 0n,
    phmBase: 0n,
    phmLimit: 0n,
    ...changes,
  };
}

/** Source 01:02.0; an untranslated 4-byte read unless told otherwise. */
export function requestOf(changes: Partial<Request> = {}): Request {
  return { source: 0x0110, address: 0x12345678n, access: 'read', length: 4, type: 'untranslated', ...changes };
}

/** Root 1000h, context table 2000h, four levels from 10000h on: 12345000h -> 7777000h. */
export function legacyTables(leaf = 0x7777003n, type = 1n): Memory {
  const memory = new Memory();
  memory.put(0x1000n + 0x10n, 0x2001n, 0n);
  memory.put(0x2000n + 0x100n, 0x10001n | (type << 2n), 2n | (5n << 8n));
  memory.put(0x10000n, 0x11003n);
  memory.put(0x11000n, 0x12003n);
  memory.put(0x12000n + 8n * 0x91n, 0x13003n);
  memory.put(0x13000n + 8n * 0x145n, leaf);
  return memory;
}

/** What a scalable test changes: words ORed into or put instead of the defaults. */
export interface ScalableShape {
  pgtt?: bigint;
  /** Replaces P|DTE|PASIDE in word 0 of the context entry. */
  contextFlags?: bigint;
  /** Word 1: RID_PASID, RID_PRIV. */
  contextRid?: bigint;
  /** ORed into words 0 to 7 of the PASID-table entry. */
  entry?: readonly bigint[];
  aw?: bigint;
}

const PWSNP = 1n << 23n;

/**
 * Root 1000h, context 2000h, directory 3000h, PASID table 4000h (all 64 entries alike).
 * First stage at 20000h: 12345000h -> 7777000h, 4 KB. Second stage at 10000h: identity for 1 GB, 4 KB pages in the first 2 MB.
 */
export function scalableTables(shape: ScalableShape = {}): Memory {
  const { pgtt = 1n, contextFlags = 0xdn, contextRid = 0x41n, entry = [], aw = 2n } = shape;
  const memory = new Memory();
  memory.put(0x1010n, 0x2001n, 0x2001n);
  memory.put(0x2000n + 0x10n * 32n, 0x3000n | contextFlags, contextRid);
  for (let i = 0n; i < 128n; i += 1n) memory.put(0x3000n + 8n * i, 0x4001n);
  const words = [0x10001n | (pgtt << 6n) | (aw << 2n), 5n | PWSNP, pgtt === 1n || pgtt === 3n ? 0x20000n : 0n];
  for (let i = 0n; i < 64n; i += 1n) {
    for (let w = 0; w < 8; w += 1) memory.put(0x4000n + 64n * i + BigInt(8 * w), (words[w] ?? 0n) | (entry[w] ?? 0n));
  }
  memory.put(0x20000n, 0x21007n).put(0x21000n, 0x22007n);
  memory.put(0x22000n + 8n * 0x91n, 0x23007n).put(0x23000n + 8n * 0x145n, 0x7777007n);
  memory.put(0x10000n, 0x11003n).put(0x11000n, 0x12003n).put(0x12000n, 0x13003n);
  for (let i = 1n; i < 512n; i += 1n) memory.put(0x12000n + 8n * i, (i << 21n) | 0x83n);
  for (let i = 0n; i < 512n; i += 1n) memory.put(0x13000n + 8n * i, (i << 12n) | 3n);
  return memory;
}

export const TR = { type: 'translation' } as const;
export const TD = { type: 'translated' } as const;

/** The opinion on a request in scalable mode. */
export function ask(memory: Memory, request: Partial<Request> = {}, unit = unitOf(), latched: Partial<Latched> = {}) {
  return opinion(unit, latchedOf({ rtaddr: 0x1400n, ...latched }), memory, requestOf(request));
}

/** An opinion in a few words: `completed`, or `UR SPT.1 58`. */
export function short(answer: Opinion): string {
  if (answer.fault === undefined) return answer.outcome;
  return `${answer.outcome} ${answer.fault.condition} ${answer.fault.reason.toString(16)}`;
}

/** The opinion on a request over scalable-mode tables that are changed like this. */
export function shape(
  changes: ScalableShape,
  request: Partial<Request> = {},
  unit = unitOf(),
  latched: Partial<Latched> = {},
) {
  return short(ask(scalableTables(changes), request, unit, latched));
}

/** A unit without the capabilities at these bits of ECAP_REG. */
export function without(...bits: number[]) {
  return unitOf({ ecap: bits.reduce((value, bit) => value & ~(1n << BigInt(bit)), ECAP) });
}
