import { answers, type Call } from '../../src/oracle/json-rpc.ts';
import { callsOf } from '../../src/oracle/methods.ts';
import { Session } from '../../src/oracle/session.ts';

export interface Failure {
  readonly code: number;
  readonly message: string;
}

export interface Reply {
  readonly jsonrpc: string;
  readonly id: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: Failure;
}

/** A server without streams: lines in, lines out. */
export class Peer {
  readonly session: Session;
  readonly #call: Call;
  #id = 0;

  constructor(session = new Session()) {
    this.session = session;
    this.#call = callsOf(session);
  }

  /** What is answered to a line, in the pieces in which it is written. */
  pieces(text: string): Iterable<string> {
    const answer = answers(text, this.#call);
    return typeof answer === 'string' ? [answer] : answer;
  }

  /** What is answered to a line, with its line feed; empty if nothing is. */
  line(text: string): string {
    return [...this.pieces(text)].join('');
  }

  /** The message that is answered to a value sent as JSON; undefined if none is. */
  send(message: unknown): unknown {
    const text = this.line(JSON.stringify(message));
    return text === '' ? undefined : JSON.parse(text);
  }

  request(method: string, params?: object): Reply {
    this.#id += 1;
    const message = { jsonrpc: '2.0', id: this.#id, method, ...(params === undefined ? {} : { params }) };
    return this.send(message) as Reply;
  }

  /** The result of a request that must not be refused. */
  ask(method: string, params?: object): Readonly<Record<string, unknown>> {
    const { result, error } = this.request(method, params);
    if (result === undefined) throw new Error(`${method} was refused: ${error?.message}`);
    return result;
  }

  /** Why a request is refused; an Error if it is not. */
  refusal(method: string, params?: object): Failure {
    const { error } = this.request(method, params);
    if (error === undefined) throw new Error(`${method} was not refused`);
    return error;
  }
}

/** CAP_REG and ECAP_REG of a unit of major version 1 with a 39- and a 48-bit second stage, one fault record at 220h. */
export const OLD_UNIT = {
  version: '0x10',
  hostAddressWidth: 39,
  capabilities: '0xd2008c222f0606',
  extendedCapabilities: '0xf00f4a',
};

/** Registers by offset. */
export const REGISTER = { GCMD: 0x18, GSTS: 0x1c, RTADDR: 0x20, FSTS: 0x34, FECTL: 0x38, FEDATA: 0x3c, FEADDR: 0x40 };

/**
 * A unit that translates: 00:05.0 through four levels to one read-only page, 12345000h at 7000h; 00:06.0 with a device
 * TLB through the same tables; 00:07.0 passes through; other devices have no context entry.
 */
export function translatingPeer(unit: object = {}): Peer {
  const peer = new Peer();
  peer.ask('initialize', { unit });
  const entries = [
    ['0x1000', '0120000000000000'],
    ['0x2280', '01300000000000000207000000000000'],
    ['0x2300', '05300000000000000207000000000000'],
    ['0x2380', '09000000000000000207000000000000'],
    ['0x3000', '0340000000000000'],
    ['0x4000', '0350000000000000'],
    ['0x5488', '0360000000000000'],
    ['0x6a28', '0170000000000000'],
  ];
  for (const [address, data] of entries) peer.ask('memory.write', { address, data });
  peer.ask('register.write', { offset: REGISTER.RTADDR, width: 64, value: '0x1000' });
  peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x40000000' });
  peer.ask('register.write', { offset: REGISTER.GCMD, width: 32, value: '0x80000000' });
  return peer;
}
