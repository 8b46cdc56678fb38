// Where the structures of a random history are, and what their entries may hold. Few of each, so that they meet.

export const SOURCES = [0x0100, 0x0104, 0x0210] as const;
export const DOMAINS = [7n, 8n] as const;
export const PASIDS = [0n, 1n, 2n] as const;

/** Index 0 or 1 at every level, so that each pair shares some of its path; the last one needs four levels. */
export const ADDRESSES = [0x1000n, 0x2000n, 0x20_1000n, 0x4000_1000n, 0x80_0000_1000n] as const;

type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];

const page = (n: number): bigint => BigInt(n) << 12n;

/** Two of each: a history moves pointers from one side to the other. */
export const rootTable = (side: Side): bigint => page(0x100 + side);
export const contextTable = (side: Side, bus: number): bigint => page(0x110 + 4 * side + bus);
export const directory = (side: Side): bigint => page(0x120 + side);
export const pasidTable = (side: Side): bigint => page(0x130 + side);
export const secondStage = (side: Side, level: number): bigint => page(0x140 + 8 * side + level);
/** Below 2 MB, where a second stage finds them too. */
export const firstStage = (side: Side, level: number): bigint => page(0x30 + 8 * side + level);

/** The two entries of a table that a history uses. */
export const slots = (level: number): readonly number[] => (level === 1 ? [1, 2] : [0, 1]);

/** Frames of 4 KB, 2 MB and 1 GB. */
export const FRAMES: Readonly<Record<number, readonly bigint[]>> = {
  1: [0x1_0000_0000n, 0x1_0000_1000n, 0x1_0000_2000n, 0x1_0000_3000n],
  2: [0x1_4000_0000n, 0x1_4020_0000n],
  3: [0x2_0000_0000n, 0x2_4000_0000n],
};

/** Guest addresses for the leaves of a first stage, where a second stage maps something. */
export const GUEST_FRAMES: Readonly<Record<number, readonly bigint[]>> = {
  1: [0x1000n, 0x2000n, 0x20_1000n, 0x4000_1000n],
  2: [0n, 0x20_0000n],
  3: [0n, 0x4000_0000n],
};

/** An entry that points to a table, or a leaf: R and W, and in scalable mode A and D. */
export function secondStageEntry(target: bigint, rights: bigint, leafLevel: number, scalable: boolean): bigint {
  return target | rights | (leafLevel > 1 ? 0x80n : 0n) | (scalable ? 0x300n : 0n);
}

/** P, R/W and U/S as `rights`, A, D and EA. */
export function firstStageEntry(target: bigint, rights: bigint, leafLevel: number): bigint {
  return target | 1n | (rights << 1n) | 0x460n | (leafLevel > 1 ? 0x80n : 0n);
}

/** The legacy context entry: TT, FPD=0; AW of three or four levels. */
export function contextEntry(type: bigint, side: Side, levels: 3 | 4, did: bigint): bigint[] {
  return [secondStage(side, levels) | (type << 2n) | 1n, BigInt(levels - 2) | (did << 8n)];
}

/** The scalable-mode one: DTE, PASIDE. */
export function scalableContext(side: Side, ridPasid: bigint): bigint[] {
  return [directory(side) | 0xdn, ridPasid, 0n, 0n];
}

export interface PasidShape {
  readonly pgtt: bigint;
  readonly did: bigint;
  readonly second: Side;
  readonly levels: 3 | 4;
  readonly first: Side;
  readonly sre: boolean;
  readonly ssade: boolean;
}

/** A PASID-table entry with PWSNP. */
export function pasidEntry({ pgtt, did, second, levels, first, sre, ssade }: PasidShape): bigint[] {
  const usesSecond = pgtt === 2n || pgtt === 3n;
  const low = usesSecond ? secondStage(second, levels) | (BigInt(levels - 2) << 2n) | (ssade ? 1n << 9n : 0n) : 0n;
  const top = pgtt === 1n || pgtt === 3n ? firstStage(first, 4) : 0n;
  return [low | (pgtt << 6n) | 1n, did | (1n << 23n), top | (sre ? 1n : 0n), 0n, 0n, 0n, 0n, 0n];
}

export type { Side };
