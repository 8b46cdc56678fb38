import { bits } from './bits.ts';
import type { Journey } from './journey.ts';
import { mtrrType } from './mtrr.ts';
import type { PasidEntry } from './pasid-entry.ts';

/** 3.11.3, Table 7: one row per MTRR type; columns UC UC- WC WT WB WP. */
const COLUMNS = ['UC', 'UC-', 'WC', 'WT', 'WB', 'WP'];
const TABLE_7: Record<string, string> = {
  UC: 'UC UC WC UC UC UC',
  WC: 'UC WC WC UC WC UC',
  WT: 'UC UC WC WT WT WP',
  WB: 'UC UC WC WT WB WP',
  WP: 'UC WC WC WT WP WP',
};

function effective(mtrr: string, pat: string): string {
  return TABLE_7[mtrr]?.split(' ')[COLUMNS.indexOf(pat)] ?? 'UC';
}

/** 3.11.1-R1, 3.11.4.2-R3; reserved encodings act as UC (9.6-G3, 9.8-G2). */
function typeName(code: bigint): string {
  const names: Record<string, string> = { 0: 'UC', 1: 'WC', 4: 'WT', 5: 'WP', 6: 'WB', 7: 'UC-' };
  return names[code.toString()] ?? 'UC';
}

/** 3.11.1-R1: the PAT type a first-stage leaf selects. */
function patType(entry: PasidEntry, leaf: bigint, size: bigint): string {
  const pat = bits(leaf, size === 4096n ? 7 : 12);
  const index = Number(4n * pat + 2n * bits(leaf, 4) + bits(leaf, 3));
  return typeName(bits(entry.pat, 4 * index + 2, 4 * index));
}

/** 3.11.4.1-R1; 9.8-R7: EMT 7 is no type of the second stage. */
function emtType(leaf: bigint): string {
  const code = bits(leaf, 5, 3);
  return code === 7n ? 'UC' : typeName(code);
}

/** 3.11.4.2-R2, Table 9, for a final page. MTS=0: memory types mean nothing (3.11-R1), WB. */
export function finalMemoryType(
  journey: Journey,
  entry: PasidEntry,
  first: { leaf: bigint; size: bigint } | undefined,
  second: { leaf: bigint } | undefined,
  address: bigint,
): string {
  if (!journey.caps.MTS) return 'WB';
  if (entry.cd) return 'UC';
  if (first === undefined && second === undefined) return 'WB'; // 100b
  if (first === undefined && second !== undefined) return entry.emte ? emtType(second.leaf) : 'WB'; // 010b
  if (first === undefined) return 'WB';
  const pat = patType(entry, first.leaf, first.size);
  if (second === undefined || !entry.emte) {
    const mtrr = mtrrType(journey.latched.mtrrs, journey.caps.HAW, address);
    return effective(mtrr, pat); // 001b, 011b with EMTE=0
  }
  if (bits(second.leaf, 6) === 1n) return emtType(second.leaf); // IPAT=1
  return effective(emtType(second.leaf), pat);
}
