import { addressOf } from '../bits/page-number.ts';
import type { DmaRequest } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import type { Finding, Verdict } from '../permitted/judge.ts';
import type { JsonObject } from './json-rpc.ts';
import { hex, outcomeReply, rawReply } from './replies.ts';

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
      was: rawReply(was),
      is: rawReply(is),
    })),
    remedy,
  };
}

function requestReply({ sourceId, page, offset, pasid, access }: DmaRequest): JsonObject {
  const source = formatSourceId(sourceId);
  const name = access === 1 ? 'read' : access === 2 ? 'write' : 'atomic';
  return { source, address: hex(addressOf(page, offset)), access: name, ...(pasid < 0 ? {} : { pasid }) };
}
