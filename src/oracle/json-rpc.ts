import { isObject, show } from '../bits/json-values.ts';

export { isObject, show } from '../bits/json-values.ts';

/** The error codes of JSON-RPC 2.0; SERVER is the first of those that it leaves to the server. */
export const ErrorCode = Object.freeze({
  PARSE: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  SERVER: -32000,
});

/** A request that is refused: thrown by a method before it changes anything, answered as an error. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is asked: `params` are an object, an array or undefined. Throws a {@link Refusal} if it will not do it. */
export type Call = (method: string, params: unknown) => JsonObject;

type Id = string | number | null;

/** A message is cut here: it may quote what was sent, and that may be long. */
const MESSAGE_LENGTH = 2000;
/** Objects and arrays in a line, and requests in a batch. */
const CONTAINERS = 2 ** 20;
/** Characters of a line that is not counted through: it cannot hold more. */
const SMALL_LINE = CONTAINERS;

/**
 * The answer to one line with its line feed; empty if nothing is to be answered. That to a batch comes in pieces, and a
 * request of it is performed when its piece is asked for: many long replies never stand in memory together.
 */
export function answers(line: string, call: Call): string | Iterable<string> {
  if (isBlank(line)) return '';
  const message = parse(line);
  if (Array.isArray(message)) return batchAnswers(message, call);
  const reply = answer(message, call);
  return reply === undefined ? '' : `${reply}\n`;
}

function* batchAnswers(messages: readonly unknown[], call: Call): Generator<string, void> {
  let separator = '[';
  for (const message of messages) {
    const reply = answer(message, call);
    if (reply === undefined) continue;
    yield separator + reply;
    separator = ',';
  }
  if (separator === ',') yield ']\n';
}

/** What is asked where the answer comes later. */
export type LaterCall = (method: string, params: unknown) => Promise<JsonObject>;

/** As {@link answers}, in pieces; each request is over before the next one begins. */
export async function* laterAnswers(line: string, call: LaterCall): AsyncGenerator<string, void> {
  if (isBlank(line)) return;
  const message = parse(line);
  const isBatch = Array.isArray(message);
  let separator = '[';
  for (const one of isBatch ? message : [message]) {
    const reply = await answerLater(one, call);
    if (reply === undefined) continue;
    yield isBatch ? separator + reply : `${reply}\n`;
    separator = ',';
  }
  if (isBatch && separator === ',') yield ']\n';
}

/** The answer to a line that nobody could read. */
export function refuseLine(refusal: Refusal): string {
  return `${refusalReply(null, refusal)}\n`;
}

/** The message of a line, or why there is none. */
function parse(line: string): unknown {
  // A line of nothing but brackets would take a hundred times its length in memory.
  if (line.length > SMALL_LINE && containersIn(line) > CONTAINERS) {
    return invalidRequest(`a line holds at most ${CONTAINERS} objects and arrays`);
  }
  try {
    const message: unknown = JSON.parse(line);
    if (!Array.isArray(message)) return message;
    if (message.length === 0) return invalidRequest('a batch holds at least one request');
    return message.length <= CONTAINERS ? message : invalidRequest(`a batch holds at most ${CONTAINERS} requests`);
  } catch {
    return new Refusal(ErrorCode.PARSE, 'this line is not JSON');
  }
}

/** A request that can be performed. Without an id it is a notification, and nothing answers it. */
class Request {
  readonly method: string;
  readonly params: unknown;
  readonly #id: Id | undefined;

  constructor(id: Id | undefined, method: string, params: unknown) {
    this.#id = id;
    this.method = method;
    this.params = params;
  }

  replyWith(result: JsonObject): string | undefined {
    if (this.#id === undefined) return undefined;
    return `{"jsonrpc":"2.0","id":${JSON.stringify(this.#id)},"result":${JSON.stringify(result)}}`;
  }

  refuse(error: unknown): string | undefined {
    return this.#id === undefined ? undefined : refusalReply(this.#id, refusalOf(error));
  }
}

/** The request that a message is, or the reply that says why it is none. */
function requestOf(message: unknown): Request | string {
  if (message instanceof Refusal) return refusalReply(null, message);
  if (!isObject(message)) return refusalReply(null, invalidRequest(`a request is an object, got ${show(message)}`));
  const { id } = message;
  const isNotification = !Object.hasOwn(message, 'id');
  if (!isNotification && !isId(id)) {
    return refusalReply(null, invalidRequest(`id takes a string, a number up to 2^53 - 1 or null, got ${show(id)}`));
  }
  const { method, params } = message;
  const wrong = wrongIn(message);
  // Without an id this could have been meant as a request: it is answered all the same, as JSON-RPC demands.
  if (wrong !== undefined || typeof method !== 'string') {
    return refusalReply(isId(id) ? id : null, invalidRequest(wrong ?? ''));
  }
  return new Request(isNotification || !isId(id) ? undefined : id, method, params);
}

/** The reply to one message, or undefined for a notification. */
function answer(message: unknown, call: Call): string | undefined {
  const request = requestOf(message);
  if (!(request instanceof Request)) return request;
  try {
    return request.replyWith(call(request.method, request.params));
  } catch (error) {
    return request.refuse(error);
  }
}

async function answerLater(message: unknown, call: LaterCall): Promise<string | undefined> {
  const request = requestOf(message);
  if (!(request instanceof Request)) return request;
  try {
    return request.replyWith(await call(request.method, request.params));
  } catch (error) {
    return request.refuse(error);
  }
}

/** What keeps an object from being a request, a sentence. */
function wrongIn(message: JsonObject): string | undefined {
  for (const name of Object.keys(message)) {
    if (name !== 'jsonrpc' && name !== 'id' && name !== 'method' && name !== 'params') {
      return `there is no member ${show(name)} in a request; there are jsonrpc, id, method and params`;
    }
  }
  const { jsonrpc, method, params } = message;
  if (jsonrpc !== '2.0') return `jsonrpc takes "2.0", got ${show(jsonrpc)}`;
  if (typeof method !== 'string') return `method takes a string, got ${show(method)}`;
  if (Object.hasOwn(message, 'params') && !isObject(params) && !Array.isArray(params)) {
    return `params takes an object, got ${show(params)}`;
  }
  return undefined;
}

/** A number beyond 2^53 - 1 would come back as another one. */
function isId(id: unknown): id is Id {
  if (typeof id === 'number') return Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return typeof id === 'string' || id === null;
}

/** Requests begin with a bracket: most lines need no second look. */
const isBlank = (line: string): boolean => !line.startsWith('{') && line.trim() === '';

/** At least as many objects and arrays as there are: brackets in strings count too. */
function containersIn(line: string): number {
  let containers = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) containers += 1;
  }
  return containers;
}

/** What was thrown, as a refusal: what is none is a mistake of the server. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal(ErrorCode.INTERNAL, `the server is at fault, not the request: ${message}`);
}

/** The sentence of a refusal. */
export const sentenceOf = ({ message }: Refusal): string =>
  message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}…` : message;

function refusalReply(id: Id, refusal: Refusal): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: refusal.code, message: sentenceOf(refusal) } });
}

const invalidRequest = (message: string): Refusal => new Refusal(ErrorCode.INVALID_REQUEST, message);
