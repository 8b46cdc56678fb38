import { bits } from './bits.ts';
import { type Journey, type Lookup, stop } from './journey.ts';

/** Where a second-stage walk starts and how its troubles are called. */
export interface SecondStage {
  readonly pointer: bigint;
  /** Input width of AW: 39, 48 or 57. */
  readonly width: number;
  readonly ssirwe: boolean;
  readonly codes: {
    readonly firstFetch: string;
    readonly lowerFetch: string;
    readonly reserved: string;
    /** Absent in legacy mode: 3.7-R9 has no not-present code there. */
    readonly absent?: string;
  };
}

export interface SecondStageResult {
  readonly address: bigint;
  readonly size: bigint;
  /** 3.7.1-R1: R* and W*. */
  readonly read: boolean;
  readonly write: boolean;
  readonly leaf: bigint;
  /** Addresses of the entries used, the leaf last. */
  readonly entries: readonly bigint[];
}

/** 3.7-R2: X of ch03 section 0. */
export function inputLimit(journey: Lookup, width: number): bigint {
  return 1n << BigInt(Math.min(journey.caps.MGAW, width));
}

/** 3.7-R4 to R9; the caller has judged the input range. */
export function walkSecondStage(journey: Journey, stage: SecondStage, input: bigint): SecondStageResult {
  const { caps, memory } = journey;
  const levels = (stage.width - 12) / 9; // 3.7-R3
  let table = stage.pointer;
  let read = true;
  let write = true;
  const entries: bigint[] = [];
  for (let level = levels; ; level -= 1) {
    const index = bits(input, 9 * level + 11, 9 * level + 3); // 3.7-R4
    const address = table + index * 8n;
    const entry = memory.read(address);
    if (entry === undefined) stop(level === levels ? stage.codes.firstFetch : stage.codes.lowerFetch); // 3.7-R9
    entries.push(address);
    const mayRead = bits(entry, stage.ssirwe ? 61 : 0) === 1n; // 3.7-R6
    const mayWrite = bits(entry, stage.ssirwe ? 62 : 1) === 1n;
    if (!mayRead && !mayWrite) {
      if (stage.codes.absent !== undefined) stop(stage.codes.absent); // 3.7-R9
      return { address: 0n, size: 4096n, read: false, write: false, leaf: 0n, entries };
    }
    const leaf = level === 1 || ((level === 2 || level === 3) && bits(entry, 7) === 1n);
    if (hasReserved(journey, stage, entry, level, leaf)) stop(stage.codes.reserved);
    read &&= mayRead;
    write &&= mayWrite;
    if (leaf) {
      const offsetBits = 9 * level + 3; // 3.6-R4: 12, 21 or 30
      const base = bits(entry, caps.HAW - 1, offsetBits) << BigInt(offsetBits);
      const size = 1n << BigInt(offsetBits);
      if (!read && !write && stage.codes.absent !== undefined) stop(stage.codes.absent); // 3.7.1-R2
      return { address: base + (input % size), size, read, write, leaf: entry, entries };
    }
    table = bits(entry, caps.HAW - 1, 12) << 12n;
  }
}

/** 3.7-R7, 9.8-R3. */
export function hasReserved(
  journey: Journey,
  stage: SecondStage,
  entry: bigint,
  level: number,
  leaf: boolean,
): boolean {
  const { caps } = journey;
  if (bits(entry, 51, caps.HAW) !== 0n) return true;
  if (!stage.ssirwe && bits(entry, 62) === 1n) return true;
  if (level >= 4 && bits(entry, 7) === 1n) return true;
  if (level === 3 && bits(entry, 7) === 1n && !caps.SSLPS_1G) return true;
  if (level === 2 && bits(entry, 7) === 1n && !caps.SSLPS_2M) return true;
  if (leaf && level === 3 && bits(entry, 29, 12) !== 0n) return true;
  if (leaf && level === 2 && bits(entry, 20, 12) !== 0n) return true;
  if (!leaf && bits(entry, 11) === 1n) return true;
  if (leaf && bits(entry, 11) === 1n && !caps.SC) return true;
  return false;
}
