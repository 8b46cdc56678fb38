import type { Answer, Journey } from './journey.ts';

/** 4.2.3-R7, 4.2.3.1-R2: NW counts only with NWFS=1. */
export function wantsWrite(journey: Journey): boolean {
  return !(journey.caps.NWFS && journey.request.noWrite === true);
}

/** 4.2.3-R9, R10. */
function privileged(journey: Journey): boolean {
  return journey.requestClass === 'TRp' && journey.request.privileged === true;
}

/** 4.2.3-R2, 4.2.3-G4: R=W=U=S=0. */
export function zeroCompletion(journey: Journey): Answer {
  return {
    outcome: 'translation',
    read: false,
    write: false,
    untranslatedOnly: false,
    privileged: privileged(journey),
    size: 4096,
  };
}

/** 4.2.3-R4: S.1 and S.2. */
export function interruptRangeCompletion(journey: Journey): Answer {
  const write = wantsWrite(journey);
  return { ...zeroCompletion(journey), write, untranslatedOnly: write };
}

/** 4.2.3-R5 to R13. */
export function translationCompletion(
  journey: Journey,
  range: { base: bigint; size: bigint },
  rights: { read: boolean; write: boolean },
  nonSnooped: boolean,
): Answer {
  return {
    outcome: 'translation',
    address: range.base,
    size: Number(range.size),
    read: rights.read,
    write: rights.write,
    nonSnooped,
    untranslatedOnly: false,
    privileged: privileged(journey),
  };
}

/** The naturally aligned range of a power-of-two size that holds an address. */
export function rangeAround(address: bigint, size: bigint): { base: bigint; size: bigint } {
  return { base: address - (address % size), size };
}
