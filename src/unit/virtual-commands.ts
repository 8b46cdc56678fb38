import type { Words } from '../bits/field.ts';
import { integer, listOf, members, type Read } from '../bits/json-values.ts';
import type { CapabilityValue } from '../registers/presence.ts';
import { VCMD_REG, VCRSP_REG } from '../registers/virtual-command.ts';

/** SC of VCRSP_REG, §11.4.16.3. */
const STATUS = Object.freeze({ DONE: 0, UNDEFINED: 1, FAILED: 16 });

/** CMD of VCMD_REG, and the bit of VCCAP_REG that offers it, §11.4.16. */
const OFFERED_BY: Readonly<Record<number, string>> = Object.freeze({ 0: 'NS', 1: 'PAS', 2: 'FPS' });
const ALLOCATE = 1;
const FREE = 2;

/** Bits of a PASID in OA and RSLT: what is above is not used. */
const PASIDS = 2 ** 20;

/** What is {@link VirtualCommands} in a snapshot: the PASIDs that were given out. */
export interface SavedVirtualCommands {
  readonly allocated: readonly number[];
}

export const VIRTUAL_COMMANDS = members({ allocated: listOf(integer(1, PASIDS - 1)) }, {});

/** Virtual commands, §11.4.16: of an emulated unit alone, whose emulator gives out the PASIDs of its guest. */
export class VirtualCommands {
  readonly #capability: CapabilityValue;
  readonly #allocated = new Set<number>();
  /** No PASID below this is free. */
  #lowest = 1;
  /** PASIDs from 1 to below this are there to be given out: 0 is usually RID_PASID. */
  readonly #end: number;

  constructor(capability: CapabilityValue) {
    this.#capability = capability;
    this.#end = 2 ** (capability('ECAP_REG.PSS') + 1);
  }

  /** VCMD_REG.CMD was written, §11.4.16: the command is done when this returns, so that IP is 0 again. */
  perform(command: Words, response: Words): void {
    response.fill(0);
    const CMD = VCMD_REG.CMD(command);
    const offeredBy = OFFERED_BY[CMD];
    if (offeredBy === undefined || this.#capability(`VCCAP_REG.${offeredBy}`) === 0) {
      VCRSP_REG.SC.put(response, STATUS.UNDEFINED);
    } else if (CMD === ALLOCATE) {
      this.#allocate(response);
    } else if (CMD === FREE) {
      VCRSP_REG.SC.put(response, this.#free(VCMD_REG.OA(command) % PASIDS) ? STATUS.DONE : STATUS.FAILED);
    }
  }

  /** The unit was reset, §11.3: every PASID is free. */
  reset(): void {
    this.#allocated.clear();
    this.#lowest = 1;
  }

  snapshot(): SavedVirtualCommands {
    return { allocated: [...this.#allocated].sort((a, b) => a - b) };
  }

  /** Throws a RangeError, and does nothing, if these cannot have been given out; `where` is its name in the snapshot. */
  restore({ allocated }: Read<typeof VIRTUAL_COMMANDS>, where: string): void {
    const beyond = allocated.find((pasid) => pasid >= this.#end);
    if (beyond !== undefined) throw new RangeError(`${where}.allocated takes PASIDs below ${this.#end}, got ${beyond}`);
    this.reset();
    for (const pasid of allocated) this.#allocated.add(pasid);
  }

  /** The lowest one that is free. */
  #allocate(response: Words): void {
    while (this.#allocated.has(this.#lowest)) this.#lowest += 1;
    if (this.#lowest >= this.#end) {
      VCRSP_REG.SC.put(response, STATUS.FAILED);
      return;
    }
    this.#allocated.add(this.#lowest);
    VCRSP_REG.RSLT.put(response, this.#lowest);
  }

  /** False: it was not given out. */
  #free(pasid: number): boolean {
    if (!this.#allocated.delete(pasid)) return false;
    this.#lowest = Math.min(this.#lowest, pasid);
    return true;
  }
}
