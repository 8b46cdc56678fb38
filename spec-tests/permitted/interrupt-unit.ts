import { RemappingUnit, SparseMemory, type UnitOptions } from '../../src/index.ts';
import type { InterruptHistory, InterruptOperation } from '../oracle/index.ts';

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
export class InterruptUnit {
  readonly memory = new SparseMemory();
  unit: RemappingUnit;
  #enabled = QIE;
  #tail = 0n;

  constructor(
    { version, hostAddressWidth, ...capabilities }: InterruptHistory['unit'],
    options: Pick<UnitOptions, 'caches' | 'send'> = {},
  ) {
    this.unit = new RemappingUnit({
      ...options,
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
