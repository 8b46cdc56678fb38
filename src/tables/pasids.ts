import type { Words } from '../bits/field.ts';
import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { newPasidEntry, type PasidEntry, readPasidEntry } from '../dma-remapping/pasid-entry.ts';
import { translate } from '../dma-remapping/translate.ts';
import { type DmaRequest, dmaRequest, NO_PASID } from '../messages/dma-request.ts';
import { newTranslation } from '../messages/translation.ts';
import type { Memory, Swap } from '../platform/memory.ts';
import { PasidTableEntry, PGTT } from '../structures/pasid-table-entry.ts';
import type { Pasid, Problem, ScalableDevice, Stages, Stopped } from './items.ts';
import type { Budget } from './mappings.ts';
import { absorb } from './merge.ts';
import { problemAt } from './problems.ts';
import { WalkRecorder } from './walk-recorder.ts';

/** Entries that a walk has come to when it ends at the context entry, the PASID directory, the PASID table. */
const AT_CONTEXT = 2;
const AT_DIRECTORY = 3;
const AT_TABLE = 4;

const PASIDS = 2 ** 20;
/** PASIDs of one directory entry. */
const IN_DIRECTORY_ENTRY = 64;

/** Memory up to the PASID-table entry of a walk: what the stages make of an address is not asked here. */
class UpToPasidTable implements Memory {
  readonly #below: Memory;
  readonly #recorder: WalkRecorder;

  constructor(below: Memory, recorder: WalkRecorder) {
    this.#below = below;
    this.#recorder = recorder;
  }

  load(page: PageNumber, offset: number, words: Words): boolean {
    return this.#recorder.count < AT_TABLE && this.#below.load(page, offset, words);
  }

  store(): boolean {
    return false;
  }

  compareAndSwap(): Swap {
    return 'refused';
  }
}

/** Asks the model what it makes of a read of address 0, which every PASID-table entry translates in some way. */
export class PasidAsker {
  readonly recorder = new WalkRecorder();
  readonly #unit: DmaRemapping;
  readonly #translation = newTranslation();
  readonly #entry = newPasidEntry();
  /** Used again from question to question. */
  readonly #request: DmaRequest & { sourceId: number; pasid: number } = {
    ...dmaRequest({ sourceId: 0, address: 0n, access: 'read' }),
  };

  constructor(unit: DmaRemapping) {
    this.#unit = this.recorder.listenTo(unit, new UpToPasidTable(unit.memory, this.recorder));
  }

  /** The condition at the last of the first four entries, if the request came no further. */
  ask(sourceId: number, pasid: number) {
    this.recorder.restart();
    this.#request.sourceId = sourceId;
    this.#request.pasid = pasid;
    const condition = translate(this.#unit, this.#request, this.#translation);
    return this.recorder.count <= AT_TABLE ? condition : undefined;
  }

  /** What the model makes of a PASID-table entry that is known to be sound. */
  entryOf(directory: PageNumber, pasid: number): PasidEntry {
    this.recorder.restart();
    readPasidEntry(this.#unit, directory, pasid, this.#translation, this.#entry);
    return this.#entry;
  }
}

/**
 * The PASID-table entries that requests of a device may use, §3.4.3: that of RID_PASID, then by PASID. Entries that are
 * not present are left out; `budget` ends directories that are large and shared. Returns whether it did.
 */
export function* pasidsOf(
  asker: PasidAsker,
  device: ScalableDevice,
  budget: Budget,
): Generator<Pasid | Problem | Stopped, boolean> {
  const own = pasidOrProblem(asker, device, NO_PASID, asker.ask(device.sourceId, NO_PASID));
  if (own !== undefined) yield own;
  // Neighbouring problems that are alike are one.
  let waiting: Problem | undefined;
  for (let pasid = 0; pasid < PASIDS; ) {
    if (budget.left <= 0) {
      if (waiting !== undefined) yield waiting;
      yield { kind: 'stopped', entries: budget.whole };
      return true;
    }
    budget.left -= 1;
    const condition = asker.ask(device.sourceId, pasid);
    const { count } = asker.recorder;
    // The context entry refuses this PASID alone, or with it all that are higher.
    if (count === AT_CONTEXT && condition !== Fault.SCT_9) break;
    const step = count === AT_DIRECTORY ? IN_DIRECTORY_ENTRY - (pasid % IN_DIRECTORY_ENTRY) : 1;
    const found = count === AT_CONTEXT ? undefined : pasidOrProblem(asker, device, pasid, condition, step);
    pasid += step;
    if (found === undefined) continue;
    if (waiting !== undefined && found.kind === 'problem' && absorb(waiting, found)) continue;
    if (waiting !== undefined) yield waiting;
    waiting = found.kind === 'problem' ? found : undefined;
    if (found.kind === 'pasid') yield found;
  }
  if (waiting !== undefined) yield waiting;
  return false;
}

/** What was found where `count` PASIDs from `asked` on lead; undefined if nothing is present there. */
function pasidOrProblem(
  asker: PasidAsker,
  { sourceId, fields: { RID_PASID, PASIDDIRPTR, RID_PRIV } }: ScalableDevice,
  asked: number,
  condition: Condition | undefined,
  count = 1,
): Pasid | Problem | undefined {
  const withoutPasid = asked === NO_PASID;
  const pasid = withoutPasid ? RID_PASID : asked;
  if (condition !== undefined) {
    if (condition === Fault.SPD_2 || condition === Fault.SPT_2) return undefined;
    return problemAt(asker.recorder.last, condition, { kind: 'pasid', sourceId, pasid, count });
  }
  const entry = asker.entryOf(PASIDDIRPTR, pasid);
  return {
    kind: 'pasid',
    sourceId,
    pasid,
    withoutPasid,
    user: !withoutPasid || RID_PRIV === 0,
    supervisor: withoutPasid ? RID_PRIV === 1 : entry.supervisorAllowed,
    domainId: entry.domainId,
    stages: stagesOf(entry),
    words: entry.words.slice(),
  };
}

/** The tables of an entry that its type uses, §9.6. */
function stagesOf(entry: PasidEntry): Stages {
  const { type, firstStageTable, firstStageLevels, secondStageTable, secondStageLevels, words } = entry;
  const first = type === PGTT.FIRST_STAGE || type === PGTT.NESTED;
  const second = type === PGTT.SECOND_STAGE || type === PGTT.NESTED;
  const addressWidth = PasidTableEntry.AW(words);
  return {
    type,
    ...(first ? { firstStage: { table: firstStageTable, levels: firstStageLevels } } : {}),
    ...(second ? { secondStage: { table: secondStageTable, levels: secondStageLevels, addressWidth } } : {}),
  };
}
