import { AllowedAnswers } from './allowed.ts';
import type { AllowedChoices } from './exploration.ts';
import type { Command } from './invalidation-command.ts';

export type Shape = { version?: number; clear?: bigint; set?: bigint; choices?: Partial<AllowedChoices> };

/** CAP_REG: ND=6, SAGAW=48-bit, MGAW=48, 2M and 1G pages in both stages, PSI, MAMV=18, ESRTPS; CM=0, RWBF=0. */
export const CAPABILITIES =
  6n | (4n << 8n) | (47n << 16n) | (3n << 34n) | (1n << 39n) | (18n << 48n) | (1n << 56n) | (1n << 63n);

/** ECAP_REG: QI, DT, IR, PT, SC, NEST, SRS, PASID, SMTS, SSADS, SSTS, FSTS, SMPWCS, RPS; PSS=19. */
export const EXTENDED = [1, 2, 3, 6, 7, 26, 31, 40, 43, 45, 46, 47, 48, 49].reduce(
  (value, bit) => value | (1n << BigInt(bit)),
  19n << 35n,
);

export const CM = 1n << 7n;
export const RWBF = 1n << 4n;
export const ESRTPS = 1n << 63n;
export const SMTS = 1n << 43n;

export const A = 0x0100;
export const B = 0x0108;

/** Addresses that requests use: X and Y share a 4 KB table, Z has its own, V lies in another 1 GB. */
export const X = 0x1000n;
export const Y = 0x2000n;
export const Z = 0x20_1000n;
export const V = 0x4000_1000n;

/** Where the structures are. */
export const AT = {
  root: 0x1000n,
  contexts: 0x2000n,
  directory: 0x3000n,
  pasids: 0x4000n,
  /** Four levels each: PML4, PDPT, PD, PT for X and Y, PT for Z, PD and PT for V. */
  second: 0x1_0000n,
  otherSecond: 0x2_0000n,
  first: 0x3_0000n,
  otherFirst: 0x4_0000n,
} as const;

/** The tables of one domain or process: X, Y, Z, V go to four pages from `frame` on. */
function putTables(unit: AllowedAnswers, top: bigint, frame: bigint, bits: bigint): void {
  const page = (n: bigint) => top + n * 0x1000n;
  unit.write(page(0n), [page(1n) | bits]);
  unit.write(page(1n), [page(2n) | bits, page(5n) | bits]);
  unit.write(page(2n), [page(3n) | bits, page(4n) | bits]);
  unit.write(page(3n), [0n, frame | bits, (frame + 0x1000n) | bits]);
  unit.write(page(4n), [0n, (frame + 0x2000n) | bits]);
  unit.write(page(5n), [page(6n) | bits]);
  unit.write(page(6n), [0n, (frame + 0x3000n) | bits]);
}

/** R, W and, for scalable mode, A and D. */
export const RW = 3n;
export const SS = 0x303n;
/** P, R/W, U/S, A, D. */
export const FS = 0x67n;

/** DID at 87:72, AW=48-bit. */
export const contextEntry = (top: bigint, did: bigint): bigint[] => [top | 1n, 2n | (did << 8n)];

function unitOf(shape: Shape, legacy: boolean): AllowedAnswers {
  const cap = (CAPABILITIES & ~(shape.clear ?? 0n)) | (shape.set ?? 0n);
  return new AllowedAnswers(
    {
      version: shape.version ?? 0x70,
      hostAddressWidth: 46,
      capabilities: cap,
      extendedCapabilities: legacy ? EXTENDED & ~SMTS : EXTENDED,
    },
    shape.choices,
  );
}

/** Legacy mode: A and B in domain 7, whose pages are a000h to d000h; the tables of domain 8 lead to 1a000h to 1d000h. */
export function legacyUnit(shape: Shape = {}): AllowedAnswers {
  const unit = unitOf(shape, true);
  unit.write(AT.root + 0x10n, [AT.contexts | 1n, 0n]);
  for (const source of [A, B]) setContext(unit, source, AT.second, 7n);
  putTables(unit, AT.second, 0xa000n, RW);
  putTables(unit, AT.otherSecond, 0x1a000n, RW);
  unit.setRootTable(AT.root);
  unit.setTranslation(true);
  return unit;
}

export function setContext(unit: AllowedAnswers, source: number, top: bigint, did: bigint): void {
  unit.write(AT.contexts + BigInt(source & 0xff) * 16n, contextEntry(top, did));
}

