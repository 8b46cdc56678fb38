import type { Condition } from '../conditions/condition.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { translate } from '../dma-remapping/translate.ts';
import { dmaRequest } from '../messages/dma-request.ts';
import { newTranslation } from '../messages/translation.ts';
import { ContextEntry } from '../structures/context-entry.ts';
import { RootEntry } from '../structures/root-entry.ts';
import type { Bus, Device, Problem } from './items.ts';
import { problemAt } from './problems.ts';
import { WalkRecorder } from './walk-recorder.ts';

const BUSES = 256;
const FUNCTIONS = 256;
const PASS_THROUGH = 0b10;

/**
 * What the root and context tables of legacy mode hold, §3.4.2: a read of address 0 is walked for every source-id, and
 * the entries that it came to are listed. Entries that are not present are left out.
 */
export function* devicesOf(unit: DmaRemapping): Generator<Bus | Device | Problem, void> {
  const recorder = new WalkRecorder();
  const listening = recorder.listenTo(unit);
  const translation = newTranslation();
  const ask = (sourceId: number): Condition | undefined => {
    recorder.restart();
    return translate(listening, dmaRequest({ sourceId, address: 0n, access: 'read' }), translation);
  };
  for (let bus = 0; bus < BUSES; bus++) {
    const condition = ask(bus << 8);
    if (recorder.count < 2) {
      // Nothing of the bus is reached. LRT.2: the entry is not present, and that is no problem.
      if (condition !== undefined && condition.code !== 'LRT.2') {
        yield problemAt(recorder.last, condition, { kind: 'bus', bus });
      }
      continue;
    }
    yield { kind: 'bus', bus, table: RootEntry.CTP(recorder.visited[0]!.words) };
    for (let n = 0; n < FUNCTIONS; n++) {
      const sourceId = (bus << 8) | n;
      const found = deviceOrProblem(unit, recorder, sourceId, ask(sourceId));
      if (found !== undefined) yield found;
    }
  }
}

function deviceOrProblem(
  unit: DmaRemapping,
  recorder: WalkRecorder,
  sourceId: number,
  condition: Condition | undefined,
): Device | Problem | undefined {
  const { read, words } = recorder.visited[1]!;
  // A walk that ended at the context entry ended because of it; what comes later depends on the address.
  const ended = recorder.count === 2 && condition !== undefined;
  if (ended) {
    if (condition.code === 'LCT.2') return undefined;
    return problemAt(recorder.last, condition, { kind: 'device', sourceId });
  }
  if (!read) return undefined;
  const type = ContextEntry.TT(words);
  const addressWidth = ContextEntry.AW(words);
  return {
    kind: 'device',
    sourceId,
    type,
    addressWidth,
    domainId: ContextEntry.DID(words),
    table: ContextEntry.SSPTPTR(words),
    levels: type === PASS_THROUGH ? 0 : unit.configuration.levels[addressWidth]!,
  };
}
