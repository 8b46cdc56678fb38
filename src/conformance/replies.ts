import { ErrorCode, isObject, type JsonObject } from '../oracle/json-rpc.ts';
import { resultOf } from '../oracle/text-client.ts';
import { shortly } from './comparison.ts';

/** What a target answered to one request; `line` is what it wrote in the text dialect. */
export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly line?: string }
  | { readonly kind: 'error'; readonly code: number; readonly message: string; readonly line?: string };

/** A reply with the id of its request. */
interface Numbered {
  readonly id: number;
  readonly reply: Reply;
}

/** The replies of a line: one, or those of a batch. A string says why the line is none of a peer that speaks the protocol. */
export function repliesOf(line: string): readonly Numbered[] | string {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    return `it wrote a line that is not JSON: ${shortly(line, 200)}`;
  }
  const replies: Numbered[] = [];
  for (const one of Array.isArray(message) ? message : [message]) {
    const numbered = numberedReply(one);
    if (numbered === undefined) return `it wrote what is no reply: ${shortly(one, 200)}`;
    replies.push(numbered);
  }
  return replies;
}

function numberedReply(message: unknown): Numbered | undefined {
  if (!isObject(message)) return undefined;
  const { id, result, error } = message;
  if (typeof id !== 'number') return undefined;
  if (isObject(result) && error === undefined) return { id, reply: { kind: 'result', result } };
  if (!isObject(error) || result !== undefined) return undefined;
  const { code, message: text } = error;
  if (typeof code !== 'number' || typeof text !== 'string') return undefined;
  return { id, reply: { kind: 'error', code, message: text } };
}

/** The reply in a line of the text dialect to a request of this method. A string says why the line is none. */
export function textReplyOf(method: string, line: string): Reply | string {
  if (line.startsWith('FAIL ')) return { kind: 'error', code: ErrorCode.SERVER, message: line.slice(5), line };
  try {
    return { kind: 'result', result: resultOf(method, line), line };
  } catch (error) {
    return `it wrote what is no reply: ${shortly(line, 200)}: ${(error as Error).message}`;
  }
}
