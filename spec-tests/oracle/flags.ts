import type { FirstStageStep } from './first-stage.ts';
import { type Journey, stop } from './journey.ts';
import type { PasidEntry } from './pasid-entry.ts';
import type { SecondStageResult } from './second-stage.ts';

const FS_A = 1n << 5n;
const FS_D = 1n << 6n;
const FS_EA = 1n << 10n;
const SS_A = 1n << 8n;
const SS_D = 1n << 9n;

/** 3.6.2, 3.7.2, 3.8.1: after all checks, in walk order; written: the request may and does (or will) write. */
export function setFlags(
  journey: Journey,
  entry: PasidEntry,
  steps: readonly FirstStageStep[],
  final: SecondStageResult | undefined,
  written: boolean,
): void {
  steps.forEach((step, i) => {
    let mask = FS_A; // 3.6.2-R2
    if (entry.eafe) mask |= FS_EA;
    if (i === steps.length - 1 && written) mask |= FS_D; // 3.6.2-R3
    setFirstStageFlags(journey, entry, step, mask);
  });
  if (final !== undefined) setSecondStageFlags(journey, entry, final, written); // 3.7.2-R2
}

function setFirstStageFlags(journey: Journey, entry: PasidEntry, step: FirstStageStep, mask: bigint): void {
  const page = step.page;
  if (page !== undefined) setSecondStageFlags(journey, entry, page, false);
  if (!lacks(journey, step.address, mask)) return;
  if (page !== undefined && !page.write) stop('SFS.8'); // 3.8.1-R3
  if (!entry.walksSnoop) stop('SFS.9'); // 3.6.2-R6
  if (page !== undefined) setSecondStageFlags(journey, entry, page, true); // 3.8.1-G2: a flag in it is really written
  if (!raise(journey, step.address, mask)) stop('SFS.10');
}

function setSecondStageFlags(journey: Journey, entry: PasidEntry, page: SecondStageResult, written: boolean): void {
  if (!entry.ssade) return; // 3.7.2-R1
  page.entries.forEach((address, i) => {
    let mask = SS_A;
    if (i === page.entries.length - 1 && written) mask |= SS_D;
    if (!lacks(journey, address, mask)) return;
    if (!entry.walksSnoop) stop('SSS.5'); // 3.7.2-R3
    if (!raise(journey, address, mask)) stop('SSS.6');
  });
}

function lacks(journey: Journey, address: bigint, mask: bigint): boolean {
  const now = journey.memory.read(address);
  return now === undefined || (now & mask) !== mask;
}

/** 9-G3: re-read and OR; false: the update failed. */
function raise(journey: Journey, address: bigint, mask: bigint): boolean {
  const now = journey.memory.read(address);
  if (now === undefined || journey.memory.write === undefined) return false;
  return journey.memory.write(address, now | mask);
}
