import { bits } from './bits.ts';
import type { AllowedRequest } from './exploration.ts';
import type { History, Operation } from './history.ts';
import type { Command } from './invalidation-command.ts';

/** What software does to a unit, register by register, and the requests in between. */
export type RawOperation =
  | { readonly kind: 'register'; readonly offset: number; readonly width: 32 | 64; readonly value: bigint }
  | {
      readonly kind: 'memory';
      readonly address: bigint;
      readonly qwords: readonly bigint[];
      readonly visible: boolean;
    }
  | ({ readonly kind: 'request' } & AllowedRequest);

/** Where software keeps the queue, one page, and the status of its waits. */
export interface RawPlaces {
  readonly queue: bigint;
  readonly status: bigint;
}

const GCMD = 0x18;
const RTADDR = 0x20;
const CCMD = 0x28;
const IQT = 0x88;
const IQA = 0x90;

const TE = 1n << 31n;
const SRTP = 1n << 30n;
const WBF = 1n << 27n;
const QIE = 1n << 26n;

/**
 * The history as software performs it. The queue is on from the start unless a command goes through the registers; its
 * width follows the first root table (6.5.2-R9). Each descriptor has a tail write of its own, so that it is submitted then.
 */
export function rawHistory(
  history: History,
  places: RawPlaces = { queue: 0x7f00_0000n, status: 0x7f00_1000n },
): RawOperation[] {
  const { operations } = history;
  const software = new Software(history, places);
  const registers = operations.some(({ kind, ...rest }) => kind === 'command' && usesRegisters(rest));
  if (!registers) software.startQueue(operations.find(({ kind }) => kind === 'rootTable'));
  for (const operation of operations) software.perform(operation);
  return software.done;
}

const usesRegisters = (rest: object): boolean => 'command' in rest && (rest.command as Command).via === 'register';

class Software {
  readonly done: RawOperation[] = [];
  readonly #places: RawPlaces;
  /** IVA_REG; IOTLB_REG is 8 bytes above (11.4.6.2-R1). */
  readonly #iva: number;
  /** GSTS as it should read. */
  #levels = 0n;
  #wide = false;
  #tail = 0n;
  #waits = 0n;

  constructor({ unit }: History, places: RawPlaces) {
    this.#places = places;
    this.#iva = 16 * Number(bits(unit.extendedCapabilities, 17, 8));
  }

  startQueue(root: Operation | undefined): void {
    this.#wide = root?.kind === 'rootTable' && bits(root.value, 11, 10) !== 0n;
    this.#register(IQT, 64, 0n);
    this.#register(IQA, 64, this.#places.queue | (this.#wide ? 1n << 11n : 0n));
    this.#levels |= QIE;
    this.#register(GCMD, 32, this.#levels);
  }

  perform(operation: Operation): void {
    switch (operation.kind) {
      case 'write': {
        const { address, qwords, visible } = operation;
        this.done.push({ kind: 'memory', address, qwords, visible });
        return;
      }
      case 'rootTable':
        this.#register(RTADDR, 64, operation.value);
        this.#register(GCMD, 32, this.#levels | SRTP);
        return;
      case 'translation':
        this.#levels = operation.on ? this.#levels | TE : this.#levels & ~TE;
        this.#register(GCMD, 32, this.#levels);
        return;
      case 'flush':
        this.#register(GCMD, 32, this.#levels | WBF);
        return;
      case 'command':
        if (operation.command.via === 'queue') this.#submit(descriptorOf(operation.command));
        else this.#command(operation.command);
        return;
      case 'wait':
        this.#waits += 1n;
        this.#submit([0x25n | (this.#waits << 32n), this.#places.status]); // SW=1
        return;
      case 'request':
        this.done.push(operation);
    }
  }

  /** A descriptor behind the last one, and the tail behind it; at the end of the page both go on at its start. */
  #submit(words: readonly [bigint, bigint]): void {
    const qwords = this.#wide ? [...words, 0n, 0n] : words;
    this.done.push({ kind: 'memory', address: this.#places.queue + this.#tail, qwords, visible: true });
    this.#tail = (this.#tail + BigInt(8 * qwords.length)) % 4096n;
    this.#register(IQT, 64, this.#tail);
  }

  /** 6.5.1-R2 to R4. */
  #command(command: Command): void {
    if (command.kind === 'context') {
      const granularity = { global: 1n, domain: 2n, device: 3n }[command.granularity];
      let value = (1n << 63n) | (granularity << 61n);
      if (command.granularity !== 'global') value |= BigInt(command.did);
      if (command.granularity === 'device') value |= (BigInt(command.source) << 16n) | functionMask(command, 32n);
      this.#register(CCMD, 64, value);
    } else if (command.kind === 'iotlb') {
      if (command.granularity === 'page') this.#register(this.#iva, 64, rangeOf(command));
      const granularity = { global: 1n, domain: 2n, page: 3n }[command.granularity];
      const did = command.granularity === 'global' ? 0n : BigInt(command.did) << 32n;
      this.#register(this.#iva + 8, 64, (1n << 63n) | (granularity << 60n) | (3n << 48n) | did); // DR, DW
    } else throw new RangeError(`no register invalidates by PASID: ${command.kind}`);
  }

  #register(offset: number, width: 32 | 64, value: bigint): void {
    this.done.push({ kind: 'register', offset, width, value });
  }
}

const functionMask = ({ functionMask: fm }: { functionMask: number }, low: bigint): bigint => BigInt(fm) << low;

/** ADDR, IH, AM as in IVA_REG and in bits 127:64 of both IOTLB descriptors. */
const rangeOf = (range: { address: bigint; am: number; ih: boolean }): bigint =>
  ((range.address >> 12n) << 12n) | (range.ih ? 1n << 6n : 0n) | BigInt(range.am);

/** 6.5.2.1-R0 to 6.5.2.4-R0, low 128 bits. */
export function descriptorOf(command: Command): readonly [bigint, bigint] {
  const did = 'did' in command ? BigInt(command.did) << 16n : 0n;
  const pasid = 'pasid' in command ? BigInt(command.pasid) << 32n : 0n;
  const range = 'am' in command ? rangeOf(command) : 0n;
  switch (command.kind) {
    case 'context': {
      const granularity = { global: 1n, domain: 2n, device: 3n }[command.granularity];
      const low = 0x1n | (granularity << 4n) | did;
      if (command.granularity !== 'device') return [low, 0n];
      return [low | (BigInt(command.source) << 32n) | functionMask(command, 48n), 0n];
    }
    case 'pasid':
      return [0x7n | ({ domain: 0n, pasid: 1n, global: 3n }[command.granularity] << 4n) | did | pasid, 0n];
    case 'iotlb': // DR, DW
      return [0x2n | ({ global: 1n, domain: 2n, page: 3n }[command.granularity] << 4n) | 0xc0n | did, range];
    case 'pasidIotlb':
      return [0x6n | ({ pasid: 2n, page: 3n }[command.granularity] << 4n) | did | pasid, range];
  }
}
