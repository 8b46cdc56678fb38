import { bits } from './bits.ts';
import { fetchWords, type Journey, stop } from './journey.ts';
import type { PasidEntry } from './pasid-entry.ts';

/** 4.2.4: does the host permission table let a translated request pass; stops if not. */
export function judgeHostPermission(journey: Journey, entry: PasidEntry): void {
  const { address } = journey.request;
  if (address >= 1n << (49n + entry.hptSize)) stop('SPT.9'); // 4.2.4-R2
  judgePermission(journey, walk(journey, entry));
}

/** 4.2.4-R3, R5: the permission bits found; stops when the walk ends before. */
function walk(journey: Journey, entry: PasidEntry): bigint {
  const { address } = journey.request;
  const fourth = hptEntry(journey, entry.hptPointer + (bits(address, 51, 49) << 12n), bits(address, 48, 41), 4);
  if (bits(fourth, 64) === 0n) ended(journey);
  const third = hptEntry(journey, nextTable(journey, fourth), bits(address, 40, 33), 3);
  const in1G = permission(third, bits(address, 32, 30));
  if (in1G !== 0n) return in1G;
  if (bits(third, 64) === 0n) ended(journey);
  const second = hptEntry(journey, nextTable(journey, third), bits(address, 32, 25), 2);
  const in2M = permission(second, bits(address, 24, 21));
  if (in2M !== 0n) return in2M;
  if (bits(second, 64) === 0n) ended(journey);
  const first = hptEntry(journey, nextTable(journey, second), bits(address, 24, 17), 1);
  const in4K = permission(first, bits(address, 16, 12));
  if (in4K === 0n) ended(journey);
  return in4K;
}

function hptEntry(journey: Journey, table: bigint, index: bigint, level: number): bigint {
  const entry = fetchWords(journey.memory, table + index * 16n, 2);
  if (entry === undefined) stop(level === 4 ? 'HPT.3' : 'HPT.1'); // 4.2.4.1-R2
  if (hasReserved(journey, entry, level)) stop('HPT.2');
  return entry;
}

/** 9.12-R2, 9.12-G1. */
function hasReserved(journey: Journey, entry: bigint, level: number): boolean {
  const { caps } = journey;
  if (level >= 2 && bits(entry, 115, caps.HAW + 64) !== 0n) return true;
  if (level >= 2 && bits(entry, 75, 65) !== 0n) return true;
  if (level === 4 && bits(entry, 63, 0) !== 0n) return true;
  if (level === 3 && bits(entry, 63, 32) !== 0n) return true;
  if (level === 3 && !caps.HPT1GPS && bits(entry, 31, 0) !== 0n) return true;
  const permissions = level === 4 ? 0 : level === 3 ? 8 : level === 2 ? 16 : 32;
  for (let i = 0; i < permissions; i += 1) if (bits(entry, 4 * i + 3, 4 * i + 2) !== 0n) return true;
  return false;
}

function nextTable(journey: Journey, entry: bigint): bigint {
  return bits(entry, journey.caps.HAW + 63, 76) << 12n; // 4.2.4-R6
}

function permission(entry: bigint, i: bigint): bigint {
  return bits(entry, 4 * Number(i) + 3, 4 * Number(i)); // 9.12-R1
}

function isExempt(journey: Journey): boolean {
  const { caps, request } = journey;
  return caps.ZLR && request.access === 'read' && request.zeroLength === true; // 4.2.4.1-R3
}

/** The walk ended before a nonzero PPi: 4.2.4.1-R2, G1. */
function ended(journey: Journey): never {
  if (isExempt(journey)) stop('HPT.4');
  stop(journey.request.access === 'read' ? 'HPT.6' : 'HPT.5');
}

/** 4.2.4.1-R1, R2. */
function judgePermission(journey: Journey, pp: bigint): void {
  const { access } = journey.request;
  if (access !== 'read' && bits(pp, 1) === 0n) stop('HPT.5');
  if (access !== 'write' && bits(pp, 0) === 0n && !isExempt(journey)) stop('HPT.6');
}
