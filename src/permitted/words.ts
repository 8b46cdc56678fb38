import { hex } from '../bits/hex.ts';
import { addressOf } from '../bits/page-number.ts';
import { CACHE_TITLES, type CacheName } from '../caches/caches.ts';
import type { InterruptOutcome, Outcome } from '../messages/outcome.ts';
import type { LiveEntry } from './live-entries.ts';

/** The rule that lets each cache keep an entry. */
const KEPT_BY: Readonly<Record<CacheName, string>> = {
  context: '6.2.2-R1',
  pasid: '6.2.3-R1',
  iotlb: '6.2.4.1-R6',
  firstStage: '6.2.5-R6',
  secondStage: '6.2.5-R6',
  hostPermission: '6.2.6-R3',
  interrupt: '6.4-R3',
};

/** Not in the specification: why an entry may answer, with its rule. */
export function mayAnswer({ cache, step, reads }: LiveEntry): string {
  const last = reads.at(-1);
  const from = last === undefined ? '' : ` from ${last.format.title} at ${hex(addressOf(last.page, last.offset))}`;
  return `the ${CACHE_TITLES[cache]} may hold what step ${step} read${from}: nothing that is complete has removed it (${KEPT_BY[cache]}, 6.A-R2)`;
}

/** Not in the specification: an outcome in few words. */
export function wordsOf(outcome: Outcome | InterruptOutcome): string {
  switch (outcome.kind) {
    case 'completed': {
      const { mapping } = outcome;
      const rights = mapping === undefined ? '' : `, ${mapping.read ? 'r' : '-'}${mapping.write ? 'w' : '-'}`;
      return `goes on to ${hex(outcome.address)}${rights}`;
    }
    case 'translation':
      return `translated to ${hex(outcome.address)}, ${outcome.size} bytes, ${outcome.read ? 'r' : '-'}${outcome.write ? 'w' : '-'}`;
    case 'interrupt':
      return wordsOf(outcome.interrupt);
    case 'delivered':
      return `delivered as ${hex(outcome.data)} to ${hex(outcome.destination)}`;
    case 'posted': {
      const sent = outcome.notification === undefined ? 'no notification' : 'a notification';
      return `posted as vector ${hex(outcome.vector)} at ${hex(outcome.descriptor)}, with ${sent}`;
    }
    case 'blocked':
      return `blocked, ${outcome.response}${outcome.fault === undefined ? '' : ` (${outcome.fault.condition.code})`}`;
  }
}
