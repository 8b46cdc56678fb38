import { checkInteger } from '../messages/dma-request.ts';
import type { InterruptOutcome } from '../messages/outcome.ts';
import type { InterruptTarget, SourceOptions } from './interrupt-target.ts';
import { MsiCapability, type MsiOptions } from './msi.ts';
import { MsiXCapability, type MsiXOptions } from './msi-x.ts';

/** A bridge that sends the requests of what is behind it in a name of its own, §5.1.1. */
export type AliasingBridge =
  | {
      /** From PCI Express to PCI or PCI-X: the name is device 0, function 0 of its secondary bus. */
      readonly kind: 'pcie-to-pci';
      /** 8 bits. */
      readonly secondaryBus: number;
    }
  | {
      /** Between conventional PCI buses: the name is the bridge's own. */
      readonly kind: 'pci';
      /** 16 bits. */
      readonly sourceId: number;
    };

/**
 * The source-id that requests from behind a bridge carry, §5.1.1. A PCI Express bridge may also let the function keep
 * its own; then there is nothing to ask. Throws a RangeError if a number is too large.
 */
export function sourceIdBehind(bridge: AliasingBridge): number {
  if (bridge.kind === 'pci') {
    checkInteger('sourceId of the bridge', bridge.sourceId, 0, 0xffff);
    return bridge.sourceId;
  }
  checkInteger('secondaryBus', bridge.secondaryBus, 0, 0xff);
  return bridge.secondaryBus << 8;
}

export interface PciFunctionOptions {
  readonly unit: InterruptTarget;
  /** Its own, 16 bits: bus 15:8, device 7:3, function 2:0. */
  readonly sourceId: number;
  /** The last bridge on the way to the unit that gives its requests another source-id. */
  readonly bridge?: AliasingBridge;
  readonly msi?: MsiOptions;
  readonly msiX?: MsiXOptions;
}

/**
 * A PCI function as a source of interrupt requests: by MSI, by MSI-X, or by either, as software turns them on, §5.1.1,
 * §5.1.5.2. The constructor throws a RangeError if it has neither, or if a number does not fit.
 */
export class PciFunction {
  readonly msi: MsiCapability | undefined;
  readonly msiX: MsiXCapability | undefined;
  /** How many messages it may ask for. */
  readonly #messages: number;

  constructor({ unit, sourceId, bridge, msi, msiX }: PciFunctionOptions) {
    checkInteger('sourceId', sourceId, 0, 0xffff);
    if (msi === undefined && msiX === undefined) throw new RangeError('a function that raises has msi, msiX or both');
    const source: SourceOptions = { unit, sourceId: bridge === undefined ? sourceId : sourceIdBehind(bridge) };
    this.msi = msi === undefined ? undefined : new MsiCapability({ ...msi, ...source });
    this.msiX = msiX === undefined ? undefined : new MsiXCapability({ ...msiX, ...source });
    this.#messages = Math.max(this.msi?.messages ?? 0, this.msiX?.allocated ?? 0);
  }

  /**
   * The function asks for message `n`, counted from 0: of MSI if that is on, else of MSI-X. Returns the outcome, or
   * undefined: neither is on, or the message is masked and pending now. Throws a RangeError if it has no such message, or
   * if the address that software gave it is none of an interrupt request.
   */
  raise(n: number): InterruptOutcome | undefined {
    checkInteger('message', n, 0, this.#messages - 1);
    // PCI forbids MSI-X while MSI is on.
    if (this.msi?.enabled === true) return this.msi.raise(n);
    return this.msiX?.enabled === true ? this.msiX.raise(n) : undefined;
  }
}
