import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import type { DmaRemapping } from '../dma-remapping/dma-remapping.ts';
import { newFirstStageLeaf, walkFirstStage } from '../dma-remapping/first-stage.ts';
import { newPasidEntry, readPasidEntry } from '../dma-remapping/pasid-entry.ts';
import { firstStageFormat } from '../dma-remapping/reserved-bits.ts';
import { SCALABLE_WALK_FAULTS, SPAN, walkSecondStage } from '../dma-remapping/second-stage.ts';
import { translateThroughStages } from '../dma-remapping/stages.ts';
import { UsedEntries } from '../dma-remapping/used-entries.ts';
import { type AccessName, type DmaRequest, dmaRequest } from '../messages/dma-request.ts';
import { newTranslation } from '../messages/translation.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import { SecondStageEntry } from '../structures/second-stage-entry.ts';
import type { PasidDomain, Problem } from './items.ts';
import { problemAt } from './problems.ts';
import { UnchangedMemory } from './unchanged-memory.ts';
import { type TableWatcher, WalkRecorder } from './walk-recorder.ts';

/** The levels of first-stage entries by their format, and which formats map a page. */
const FIRST_STAGE_LEVELS = new Map(
  [1, 2, 3, 4, 5].flatMap((level) => [
    [firstStageFormat(level, false), level],
    [firstStageFormat(level, true), level],
  ]),
);
const FIRST_STAGE_LEAVES = new Set([1, 2, 3].map((level) => firstStageFormat(level, true)));

/** Rights that lack: not everybody is refused. */
const RIGHTS: ReadonlySet<Condition> = new Set([Fault.SGN_2, Fault.SGN_6, Fault.SGN_7]);
/** Flags that cannot be set: a write needs one more. */
const FLAGS: ReadonlySet<Condition> = new Set([Fault.SFS_8, Fault.SFS_9, Fault.SFS_10, Fault.SSS_5, Fault.SSS_6]);

/** Whether a request of another access or privilege may fare otherwise. */
export const dependsOnAccess = (condition: Condition): boolean => RIGHTS.has(condition) || FLAGS.has(condition);

/** Whether it is rights that lack. */
export const isRefusal = (condition: Condition): boolean => RIGHTS.has(condition);

/**
 * Asks the stages of one PASID-table entry about pages, §3.6 to §3.9. The answers are the model's own; from the entries
 * that its walks come to this learns how many pages an answer holds for.
 */
export class StageSurvey {
  /** Where the last request went that got through. */
  readonly translation = newTranslation();
  /** The last answer holds for this many pages, aligned. */
  span = 0;
  /** How many walks were made. */
  walks = 0;
  /** What the watcher wants to be stepped over from the input of the last answer on. */
  known = 0;
  readonly entry = newPasidEntry();
  readonly #recorder = new WalkRecorder();
  readonly #memory: UnchangedMemory;
  readonly #unit: DmaRemapping;
  readonly #watcher: TableWatcher | undefined;
  /** Used again from page to page. */
  readonly #requests: Readonly<Record<AccessName, DmaRequest & { page: PageNumber }>>;
  readonly #used = new UsedEntries();
  readonly #guest = newFirstStageLeaf();

  constructor(unit: DmaRemapping, { directory, pasid, withPasid }: PasidDomain, watcher?: TableWatcher) {
    this.#watcher = watcher;
    this.#memory = new UnchangedMemory(unit.memory);
    this.#unit = this.#recorder.listenTo(unit, this.#memory);
    readPasidEntry(this.#unit, directory, pasid, this.translation, this.entry);
    // With NS an access is snooped only where the tables say so.
    const of = (access: AccessName): DmaRequest & { page: PageNumber } => ({
      ...dmaRequest({ sourceId: 0, address: 0n, access, noSnoop: true, ...(withPasid ? { pasid } : {}) }),
    });
    this.#requests = { read: of('read'), write: of('write'), atomic: of('atomic') };
  }

  /** The condition that a request meets; undefined if it gets through, and `translation` says to where. */
  ask(input: PageNumber, access: AccessName, supervisor: boolean): Condition | undefined {
    this.#begin();
    const request = this.#requests[access];
    request.page = input;
    const condition = translateThroughStages(this.#unit, request, this.entry, supervisor, this.translation);
    this.span = this.#spanOfWalk();
    this.known = this.#watcher?.walked(this.#recorder, input) ?? 0;
    return condition;
  }

  /** Nested: the guest page that the first stage makes of an input that gets through. */
  guestOf(input: PageNumber, supervisor: boolean): PageNumber | undefined {
    if (this.entry.type !== PGTT.NESTED) return undefined;
    this.#begin();
    this.#used.clear();
    const request = this.#requests.read;
    request.page = input;
    walkFirstStage(this.#unit, this.entry, request, supervisor, this.#used, undefined, this.#guest);
    return this.#guest.page;
  }

  /** What the tables hold above the addresses that they are used for; undefined if nothing. */
  beyondReach(input: PageNumber): Condition | undefined {
    const { secondStageTable, secondStageLevels } = this.entry;
    this.#begin();
    walkSecondStage(this.#unit, SCALABLE_WALK_FAULTS, secondStageTable, secondStageLevels, input, this.translation);
    this.span = this.#spanOfWalk();
    return this.#lastAllows() ? Fault.SGN_5 : undefined;
  }

  /** Whether the last walk ended at an entry that is not present, which is no problem of anybody. */
  isAbsent(condition: Condition): boolean {
    if (condition === Fault.SFS_2) return true;
    // The guest's tables are present where the second stage under them is not: that one is a problem.
    return condition === Fault.SSS_2 && this.entry.type === PGTT.SECOND_STAGE && !this.#lastAllows();
  }

  /** The last condition as a problem of `of`, at the entry that met it. */
  problem(condition: Condition, of: Problem['of']): Problem {
    const { page, offset } = this.#memory;
    const at = FLAGS.has(condition) ? this.#recorder.at(page, offset) : this.#recorder.last;
    return problemAt(at, condition, of);
  }

  #begin(): void {
    this.walks += 1;
    this.known = 0;
    this.#recorder.restart();
  }

  #lastAllows(): boolean {
    const { read, words } = this.#recorder.last;
    const io = this.#unit.rootTable.ioPermissions;
    const R = io ? SecondStageEntry.IR(words) : SecondStageEntry.R(words);
    const W = io ? SecondStageEntry.IW(words) : SecondStageEntry.W(words);
    return !read || (R | W) === 1;
  }

  /** Pages that share the entries of the last walk. */
  #spanOfWalk(): number {
    const { type, firstStageLevels, secondStageLevels } = this.entry;
    const { count } = this.#recorder;
    if (type === PGTT.PASS_THROUGH || count === 0) return Number.POSITIVE_INFINITY;
    if (type === PGTT.FIRST_STAGE) return SPAN[firstStageLevels - count + 1]!;
    if (type === PGTT.SECOND_STAGE) return SPAN[secondStageLevels - count + 1]!;
    let last = count - 1;
    while (last >= 0 && !FIRST_STAGE_LEVELS.has(this.#recorder.visited[last]!.format)) last -= 1;
    // Not even the top table was reached.
    if (last < 0) return Number.POSITIVE_INFINITY;
    const { format } = this.#recorder.visited[last]!;
    const span = SPAN[FIRST_STAGE_LEVELS.get(format)!]!;
    const below = count - 1 - last;
    if (below === 0 || !FIRST_STAGE_LEAVES.has(format)) return span;
    return Math.min(span, SPAN[secondStageLevels - below + 1]!);
  }
}
