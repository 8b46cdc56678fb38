import type { Words } from '../bits/field.ts';
import { integer, listOf, members, type Read } from '../bits/json-values.ts';
import { wordsTexts, wordsValue } from '../bits/saved-words.ts';
import { formatSourceId, sourceIdValue } from '../messages/source-id.ts';
import { InvalidationWaitDescriptor } from '../structures/invalidation-descriptor.ts';

/** ITags are numbers of 5 bits, §4.3. */
export const TAGS = 32;

/** Messages in which an endpoint may complete one invalidation, §4.3. */
export const MOST_COMPLETIONS = 8;

/** A Device-TLB invalidation that its endpoint has not completed, §4.3. */
interface DeviceTlbRequest {
  readonly sourceId: number;
  readonly tag: number;
  /** How many invalidations were asked of the unit's own caches before it. */
  readonly asked: number;
}

/** An inv_wait_dsc that was taken and is not complete, §6.5.2.9. */
export interface InvalidationWait {
  readonly words: Words;
  /** The Device-TLB invalidations that it waits for. */
  readonly behind: readonly DeviceTlbRequest[];
  /** How many invalidations were asked of the unit's own caches before it: with it they are complete. */
  readonly asked: number;
}

/** What is {@link UnderWay} in a snapshot. */
export interface SavedUnderWay {
  /** Invalidations that were asked of the unit's own caches since power-on. */
  readonly asked: number;
  /** Device-TLB invalidations that are not complete, oldest first; `asked`: how many were asked before it. */
  readonly requests: readonly {
    readonly source: string;
    readonly tag: number;
    readonly asked: number;
    /** InvCmpCnt. */
    readonly completions: number;
  }[];
  /** Waits that are not complete, oldest first, each with the ITags that it waits for. */
  readonly waits: readonly {
    readonly words: readonly string[];
    readonly behind: readonly number[];
    readonly asked: number;
  }[];
}

const count = integer(0, 2 ** 52);
const tag = integer(0, TAGS - 1);

export const UNDER_WAY = members(
  {
    asked: count,
    requests: listOf(
      members({ source: sourceIdValue, tag, asked: count, completions: integer(0, MOST_COMPLETIONS) }, {}),
    ),
    waits: listOf(members({ words: wordsValue(2, 4), behind: listOf(tag), asked: count }, {})),
  },
  {},
);

/** What the queue has started and not finished: Device-TLB invalidations (§4.3), and waits behind them (§6.5.2.9). */
export class UnderWay {
  /** Oldest first, replaced and never changed: a wait holds on to what it found here. */
  #requests: readonly DeviceTlbRequest[] = [];
  /** By ITag: InvCmpCnt, how many messages have completed it so far; 0 while it is free. */
  readonly #counts = new Uint8Array(TAGS);
  /** Oldest first, the order in which they complete. */
  #waits: InvalidationWait[] = [];

  /** Nothing more may start: a fence is not complete (§6.5.2.9), or no ITag is free (§4.3). */
  get holdsQueue(): boolean {
    // Nothing is taken behind a fence, so that it is the last one.
    const last = this.#waits.at(-1);
    return this.#requests.length === TAGS || (last !== undefined && InvalidationWaitDescriptor.FN(last.words) === 1);
  }

  /** A request to an endpoint begins: its ITag is the lowest that is free. */
  begin(sourceId: number, asked: number): number {
    let tag = 0;
    while (this.#requests.some((request) => request.tag === tag)) tag += 1;
    this.#requests = [...this.#requests, { sourceId, tag, asked }];
    return tag;
  }

  wait(words: Words, asked: number): void {
    this.#waits.push({ words: words.slice(), behind: this.#requests, asked });
  }

  /** The oldest wait, taken off, once nothing that it waits for is left. */
  finishedWait(): InvalidationWait | undefined {
    const [oldest] = this.#waits;
    if (oldest === undefined || oldest.behind.some((request) => this.#requests.includes(request))) return undefined;
    return this.#waits.shift();
  }

  /** ITags that an endpoint has not answered, oldest first. */
  tagsOf(sourceId: number): readonly number[] {
    return this.#requests.filter((request) => request.sourceId === sourceId).map(({ tag }) => tag);
  }

  /** A message completes an ITag that is in use: it is free if that was the last of so many messages, 1 to 8. */
  complete(tag: number, messages: number): void {
    this.#counts[tag]! += 1;
    if (this.#counts[tag] !== messages) return;
    this.#counts[tag] = 0;
    this.#requests = this.#requests.filter((request) => request.tag !== tag);
  }

  /** §6.5.2.11: frees the ITags of an endpoint, and no wait that is pending will complete. */
  timeOut(sourceId: number): void {
    for (const tag of this.tagsOf(sourceId)) this.#counts[tag] = 0;
    this.#requests = this.#requests.filter((request) => request.sourceId !== sourceId);
    this.#waits = [];
  }

  /** How many invalidations were asked before the oldest request; all that followed depends on it. */
  get certain(): number | undefined {
    return this.#requests[0]?.asked;
  }

  /** `asked`: how many invalidations were asked so far. */
  snapshot(asked: number): SavedUnderWay {
    const waiting = (behind: readonly DeviceTlbRequest[]) => behind.filter((one) => this.#requests.includes(one));
    return {
      asked,
      requests: this.#requests.map((one) => ({
        source: formatSourceId(one.sourceId),
        tag: one.tag,
        asked: one.asked,
        completions: this.#counts[one.tag]!,
      })),
      waits: this.#waits.map(({ words, behind, asked: before }) => ({
        words: wordsTexts(words),
        behind: waiting(behind).map((one) => one.tag),
        asked: before,
      })),
    };
  }

  /** Throws a RangeError, and does nothing, if this cannot be under way; `where` is its name in the snapshot. */
  restore({ asked, requests, waits }: Read<typeof UNDER_WAY>, where: string): void {
    const byTag = new Map(requests.map((one) => [one.tag, { sourceId: one.source, tag: one.tag, asked: one.asked }]));
    if (byTag.size < requests.length) throw new RangeError(`${where}.requests has an ITag twice`);
    const later = [...requests, ...waits].find((one) => one.asked > asked);
    if (later !== undefined) throw new RangeError(`${where}.asked takes ${later.asked} or more, got ${asked}`);
    const restored = waits.map((wait, n) => {
      const behind = wait.behind.flatMap((one) => byTag.get(one) ?? []);
      if (behind.length < wait.behind.length) {
        throw new RangeError(`${where}.waits[${n}].behind has an ITag that is not among the requests`);
      }
      return { words: wait.words, behind, asked: wait.asked };
    });
    this.#requests = [...byTag.values()];
    for (const one of requests) this.#counts[one.tag] = one.completions;
    this.#waits = restored;
  }

  forget(): void {
    this.#counts.fill(0);
    this.#requests = [];
    this.#waits = [];
  }
}
