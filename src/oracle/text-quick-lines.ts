import { ACCESS, plainRequest } from '../messages/dma-request.ts';
import type { Outcome } from '../messages/outcome.ts';
import { outcomeReply } from './replies.ts';
import type { Session } from './session.ts';
import { outcomeText } from './text-replies.ts';
import { digitOf } from './values.ts';

const BLANK = 0x20;
const ZERO = 0x30;
/** Digits of an address that a double holds exactly, and of a page number. */
const EXACT_DIGITS = 13;
const ADDRESS_DIGITS = 16;
/** The last page, at whose end a request may run past the end of the address space. */
const LAST_PAGE = 2 ** 52 - 1;

/** By the letter that ends the command: bits of the access. */
const WIDTHS = { l: 32, q: 64 } as const;

/**
 * The lines that a bench sends most, in their plainest form and without any mistake, answered without being taken apart
 * into words: requests without options, and accesses to registers. All others are left to the commands.
 */
export class QuickLines {
  /** Where the registers stand. */
  base: bigint;
  readonly #session: Session;

  constructor(session: Session, base: bigint) {
    this.#session = session;
    this.base = base;
  }

  /** The answer to a line, with its line feed; undefined if it is not of these forms. */
  answer(line: string): string | undefined {
    if (this.#session.ended) return undefined;
    switch (line.charCodeAt(0)) {
      case 0x64:
        return this.#dma(line);
      case 0x72:
        return this.#read(line);
      case 0x77:
        return this.#write(line);
      default:
        return undefined;
    }
  }

  /** `dma bb:dd.f ACCESS 0x…` */
  #dma(line: string): string | undefined {
    const source = sourceAt(line, 4);
    if (source < 0 || !line.startsWith('dma ') || line.charCodeAt(11) !== BLANK) return undefined;
    const letter = line.charCodeAt(12);
    const word = letter === 0x72 ? 'read ' : letter === 0x77 ? 'write ' : 'atomic ';
    if (!line.startsWith(word, 12)) return undefined;
    const first = digitsAt(line, 12 + word.length);
    const digits = line.length - first;
    if (first < 0 || digits > ADDRESS_DIGITS) return undefined;
    const split = Math.max(first, line.length - 3);
    const page = hexadecimal(line, first, split);
    const offset = hexadecimal(line, split, line.length);
    if (page < 0 || offset < 0 || page === LAST_PAGE) return undefined;
    const access = letter === 0x72 ? ACCESS.read : letter === 0x77 ? ACCESS.write : ACCESS.atomic;
    return answerTo(this.#session.judge.dma(plainRequest(source, page, offset, access)));
  }

  /** `readl 0x…` or `readq 0x…`, of a register. */
  #read(line: string): string | undefined {
    if (!line.startsWith('read') || line.charCodeAt(5) !== BLANK) return undefined;
    const width = WIDTHS[line[4] as 'l' | 'q'];
    const offset = this.#registerAt(line, 6, line.length, width);
    if (offset < 0) return undefined;
    return `OK 0x${padded(this.#session.unit.readRegister(offset, width))}\n`;
  }

  /** `writel 0x… 0x…` or `writeq 0x… 0x…`, of a register. */
  #write(line: string): string | undefined {
    if (!line.startsWith('write') || line.charCodeAt(6) !== BLANK) return undefined;
    const width = WIDTHS[line[5] as 'l' | 'q'];
    const end = line.indexOf(' ', 7);
    if (end < 0) return undefined;
    const offset = this.#registerAt(line, 7, end, width);
    const first = digitsAt(line, end + 1);
    if (offset < 0 || first < 0 || line.length - first > width / 4) return undefined;
    const split = Math.max(first, line.length - 8);
    const high = split === first ? 0 : hexadecimal(line, first, split);
    const low = hexadecimal(line, split, line.length);
    if (high < 0 || low < 0) return undefined;
    this.#session.unit.writeRegister(offset, width, (BigInt(high) << 32n) | BigInt(low));
    return 'OK\n';
  }

  /** The offset of the register that an access of `width` bits reaches, or -1 if it reaches none, or reaches it askew. */
  #registerAt(line: string, at: number, end: number, width: 32 | 64 | undefined): number {
    const first = digitsAt(line, at);
    if (width === undefined || first < 0 || end - first > EXACT_DIGITS) return -1;
    const offset = hexadecimal(line, first, end) - Number(this.base);
    const bytes = width / 8;
    return offset >= 0 && offset + bytes <= this.#session.unit.registers.size && offset % bytes === 0 ? offset : -1;
  }
}

function answerTo(outcome: Outcome): string {
  if (outcome.kind === 'completed') return `OK completed 0x${padded(outcome.address)}\n`;
  return `OK ${outcomeText(outcomeReply(outcome), false)}\n`;
}

const padded = (value: bigint): string => value.toString(16).padStart(16, '0');

/** Where the digits behind `0x` begin, or -1 if there is no `0x`, or nothing behind it. */
const digitsAt = (line: string, at: number): number =>
  line.charCodeAt(at) === ZERO && line.charCodeAt(at + 1) === 0x78 && line.length > at + 2 ? at + 2 : -1;

/** The number of these digits, 0 if there are none; -1 if one of them is no hexadecimal digit. */
function hexadecimal(line: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = digitOf(line.charCodeAt(i));
    if (digit < 0) return -1;
    number = number * 16 + digit;
  }
  return number;
}

/** The source-id of `bb:dd.f`, or -1. */
function sourceAt(line: string, at: number): number {
  const bus = hexadecimal(line, at, at + 2);
  const device = hexadecimal(line, at + 3, at + 5);
  const fn = line.charCodeAt(at + 6) - ZERO;
  if (line.charCodeAt(at + 2) !== 0x3a || line.charCodeAt(at + 5) !== 0x2e) return -1;
  if (bus < 0 || device < 0 || device > 31 || !(fn >= 0 && fn < 8)) return -1;
  return (bus << 8) | (device << 3) | fn;
}
