import { type Call, type Refusal, refusalOf, sentenceOf, show } from './json-rpc.ts';
import type { Session } from './session.ts';
import { COMMANDS, type Context } from './text-commands.ts';
import { QuickLines } from './text-quick-lines.ts';
import { Words } from './text-words.ts';
import { invalidParams } from './values.ts';

/** Where the registers of the first unit of most machines stand. */
export const USUAL_BASE = 0xfed9_0000n;

/** The text dialect of the protocol: one line is asked, one is answered. */
export class TextDialect {
  readonly #context: Context;
  readonly #quick: QuickLines;

  /** `call` performs the methods of `session`. */
  constructor(session: Session, call: Call) {
    let base = USUAL_BASE;
    this.#quick = new QuickLines(session, base);
    this.#context = {
      call,
      window: () => ({ base, size: session.unit.registers.size }),
      moveRegisters: (to) => {
        base = to;
        this.#quick.base = to;
      },
    };
  }

  /** The answer to a line, with its line feed; empty for a line of blanks. */
  answer(line: string): string {
    try {
      return this.#quick.answer(line) ?? this.answerAny(line);
    } catch (error) {
      return failLine(refusalOf(error));
    }
  }

  /** The same for lines of every form, word by word. */
  answerAny(line: string): string {
    const [name, ...rest] = line.split(/[ \t\r]+/).filter((word) => word !== '');
    if (name === undefined) return '';
    try {
      const value = this.#perform(name, rest);
      return value === '' ? 'OK\n' : `OK ${value}\n`;
    } catch (error) {
      return failLine(refusalOf(error));
    }
  }

  #perform(name: string, rest: readonly string[]): string {
    const command = COMMANDS.get(name);
    if (command === undefined) {
      throw invalidParams(`there is no command ${show(name)}; there are ${[...COMMANDS.keys()].join(', ')}`);
    }
    return command.perform(this.#context, new Words(`${name} takes ${command.usage}`, rest));
  }
}

/** The answer to a line that is refused. */
export const failLine = (refusal: Refusal): string => `FAIL ${sentenceOf(refusal)}\n`;
