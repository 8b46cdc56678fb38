import type { Command } from 'commander';
import { type CachePolicy, checkCachePolicy } from '../caches/policy.ts';
import type { Form } from '../conformance/exchange.ts';
import { InputError, messageOf, quoted } from '../images/input-error.ts';
import { choicesWith } from '../platform/choices.ts';
import { parseCount } from './arguments.ts';
import { type Progress, progressBar } from './progress.ts';
import { shellWord } from './text.ts';

/** Options of commands that start a target: how it is talked to, and what it is told. */
export interface TargetArguments {
  readonly target?: string;
  readonly caches?: string;
  readonly choice: readonly string[];
  readonly timeout: string;
  readonly startTimeout: string;
  readonly restarts: string;
  readonly lines?: boolean;
  readonly text?: boolean;
}

const TIMEOUT = '10';
const START_TIMEOUT = '60';
const MOST_SECONDS = 86_400;

/** For an option that may be given several times. */
export const several = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** Those options, for a command that takes one `what` after the other to the target. */
export function withTargetOptions(command: Command, what: string): Command {
  return command
    .option('--target <command>', 'a shell command that speaks docs/protocol.md over its standard input and output')
    .option('--caches <policy>', 'none, full or an object of capacities: what the target is told to remember')
    .option('--choice <name=value>', 'a freedom that the target is known to take', several, [])
    .option('--timeout <seconds>', `how long one ${what} may take`, TIMEOUT)
    .option('--start-timeout <seconds>', 'how long the target may take to start', START_TIMEOUT)
    .option('--restarts <count>', 'how often a target is started again before it is given up', '1000')
    .option('--lines', 'one request a line, no batches')
    .option('--text', 'the target speaks the text dialect, without JSON');
}

/** What they say. */
export function targetSettings(options: TargetArguments) {
  const { target: command } = options;
  if (command === undefined) {
    throw new InputError('--target is missing; it takes a command that speaks docs/protocol.md');
  }
  const seconds = (text: string, name: string) => parseCount(text, 1, MOST_SECONDS, name) * 1000;
  return {
    command,
    timeout: seconds(options.timeout, '--timeout'),
    startTimeout: seconds(options.startTimeout, '--start-timeout'),
    restarts: parseCount(options.restarts, 0, 1_000_000, '--restarts'),
    form: formOf(options),
    caches: parseCaches(options.caches),
    choices: parseChoices(options.choice),
  };
}

/** The same as words of a command that goes to this target in the same way, as a POSIX shell takes them. */
export function targetWords(options: TargetArguments): string {
  const { target = '', caches, choice, timeout, startTimeout, lines, text } = options;
  const given = [
    ...['--target', target],
    ...(caches === undefined ? [] : ['--caches', caches]),
    ...choice.flatMap((one) => ['--choice', one]),
    ...(timeout === TIMEOUT ? [] : ['--timeout', timeout]),
    ...(startTimeout === START_TIMEOUT ? [] : ['--start-timeout', startTimeout]),
    ...(lines === true ? ['--lines'] : []),
    ...(text === true ? ['--text'] : []),
  ];
  return given.map(shellWord).join(' ');
}

const formOf = ({ text, lines }: TargetArguments): Form =>
  text === true ? 'text' : lines === true ? 'lines' : 'batches';

/** A policy of caches: `none`, `full`, or capacities as JSON. */
function parseCaches(text: string | undefined): CachePolicy | undefined {
  if (text === undefined) return undefined;
  const value = text.startsWith('{') ? jsonOf(text, '--caches') : text;
  return atDoor(() => {
    checkCachePolicy(value as CachePolicy);
    return value as CachePolicy;
  });
}

/** Choices, each `name=value`. */
function parseChoices(texts: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new InputError(`--choice takes name=value, got ${quoted(text)}`);
      }
      return [name, choiceValue(name, value)];
    }),
  );
}

/** `true` and `20` are values of their own, but in choices that take them as names: `invalidDescriptor=3`. */
function choiceValue(name: string, text: string): unknown {
  const value = /^(?:true|false|\d{1,15})$/.test(text) ? jsonOf(text, '--choice') : text;
  try {
    choicesWith({ [name]: value });
    return value;
  } catch {
    return atDoor(() => {
      choicesWith({ [name]: text });
      return text;
    });
  }
}

function jsonOf(text: string, option: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError(`${option} takes JSON there, got ${quoted(text)}`);
  }
}

/** What came of as many tests on a target, with a bar while they run. Throws an InputError with why nothing was run. */
export async function onTarget<Outcome extends object>(
  tests: number,
  run: (progress: Progress['show']) => Promise<Outcome | string>,
): Promise<Outcome> {
  // Interrupted from the keyboard, the target must not stay behind: it is ended when this process exits.
  const interrupted = () => process.exit(130);
  process.once('SIGINT', interrupted);
  const bar = progressBar(tests);
  const outcome = await run(bar.show);
  bar.end();
  process.off('SIGINT', interrupted);
  if (typeof outcome === 'string') throw new InputError(`nothing was run: ${outcome}`);
  return outcome;
}

/** A door of the model throws a sentence. */
function atDoor<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw new InputError(messageOf(error));
    throw error;
  }
}
