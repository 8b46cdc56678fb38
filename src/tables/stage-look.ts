import type { PageNumber } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { isInterruptPage } from '../dma-remapping/interrupt-range.ts';
import { ACCESS, type AccessName, READ, WRITE } from '../messages/dma-request.ts';
import { PGTT } from '../structures/pasid-table-entry.ts';
import type { PasidDomain, Problem } from './items.ts';
import { dependsOnAccess, isRefusal, type StageSurvey } from './stage-survey.ts';

/** Pages of the interrupt address range, which is aligned to its size. */
const INTERRUPT_PAGES = 256;
const READ_AND_WRITE = READ | WRITE;

/**
 * One page as all requests find it that may come to it. It is asked about as often as needed: where reads and writes
 * get through together, once for each privilege. The object is used again from page to page.
 */
export class Look {
  /** It holds for so many pages, aligned; infinite if no entry had a say. */
  span = 0;
  /** READ and WRITE: what user-level and supervisor-level requests get through with. */
  user = 0;
  supervisor = 0;
  /** Where those go, and whether snooped. */
  output: PageNumber = 0;
  snooped = false;
  /** A walk ended at an entry that is not present. */
  absent = false;
  problems: readonly Problem[] = [];
  /** Some requests are refused for want of rights; a problem only if all are. */
  refusal: Problem | undefined;
  readonly #survey: StageSurvey;
  readonly #domain: PasidDomain;

  constructor(survey: StageSurvey, domain: PasidDomain) {
    this.#survey = survey;
    this.#domain = domain;
  }

  /** Whether any request gets through. */
  get isMapped(): boolean {
    return (this.user | this.supervisor) !== 0;
  }

  at(input: PageNumber): void {
    this.span = Number.POSITIVE_INFINITY;
    this.user = 0;
    this.supervisor = 0;
    this.absent = false;
    if (this.problems.length > 0) this.problems = [];
    this.refusal = undefined;
    const { stages, user, supervisor } = this.#domain;
    // There is no entry that would say so.
    if (stages.type === PGTT.PASS_THROUGH && isInterruptPage(input)) return;
    if (stages.type === PGTT.SECOND_STAGE && input >= this.#survey.entry.secondStagePages) {
      this.#beyondReach(input);
      return;
    }
    // Without a first stage there is no privilege.
    if (user || stages.firstStage === undefined) this.user = this.#permissionAt(input, false);
    if (supervisor && stages.firstStage !== undefined) this.supervisor = this.#permissionAt(input, true);
  }

  #permissionAt(input: PageNumber, supervisor: boolean): number {
    const condition = this.#ask(input, 'atomic', supervisor);
    if (condition === undefined) return READ_AND_WRITE;
    if (!dependsOnAccess(condition)) {
      this.#note(input, condition, READ);
      return 0;
    }
    let permission = 0;
    for (const access of ['read', 'write'] as const) {
      const met = this.#ask(input, access, supervisor);
      if (met === undefined) permission |= ACCESS[access];
      else this.#note(input, met, ACCESS[access]);
      if (met !== undefined && !dependsOnAccess(met)) break;
    }
    return permission;
  }

  #ask(input: PageNumber, access: AccessName, supervisor: boolean): Condition | undefined {
    const survey = this.#survey;
    const condition = survey.ask(input, access, supervisor);
    if (survey.span < this.span) this.span = survey.span;
    if (condition !== undefined) return condition;
    this.output = survey.translation.page;
    this.snooped = survey.translation.snooped;
    return undefined;
  }

  #beyondReach(input: PageNumber): void {
    const condition = this.#survey.beyondReach(input);
    this.span = this.#survey.span;
    if (condition !== undefined) this.#note(input, condition, READ);
  }

  #note(input: PageNumber, condition: Condition, access: number): void {
    if (this.#survey.isAbsent(condition)) {
      this.absent = true;
      return;
    }
    // Not where the leaf ends but where the range does; a large page keeps the low bits of a page number.
    if (condition === Fault.SGN_8_1) this.span = Math.min(this.span, INTERRUPT_PAGES);
    if (this.problems.some((known) => known.condition === condition)) return;
    const { domainId } = this.#domain;
    const problem = this.#survey.problem(condition, { kind: 'domain', domainId, input, pages: 0 });
    if (isRefusal(condition)) this.refusal ??= problem;
    else this.problems = [...this.problems, access === WRITE ? { ...problem, writesOnly: true } : problem];
  }
}
