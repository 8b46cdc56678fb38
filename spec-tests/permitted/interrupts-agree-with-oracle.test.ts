import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type InterruptOutcome, interruptRequest, RemappingUnit, SparseMemory } from '../../src/index.ts';
import { LiveUnit } from '../../src/permitted/explore.ts';
import {
  AllowedInterrupts,
  type InterruptHistory,
  type InterruptOperation,
  interruptHistory,
  performInterrupt,
} from '../oracle/index.ts';
import { LONG, runs } from '../properties/runs.ts';
import { touchesAgain } from './history-unit.ts';

const GCMD_REG = 0x18;
const IQT_REG = 0x88;
const IQA_REG = 0x90;
const IRTA_REG = 0xb8;
const [IRE, SIRTP, CFI, QIE, WBF] = [1n << 25n, 1n << 24n, 1n << 23n, 1n << 26n, 1n << 27n];

const QUEUE = 0x7f00_0000n;
const STATUS = 0x7f00_1000n;
/** 256 descriptors of 16 bytes. */
const QUEUE_BYTES = 0x1000n;

/** A unit that software drives as a history says. */
class InterruptUnit {
  readonly memory = new SparseMemory();
  readonly unit: RemappingUnit;
  #enabled = QIE;
  #tail = 0n;

  constructor({ version, hostAddressWidth, ...capabilities }: InterruptHistory['unit']) {
    this.unit = new RemappingUnit({
      memory: this.memory,
      unit: { version: Number(version), hostAddressWidth: Number(hostAddressWidth), ...capabilities },
    });
    this.unit.writeRegister(IQA_REG, 64, QUEUE);
    this.#command(0n);
  }

  perform(operation: Exclude<InterruptOperation, { readonly kind: 'interrupt' }>): void {
    switch (operation.kind) {
      case 'write':
        this.memory.write(operation.address, bytesOf(operation.qwords), operation.visible);
        break;
      case 'table':
        this.unit.writeRegister(IRTA_REG, 64, operation.irta);
        this.#command(SIRTP);
        break;
      case 'remapping':
        this.#enable(IRE, operation.on);
        break;
      case 'compatibility':
        this.#enable(CFI, operation.on);
        break;
      case 'invalidation': {
        const { command } = operation;
        const selective = command.granularity === 'index';
        const which = selective ? 0x10n | (BigInt(command.mask) << 27n) | (BigInt(command.index) << 32n) : 0n;
        this.#submit(0x4n | which, 0n);
        break;
      }
      case 'wait':
        this.#submit(0x25n, STATUS);
        break;
      case 'flush':
        this.#command(WBF);
        break;
    }
  }

  #enable(bit: bigint, on: boolean): void {
    this.#enabled = on ? this.#enabled | bit : this.#enabled & ~bit;
    this.#command(0n);
  }

  #command(once: bigint): void {
    this.unit.writeRegister(GCMD_REG, 32, this.#enabled | once);
  }

  #submit(...descriptor: bigint[]): void {
    this.memory.write(QUEUE + this.#tail, bytesOf(descriptor), true);
    this.#tail = (this.#tail + 16n) % QUEUE_BYTES;
    this.unit.writeRegister(IQT_REG, 64, this.#tail);
  }
}

function bytesOf(qwords: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * qwords.length));
  for (const [i, qword] of qwords.entries()) view.setBigUint64(8 * i, qword, true);
  return new Uint8Array(view.buffer);
}

const hex = (value: bigint | number): string => value.toString(16);

/** An outcome in the second opinion's words. */
function wordsOf(outcome: InterruptOutcome): string {
  switch (outcome.kind) {
    case 'delivered':
      return `delivered ${hex(outcome.address)} ${hex(outcome.data)} to ${hex(outcome.destination)}`;
    case 'posted': {
      const { descriptor, vector, notification } = outcome;
      const posted = `posted ${hex(descriptor)} ${hex(vector)}`;
      if (notification === undefined) return posted;
      return `${posted} ${hex(notification.address)} ${hex(notification.data)} to ${hex(notification.destination)}`;
    }
    case 'blocked': {
      const { condition, notRecorded } = outcome.fault!;
      return `UR ${condition.code}${notRecorded === 'fpd' ? ' silent' : ''}`;
    }
  }
}

/** A device cannot tell whether FPD kept a fault from being recorded. */
const seen = (words: readonly string[]): readonly string[] =>
  [...new Set(words.map((one) => one.replace(' silent', '')))].sort();

/**
 * Whether a post notifies is for ON to say, in memory. Where an entry may only be cached if an earlier request was posted,
 * the second opinion has set ON then; the judge goes by memory, where the unit posted nothing.
 */
const posts = (words: readonly string[]): readonly string[] =>
  words.map((one) => one.replace(/^(posted \S+ \S+) .*/, '$1'));

describe('The answers that a history of interrupts allows (6.A, §6.4) are those of the second opinion', () => {
  test(
    'random histories',
    () => {
      let all = 0;
      let pinned = 0;
      fc.assert(
        fc.property(interruptHistory(), (history) => {
          fc.pre(!touchesAgain(history));
          const model = new InterruptUnit(history.unit);
          const live = new LiveUnit(model.unit);
          model.unit.watchInvalidations(live.caches);
          // One that knows which answer each request got, and one that holds each that it might have got for possible.
          const least = new AllowedInterrupts(history.unit);
          const most = new AllowedInterrupts(history.unit);
          for (const operation of history.operations) {
            const few = performInterrupt(least, operation);
            const many = performInterrupt(most, operation);
            if (operation.kind !== 'interrupt') {
              model.perform(operation);
              continue;
            }
            const { source, address, data } = operation;
            const request = interruptRequest({ sourceId: Number(source), address, data: Number(data) });
            const { answers, complete } = live.exploreInterrupt(request);
            const said = seen(answers.map(({ outcome }) => wordsOf(outcome)));
            expect(complete).toBe(true);
            expect(seen(few!).filter((one) => !said.includes(one))).toEqual([]);
            expect(posts(said).filter((one) => !posts(seen(many!)).includes(one))).toEqual([]);
            all += 1;
            pinned += Number(seen(few!).length === seen(many!).length);
            least.answered(wordsOf(model.unit.interrupt(request)));
          }
        }),
        runs(200, 5000),
      );
      expect(pinned).toBeGreaterThan(all / 2);
    },
    LONG,
  );
});
