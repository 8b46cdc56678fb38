import { ABSENT } from './allowed-second-stage.ts';
import type { AllowedRequest, Exploration } from './exploration.ts';
import { touchesInterruptRange } from './interrupt-range.ts';
import type { Mode, TlbEntry, Translation } from './live-entry.ts';

/** What a translation gives this request: the address, or a condition of Table 30. Rights are what the requester may do. */
type Verdict =
  | { readonly address: bigint; readonly read: boolean; readonly write: boolean }
  | { readonly condition: string };

/** The end of a walk, or a hit: rights and interrupt range (3.6.1, 3.7.1, 3.8.1, 3.15-R6). */
function judge(x: Exploration, mode: Mode, translation: Translation, offset: bigint): Verdict {
  const { request } = x;
  if ('fault' in translation) {
    const byAccess = translation.fault === ABSENT ? legacyRights(x, { read: false, write: false }) : undefined;
    return { condition: byAccess ?? translation.fault };
  }
  const address = translation.frame + offset;
  const inRange = touchesInterruptRange(address, 1n);
  const rights = rightsOf(translation, request);
  const condition = mode === 'legacy' ? legacyRights(x, rights) : scalableRights(translation, rights, request);
  if (condition !== undefined) return { condition };
  if (inRange) return { condition: mode === 'legacy' ? 'LGN.4' : 'SGN.8.1' };
  return { address, ...rights };
}

type Page = Exclude<Translation, { fault: string }>;

function isSupervisor(page: Page, request: AllowedRequest): boolean {
  return request.pasid === undefined ? page.supervisor : request.privileged === true;
}

/** 3.6.1-R1, 3.8.1-R4. */
function rightsOf(page: Page, request: AllowedRequest): { read: boolean; write: boolean } {
  const supervisor = isSupervisor(page, request);
  let read = page.second?.read ?? true;
  let write = page.second?.write ?? true;
  if (page.first !== undefined) {
    read &&= supervisor || page.first.user;
    write &&= supervisor ? page.first.writable || !page.wpe : page.first.writable && page.first.user;
  }
  return { read, write };
}

/** 3.7.1-R1, R3, G1. */
function legacyRights(x: Exploration, rights: { read: boolean; write: boolean }): string | undefined {
  const { access } = x.request;
  if (access === 'atomic' && !rights.read && !rights.write) return x.choices.atomicWithoutPermission;
  if (access !== 'read' && !rights.write) return 'LGN.2';
  if (access !== 'write' && !rights.read) return 'LGN.3';
  return undefined;
}

/** 3.6.1-R2, R4, 3.7.1-R2, 3.8.1-R4. */
function scalableRights(
  page: Page,
  rights: { read: boolean; write: boolean },
  request: AllowedRequest,
): string | undefined {
  const supervisor = isSupervisor(page, request);
  if (supervisor && !page.sre) return 'SPT.6';
  if (page.second !== undefined && !page.second.read && !page.second.write) return 'SSS.2';
  if (page.first !== undefined && !supervisor && !page.first.user) return 'SGN.2';
  if (request.access !== 'read' && !rights.write) return 'SGN.6';
  if (request.access !== 'write' && !rights.read) return 'SGN.7';
  return undefined;
}

/** A hit of 6.2.1-R2: the answer of an IOTLB entry whose tags match. A write needs a dirty leaf (6.2.4.1-G2). */
export function answerFromTlb(x: Exploration, entry: TlbEntry): void {
  const { translation } = entry;
  if (!('fault' in translation) && !translation.dirty && x.request.access !== 'read') return;
  answer(x, judge(x, entry.mode, translation, x.request.address - entry.base), translation, entry.size);
}

function answer(x: Exploration, verdict: Verdict, translation: Translation, size: bigint): void {
  if ('condition' in verdict) x.answers.add(`UR ${verdict.condition}`);
  else if (!('fault' in translation) && translation.passThrough) x.answers.add(completed(verdict.address));
  else {
    const rights = `${verdict.read ? 'r' : ''}${verdict.write ? 'w' : ''}`;
    x.answers.add(`${completed(verdict.address)} ${size} ${rights}`);
  }
}

/** The answer to a request that no table was asked about. */
export const completed = (address: bigint): string => `completed 0x${address.toString(16)}`;

/** How the entries are tagged that a walk leaves in the IOTLB (Tables 17 and 18). */
export interface TlbTags {
  readonly mode: Mode;
  readonly pasid: bigint;
  readonly did: bigint;
  readonly kind: number;
  readonly tagWidth: number;
}

/** Conditions that are the access's and not the leaf's (6.2.4.1-G1). */
const ON_A_GOOD_LEAF = ['LGN.2', 'LGN.3', 'SGN.2', 'SGN.6', 'SGN.7'];

/**
 * The end of a walk: its answer, and what may be kept of it (6.A-R3). `leaves` are where D is set by a write.
 * A fault of the first stage is not kept, whatever CM is (6.2.4.1-R2).
 */
export function endWalk(
  x: Exploration,
  tags: TlbTags,
  size: bigint,
  translation: Translation,
  leaves: readonly bigint[],
  before: bigint,
): void {
  const { request } = x;
  const base = request.address - (request.address % size);
  const verdict = judge(x, tags.mode, translation, request.address - base);
  answer(x, verdict, translation, size);
  const written = request.access !== 'read' && 'address' in verdict;
  if (written) for (const leaf of leaves) x.dirties(leaf);
  if (!mayBeKept(x, translation, verdict)) return;
  const { source, pasid } = request;
  const fill = (from: bigint, length: bigint, kept: Translation) =>
    x.fill(
      {
        cache: 'tlb',
        ...tags,
        source,
        withPasid: pasid !== undefined,
        base: from,
        size: length,
        translation: kept,
      },
      before,
    );
  if ('fault' in translation) {
    fill(base, size, translation);
    return;
  }
  const kept = written ? { ...translation, dirty: true } : translation;
  fill(base, size, kept);
  if (!x.choices.fracture) return;
  for (const smaller of [1n << 12n, 1n << 21n]) {
    if (smaller >= size) continue;
    const from = request.address - (request.address % smaller);
    fill(from, smaller, { ...kept, frame: kept.frame + from - base });
  }
}

/** 6.2.4.1-R1, R2, G1. */
function mayBeKept(x: Exploration, translation: Translation, verdict: Verdict): boolean {
  if ('fault' in translation) return x.cachingMode && !/^(?:SFS|SGN\.[126])/.test(translation.fault);
  if (x.cachingMode || 'address' in verdict) return true;
  return ON_A_GOOD_LEAF.includes(verdict.condition);
}