/** Words of a PASID-table entry: AW=48-bit, PWSNP, SRE=0. */
export function pasidEntry(pgtt: bigint, did: bigint, second: bigint, first: bigint): bigint[] {
  return [second | (pgtt << 6n) | (2n << 2n) | 1n, did | (1n << 23n), first, 0n, 0n, 0n, 0n, 0n];
}

/**
 * Scalable mode: A and B share a PASID directory; RID_PASID is 0. PASIDs 0, 1 and 2 are of one kind in domain 7.
 * Second-stage pages are a000h to d000h, first-stage pages 4a000h to 4d000h. The second stage also leads from 4a000h to
 * aa000h and so on, and to the first-stage tables where they say; so nested X is at aa000h, behind the other ones at ba000h.
 */
export function scalableUnit(pgtt: 1n | 2n | 3n | 4n, shape: Shape = {}): AllowedAnswers {
  const unit = unitOf(shape, false);
  unit.write(AT.root + 0x10n, [AT.contexts | 1n, AT.contexts | 1n]);
  for (const source of [A, B]) {
    unit.write(AT.contexts + BigInt(source & 0x7f) * 32n, [AT.directory | 0xdn, 0n, 0n, 0n]);
  }
  unit.write(AT.directory, [AT.pasids | 1n]);
  for (const pasid of [0n, 1n, 2n]) setPasid(unit, pasid, pgtt, 7n);
  putTables(unit, AT.second, 0xa000n, SS);
  putTables(unit, AT.otherSecond, 0x1a000n, SS);
  for (let n = 0n; n < 8n; n += 1n) {
    for (const table of [AT.first, AT.otherFirst]) putSecondLeaf(unit, table + n * 0x1000n, table + n * 0x1000n);
    putSecondLeaf(unit, 0x4a000n + n * 0x1000n, 0xaa000n + n * 0x1000n);
    putSecondLeaf(unit, 0x5a000n + n * 0x1000n, 0xba000n + n * 0x1000n);
  }
  putTables(unit, AT.first, 0x4a000n, FS);
  putTables(unit, AT.otherFirst, 0x5a000n, FS);
  unit.setRootTable(AT.root | 0x400n);
  unit.setTranslation(true);
  return unit;
}

/** A leaf of the second stage below 2 MB. */
export function putSecondLeaf(unit: AllowedAnswers, guest: bigint, host: bigint): void {
  unit.write(AT.second + 0x3000n + (guest >> 12n) * 8n, [host | SS]);
}

export function setPasid(unit: AllowedAnswers, pasid: bigint, pgtt: bigint, did: bigint, top?: bigint): void {
  const second = pgtt === 2n ? (top ?? AT.second) : pgtt === 3n ? AT.second : 0n;
  const first = pgtt === 1n || pgtt === 3n ? (top ?? AT.first) : 0n;
  unit.write(AT.pasids + pasid * 64n, pasidEntry(pgtt, did, second, first));
}

/** The command through the queue, and a wait for it. */
export function done(unit: AllowedAnswers, ...commands: WithoutVia<Command>[]): void {
  for (const command of commands) unit.command({ ...command, via: 'queue' });
  unit.wait();
}

export type WithoutVia<T> = T extends unknown ? Omit<T, 'via'> : never;

/** A page in the domain, AM=0, IH=0 unless told otherwise. */
export function page(did: number, address: bigint, am = 0, ih = false) {
  return { kind: 'iotlb', granularity: 'page', did, address, am, ih } as const;
}

export function pasidPage(did: number, pasid: number, address: bigint, am = 0, ih = false) {
  return { kind: 'pasidIotlb', granularity: 'page', did, pasid, address, am, ih } as const;
}

export const domain = (did: number) => ({ kind: 'iotlb', granularity: 'domain', did }) as const;
export const pasidOf = (did: number, pasid: number) =>
  ({ kind: 'pasidIotlb', granularity: 'pasid', did, pasid }) as const;
export const pasidEntries = (did: number, pasid: number) =>
  ({ kind: 'pasid', granularity: 'pasid', did, pasid }) as const;
export const device = (did: number, source: number, functionMask = 0) =>
  ({ kind: 'context', granularity: 'device', did, source, functionMask }) as const;

export const read = (unit: AllowedAnswers, address: bigint, source = A, pasid?: number): string[] =>
  unit.answers({ source, address, access: 'read', pasid });
export const write = (unit: AllowedAnswers, address: bigint, source = A, pasid?: number): string[] =>
  unit.answers({ source, address, access: 'write', pasid });

/** The answer of a page that may be read and written. */
export const to = (address: number, size = 4096): string => `completed 0x${address.toString(16)} ${size} rw`;
