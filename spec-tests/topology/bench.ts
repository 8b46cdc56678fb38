import {
  type InterruptOutcome,
  type InterruptRequest,
  type PlatformMessage,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import type { InterruptTarget } from '../../src/topology/index.ts';

/** Takes every request and keeps it. */
export class Recorder implements InterruptTarget {
  readonly requests: InterruptRequest[] = [];

  interrupt(request: InterruptRequest): InterruptOutcome {
    this.requests.push(request);
    return { kind: 'blocked', response: 'UR' };
  }

  /** What came since this was asked last, as `address data` in hexadecimal. */
  take(): readonly string[] {
    return this.requests.splice(0).map(({ address, data }) => `${address.toString(16)} ${data.toString(16)}`);
  }
}

/** Where the interrupt remapping table is: 65536 entries. */
export const TABLE = 0x100_0000n;

/** A unit with posting that remaps in xAPIC mode; compatibility format does not go through. */
export class RemappingBench {
  readonly memory = new SparseMemory();
  readonly messages: PlatformMessage[] = [];
  readonly unit: RemappingUnit;

  constructor() {
    this.unit = new RemappingUnit({
      unit: {
        version: 0x50,
        hostAddressWidth: 46,
        capabilities: 0x08d2_008c_226f_0606n,
        extendedCapabilities: 0x00f0_0f5bn,
      },
      memory: this.memory,
      send: (message) => this.messages.push(message),
    });
    this.unit.writeRegister(0xb8, 64, TABLE | 0xfn); // IRTA_REG: S=15
    this.unit.writeRegister(0x18, 32, 0x0100_0000n); // GCMD_REG.SIRTP
    this.unit.writeRegister(0x18, 32, 0x0200_0000n); // GCMD_REG.IRE
  }

  /** An entry of the table, as two raw words of 64 bits. */
  entry(index: number, low: bigint, high: bigint): void {
    this.memory.writeQwords(TABLE + BigInt(16 * index), [low, high]);
  }

  /** The first fault record, low and high, 0 if there is none. */
  record(): readonly bigint[] {
    const offset = 16 * 0x22;
    return [this.unit.readRegister(offset, 64), this.unit.readRegister(offset + 8, 64)];
  }
}
