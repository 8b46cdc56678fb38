import { addressOf } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { ACCESS, ADDRESS_TYPE, type DmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Finding, Verdict } from '../permitted/judge.ts';
import type { JsonObject } from './json-rpc.ts';
import { hex, outcomeReply } from './replies.ts';

/** The reply to `permitted`. */
export function verdictReply({ permitted, class: kind, allowed, because }: Verdict): JsonObject {
  return { permitted, class: kind, allowed: allowed.map(({ outcome }) => outcomeReply(outcome)), because };
}

/** A member of the reply to `findings.take`. */
export function findingReply(finding: Finding): JsonObject {
  if (finding.kind === 'unsafe-order') return { ...finding };
  const { kind, step, request, outcome, fresh, entries, changed, remedy } = finding;
  return {
    kind,
    step,
    request: requestReply(request),
    outcome: outcomeReply(outcome),
    fresh: fresh.map(outcomeReply),
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
