import { hex } from '../bits/hex.ts';
import { addressOf } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { ACCESS, ADDRESS_TYPE, type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import type { InterruptRequest } from '../messages/interrupt-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Finding, StaleAnswer, Verdict } from '../permitted/judge.ts';
import type { JsonObject } from './json-rpc.ts';
import { interruptReply, outcomeReply } from './replies.ts';

/** The reply to `permitted`. */
export function verdictReply<Result>(
  { permitted, class: kind, allowed, because }: Verdict<Result>,
  reply: (outcome: Result) => JsonObject,
): JsonObject {
  return { permitted, class: kind, allowed: allowed.map(({ outcome }) => reply(outcome)), because };
}

/** A member of the reply to `findings.take`. */
export function findingReply(finding: Finding): JsonObject {
  switch (finding.kind) {
    case 'unsafe-order':
      return { ...finding };
    case 'unflushed-write':
      return { ...finding, request: askedReply(finding.request) };
    case 'stale-answer':
      return staleReply(finding, requestReply(finding.request), outcomeReply);
    case 'stale-interrupt':
      return staleReply(finding, interruptRequestReply(finding.request), interruptReply);
  }
}

/** What a finding of a stale answer has whatever was asked, with its request as it was read. */
function staleReply<Result>(
  finding: Pick<StaleAnswer, 'step' | 'entries' | 'changed' | 'remedy'> & {
    readonly kind: string;
    readonly outcome: Result;
    readonly fresh: readonly Result[];
  },
  request: JsonObject,
  reply: (outcome: Result) => JsonObject,
): JsonObject {
  const { kind, step, outcome, fresh, entries, changed, remedy } = finding;
  return {
    kind,
    step,
    request,
    outcome: reply(outcome),
    fresh: fresh.map(reply),
    entries: entries.map(({ cache, step: filled }) => ({ cache, filled })),
    changed: changed.map(({ format, address, was, is }) => ({
      structure: format.title,
      address: hex(address),
      was: wordsText(was),
      is: wordsText(is),
    })),
    remedy,
  };
}

const askedReply = (request: DmaRequest | InterruptRequest): JsonObject =>
  'access' in request ? requestReply(request) : interruptRequestReply(request);

/** The parameters of `interrupt` that ask for the same. */
const interruptRequestReply = ({ sourceId, address, data }: InterruptRequest): JsonObject => ({
  source: formatSourceId(sourceId),
  address: hex(address),
  data: hex(data),
});

/** The parameters of `dma` that ask for the same, those left out that have their usual value. */
function requestReply(request: DmaRequest): JsonObject {
  const { sourceId, page, offset, length, access, addressType, pasid, data } = request;
  const nameIn = (names: Readonly<Record<string, number>>, value: number) =>
    Object.keys(names).find((name) => names[name] === value);
  const type = nameIn(ADDRESS_TYPE, addressType);
  const flags = ['privileged', 'execute', 'noSnoop', 'noWrite', 'zeroLength'] as const;
  return {
    source: formatSourceId(sourceId),
    address: hex(addressOf(page, offset)),
    access: nameIn(ACCESS, access),
    ...(length === (type === 'translation' ? 8 : 4) ? {} : { length }),
    ...(type === 'untranslated' ? {} : { type }),
    ...(pasid === NO_PASID ? {} : { pasid }),
    ...Object.fromEntries(flags.filter((name) => request[name]).map((name) => [name, true])),
    ...(data === 0 ? {} : { value: hex(data) }),
  };
}
