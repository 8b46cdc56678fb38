import { InputError, quoted } from '../images/input-error.ts';
import { COMMANDS } from '../oracle/text-commands.ts';

/** One event of a trace: a request of the text dialect, and what was observed. */
export interface TraceEvent {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  /** The words of the request, at least one. */
  readonly words: readonly string[];
  /** The words that were observed; missing if nothing was. */
  readonly observed?: readonly string[];
  /** It was refused where it was observed, and has had no effect there. */
  readonly refused: boolean;
}

/** What tells an observation from its request on one line. */
const SEPARATOR = '=';
/** Characters that a transcript of vectors has in its patterns, and no observation has. */
const PATTERN = /[*?[\]]/;

/**
 * The events of a trace (docs/traces.md): a line is a request, `> ` before it or not; what was observed stands behind
 * ` = `, or on a line of its own behind `< `. Throws an InputError that names the line.
 */
export function readTraceLines(text: string, path: string): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  let open = false;
  for (const [i, whole] of text.split('\n').entries()) {
    const line = whole.trim();
    if (line === '' || line.startsWith('#')) continue;
    const where = `line ${i + 1} of ${path}`;
    const last = events.at(-1);
    if (!line.startsWith('<')) {
      const event = eventOf(line.replace(/^>/, ''), i + 1, where);
      events.push(event);
      open = event.observed === undefined || event.words[0] === 'permitted';
    } else if (last === undefined) {
      throw new InputError(`${where} is an observation, and no request stands before it`);
    } else if (!open) {
      throw new InputError(`${where} is a second observation of line ${last.line}, which has one`);
    } else {
      open = false;
      // Of a server's verdict nothing is observed: it stands on the request's own line.
      if (last.words[0] === 'permitted') continue;
      events[events.length - 1] = { ...last, ...observationOf(line.slice(1), where) };
    }
  }
  return events;
}

function eventOf(line: string, number: number, where: string): TraceEvent {
  const words = wordsOf(line);
  const end = words.indexOf(SEPARATOR);
  const request = end < 0 ? words : words.slice(0, end);
  const [name] = request;
  if (name === undefined) throw new InputError(`${where} has no request`);
  if (!COMMANDS.has(name)) {
    throw new InputError(`${where} begins with ${quoted(name)}, expected one of ${[...COMMANDS.keys()].join(', ')}`);
  }
  if (end < 0) return { line: number, words: request, refused: false };
  const observed = words.slice(end + 1);
  if (observed.length === 0) throw new InputError(`${where} has nothing behind its =`);
  return { line: number, words: request, ...observedAs(observed, where), refused: false };
}

function observationOf(text: string, where: string): Pick<TraceEvent, 'observed' | 'refused'> {
  const [first, ...rest] = wordsOf(text);
  if (first === 'FAIL') return { refused: true };
  if (first !== 'OK')
    throw new InputError(`${where} is an observation, which begins with OK or FAIL, got ${shown(first)}`);
  return { ...(rest.length === 0 ? {} : observedAs(rest, where)), refused: false };
}

function observedAs(words: readonly string[], where: string): Pick<TraceEvent, 'observed'> {
  const pattern = words.find((word) => PATTERN.test(word));
  if (pattern === undefined) return { observed: words };
  throw new InputError(`${where} has the pattern ${quoted(pattern)}, and an observation says what was seen`);
}

const shown = (word: string | undefined): string => (word === undefined ? 'nothing' : quoted(word));

const wordsOf = (text: string): readonly string[] => text.split(/[ \t\r]+/).filter((word) => word !== '');
