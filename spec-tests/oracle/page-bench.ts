import { type PageOperation, type PageScene, type PageView, pageOpinions } from './page-scene.ts';
import type { PageOpinion, PageRequest } from './page-types.ts';
import { ECAP, type ScalableShape, scalableTables, unitOf } from './test-bench.ts';

/** P, DTE, PASIDE and PRE of a context entry. */
export const PAGES = 0x1dn;
/** Where the queue of a scene is; a ring of 128. */
export const QUEUE = 0x80_0000n;
const SMS = 1n << 58n;

/** A read of source 01:02.0 with PASID 3, the last of its group. */
export const ask = (changes: Partial<PageRequest> = {}): PageOperation => ({
  request: {
    source: 0x0110,
    address: 0x1234_5000n,
    read: true,
    write: false,
    group: 0x1a5,
    last: true,
    pasid: 3,
    ...changes,
  },
});
export const notLast = (changes: Partial<PageRequest> = {}) => ask({ last: false, ...changes });
export const askWithoutPasid = (changes: Partial<PageRequest> = {}): PageOperation => {
  const { pasid: _, ...request } = (ask(changes) as { request: PageRequest }).request;
  return { request };
};
export const marker = () => ask({ read: false });
export const put = (
  write: Exclude<PageOperation, { request: PageRequest }>['write'],
  value: bigint,
): PageOperation => ({
  write,
  value,
});

interface Changes {
  readonly shape?: ScalableShape;
  readonly unit?: PageScene['unit'];
  readonly rtaddr?: bigint;
  readonly sms?: boolean;
  readonly memory?: readonly (readonly [bigint, bigint])[];
  readonly poison?: readonly bigint[];
}

/** Plays operations on a unit that translates, with its queue set up and both events enabled; the views behind that. */
export function play(changes: Changes, ...operations: PageOperation[]) {
  const { shape = {}, unit = unitOf({ ecap: ECAP | (changes.sms === true ? SMS : 0n) }), rtaddr = 0x1400n } = changes;
  const memory = new Map(scalableTables({ contextFlags: PAGES, ...shape }).words);
  for (const [address, word] of changes.memory ?? []) memory.set(address, word);
  const setUp = [put('TE', 1n), put('PQA', QUEUE), put('PECTL', 0n), put('FECTL', 0n)];
  const poison = new Set(changes.poison ?? []);
  const scene = { unit, rtaddr, memory, poison, readOnly: new Set<bigint>(), operations: [...setUp, ...operations] };
  const { views, words } = pageOpinions(scene);
  return { views: views.slice(setUp.length), words };
}

/** An opinion in a few words: `queued 20`, `answered 1 SCT.8 47 unlogged`, `dropped`. */
export function short({ outcome, code, fault, logged, offset }: PageOpinion): string {
  const what = [outcome, code, offset?.toString(16), fault?.condition, fault?.reason.toString(16)];
  return [...what, fault !== undefined && !logged ? 'unlogged' : undefined].filter((x) => x !== undefined).join(' ');
}

/** What the requests of some views got. */
export const answers = (views: readonly PageView[]): string[] =>
  views.flatMap(({ opinion }) => (opinion === undefined ? [] : [short(opinion)]));

/** The answer to one request. */
export const answer = (changes: Changes, operation = ask()): string => answers(play(changes, operation).views)[0] ?? '';

/** The kinds of the messages of each view. */
export const kinds = (views: readonly PageView[]): string[][] =>
  views.map(({ messages }) => messages.map(({ kind }) => kind));
