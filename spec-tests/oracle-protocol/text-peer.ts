import { callsOf } from '../../src/oracle/methods.ts';
import { Session } from '../../src/oracle/session.ts';
import { TextDialect } from '../../src/oracle/text-dialect.ts';

/** A server of the text dialect without streams: lines in, lines out. */
export class TextPeer {
  readonly session: Session;
  readonly dialect: TextDialect;

  constructor(session = new Session()) {
    this.session = session;
    this.dialect = new TextDialect(session, callsOf(session));
  }

  /** What is answered to a line, without its line feed. */
  line(text: string): string {
    const answer = this.dialect.answer(text);
    if (!/^(?:OK|FAIL)[^\n]*\n$/.test(answer)) throw new Error(`not a reply: ${JSON.stringify(answer)}`);
    return answer.slice(0, -1);
  }

  /** What is answered to lines, one after the other. */
  lines(...texts: readonly string[]): readonly string[] {
    return texts.map((text) => this.line(text));
  }

  /** The VALUE of a request that must not be refused. */
  ask(text: string): string {
    const answer = this.line(text);
    if (!answer.startsWith('OK')) throw new Error(`${text}: ${answer}`);
    return answer.slice(3);
  }

  /** The sentence with which a request is refused; an Error if it is not. */
  refusal(text: string): string {
    const answer = this.line(text);
    if (!answer.startsWith('FAIL ')) throw new Error(`${text}: ${answer}`);
    return answer.slice(5);
  }
}

/** {@link translatingPeer}, written in the text dialect. */
export function translatingTextPeer(unit = 'unit'): TextPeer {
  const peer = new TextPeer();
  const lines = [
    unit,
    'writeq 0x1000 0x2001',
    'write 0x2280 16 0x01300000000000000207000000000000',
    'write 0x2300 16 0x05300000000000000207000000000000',
    'write 0x2380 16 0x09000000000000000207000000000000',
    'writeq 0x3000 0x4003',
    'writeq 0x4000 0x5003',
    'writeq 0x5488 0x6003',
    'writeq 0x6a28 0x7001',
    'writeq 0xfed90020 0x1000',
    'writel 0xfed90018 0x40000000',
    'writel 0xfed90018 0x80000000',
  ];
  for (const line of lines) peer.ask(line);
  return peer;
}

/**
 * Scalable mode: 00:03.0 may ask for pages, with PASID 5 or by RID_PASID 0, both pass-through; 00:04.0 may not (PRE=0). The queue
 * is at 8000h, its event is not masked.
 */
export function pageRequestTextPeer(): TextPeer {
  const peer = new TextPeer();
  const lines = [
    'unit',
    'writeq 0x1000 0x2001',
    'writeq 0x2300 0x301d',
    'writeq 0x2400 0x300d',
    'writeq 0x3000 0x4001',
    'write 0x4000 16 0x01010000000000000100000000000000',
    'write 0x4140 16 0x01010000000000000100000000000000',
    'writeq 0xfed90020 0x1400',
    'writel 0xfed90018 0x40000000',
    'writel 0xfed90018 0x80000000',
    'writeq 0xfed900d0 0x8000',
    'writel 0xfed900e4 0x53',
    'writel 0xfed900e8 0xfee02000',
    'writel 0xfed900e0 0',
  ];
  for (const line of lines) peer.ask(line);
  return peer;
}
