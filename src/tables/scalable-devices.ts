import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { NO_PASID } from '../messages/dma-request.ts';
import { ScalableModeContextEntry } from '../structures/scalable-mode-context-entry.ts';
import { ScalableModeRootEntry } from '../structures/scalable-mode-root-entry.ts';
import type { Bus, Pasid, Problem, ScalableDevice, Stopped } from './items.ts';
import type { Budget } from './mappings.ts';
import { PasidAsker, pasidsOf } from './pasids.ts';
import { problemAt } from './problems.ts';

const BUSES = 256;
/** Functions of one half of a root entry. */
const FUNCTIONS = 128;
const HALVES = ['lower', 'upper'] as const;

/**
 * What the root and context tables of scalable mode hold, §3.4.3, each device followed by its PASIDs. As in legacy mode
 * the model is asked for every source-id, and the entries that it came to are listed.
 */
export function* scalableDevicesOf(
  unit: DmaRemapping,
  budget: Budget,
): Generator<Bus | ScalableDevice | Pasid | Problem | Stopped, void> {
  const asker = new PasidAsker(unit);
  for (let bus = 0; bus < BUSES; bus++) {
    yield* rootProblems(asker, bus);
    for (const half of HALVES) {
      const first = (bus << 8) | (half === 'upper' ? FUNCTIONS : 0);
      asker.ask(first, NO_PASID);
      if (asker.recorder.count < 2) continue;
      const root = asker.recorder.visited[0]!.words;
      const table = half === 'upper' ? ScalableModeRootEntry.UCTP(root) : ScalableModeRootEntry.LCTP(root);
      yield { kind: 'bus', bus, half, table };
      for (let sourceId = first; sourceId < first + FUNCTIONS; sourceId++) {
        const found = deviceOrProblem(asker, sourceId, asker.ask(sourceId, NO_PASID));
        if (found !== undefined) yield found;
        if (found?.kind !== 'scalable-device') continue;
        if (yield* pasidsOf(asker, found, budget)) return;
      }
    }
  }
}

/** Why nothing of a bus, or of half of it, is reached; that a half is not present is no problem. */
function rootProblems(asker: PasidAsker, bus: number): Problem[] {
  const found = HALVES.flatMap((half): Problem[] => {
    const condition = asker.ask((bus << 8) | (half === 'upper' ? FUNCTIONS : 0), NO_PASID);
    if (asker.recorder.count >= 2 || condition === undefined || condition === Fault.SRT_2) return [];
    return [problemAt(asker.recorder.last, condition, { kind: 'bus', bus, half })];
  });
  const [one, other] = found;
  if (one === undefined || one.condition !== other?.condition) return found;
  return [{ ...one, of: { kind: 'bus', bus } }];
}

function deviceOrProblem(
  { recorder }: PasidAsker,
  sourceId: number,
  condition: Condition | undefined,
): ScalableDevice | Problem | undefined {
  const { read, words } = recorder.visited[1]!;
  // A walk that ended at the context entry ended because of it.
  if (recorder.count === 2 && condition !== undefined) {
    if (condition === Fault.SCT_2) return undefined;
    return problemAt(recorder.last, condition, { kind: 'device', sourceId });
  }
  return read ? { kind: 'scalable-device', sourceId, fields: ScalableModeContextEntry.unpack(words) } : undefined;
}
