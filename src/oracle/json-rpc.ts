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
 * The answer to one line, in pieces that end in a line feed together; none if nothing is to be answered. A request is
 * performed when its piece is asked for: a batch of many long replies never stands in memory whole.
 */
export function* answers(line: string, call: Call): Generator<string, void> {
  const pieces = new Pieces();
  for (const message of messagesOf(line, pieces)) {
    const request = requestOf(message);
    const piece = pieces.of(request instanceof Request ? answer(request, call) : request);
    if (piece !== undefined) yield piece;
  }
  if (pieces.isOpen) yield ']\n';
}

/** What is asked where the answer comes later. */
export type LaterCall = (method: string, params: unknown) => Promise<JsonObject>;

/** As {@link answers}; each request is over before the next one begins. */
export async function* laterAnswers(line: string, call: LaterCall): AsyncGenerator<string, void> {
  const pieces = new Pieces();
  for (const message of messagesOf(line, pieces)) {
    const request = requestOf(message);
    const piece = pieces.of(request instanceof Request ? await answerLater(request, call) : request);
    if (piece !== undefined) yield piece;
  }
  if (pieces.isOpen) yield ']\n';
}

/** The replies to one line, as pieces of it. */
class Pieces {
  /** A batch: its replies stand in one array. */
  isBatch = false;
  #separator = '[';

  /** The piece of one reply; none for undefined, which is the reply to a notification. */
  of(reply: string | undefined): string | undefined {
    if (reply === undefined) return undefined;
    if (!this.isBatch) return `${reply}\n`;
    const piece = this.#separator + reply;
    this.#separator = ',';
    return piece;
  }

  /** A batch with a reply is still to be closed. */
  get isOpen(): boolean {
    return this.#separator === ',';
  }
}

/** The answer to a line that nobody could read. */
export function refuseLine(refusal: Refusal): string {
  return `${refusalReply(null, refusal)}\n`;
}

/** The messages of a line, each of which {@link requestOf} takes; none for an empty line. */
function messagesOf(line: string, pieces: Pieces): readonly unknown[] {
  if (line.trim() === '') return [];
  const message = parse(line);
  pieces.isBatch = Array.isArray(message);
  return Array.isArray(message) ? message : [message];
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

/** The reply to one request, or undefined for a notification. */
function answer(request: Request, call: Call): string | undefined {
  try {
    return request.replyWith(call(request.method, request.params));
  } catch (error) {
    return request.refuse(error);
  }
}

async function answerLater(request: Request, call: LaterCall): Promise<string | undefined> {
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

/** A value in a message: short, and without walking into it. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value)) return 'an object';
  if (typeof value === 'string' && value.length > 40) return `${JSON.stringify(value.slice(0, 40))} and more`;
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A number beyond 2^53 - 1 would come back as another one. */
function isId(id: unknown): id is Id {
  if (typeof id === 'number') return Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return typeof id === 'string' || id === null;
}

/** At least as many objects and arrays as there are: brackets in strings count too. */
function containersIn(line: string): number {
  let containers = 0;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) containers += 1;
  }
  return containers;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Refusal(ErrorCode.INTERNAL, `the server is at fault, not the request: ${message}`);
}

function refusalReply(id: Id, { code, message }: Refusal): string {
  const text = message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}…` : message;
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code, message: text } });
}

const invalidRequest = (message: string): Refusal => new Refusal(ErrorCode.INVALID_REQUEST, message);
