import type { FunctionFacts } from '../acpi/facts.ts';
import { checkInteger } from '../messages/dma-request.ts';
import { bridgesAbove } from './bridges.ts';
import { sourceIdBehind } from './pci-function.ts';

/**
 * Every source-id that requests of a function may arrive with, §3.12.1, §3.12.2, §3.12.5, §5.1.1: its own and those of its
 * phantom functions; behind a bridge from PCI Express to PCI also that of the secondary bus; behind one between
 * conventional buses that of the bridge instead. Software programs the tables for each of them alike. Throws a
 * RangeError if a number does not fit.
 */
export function requesterIds(device: FunctionFacts, functions: readonly FunctionFacts[]): readonly number[] {
  let ids = phantomFunctionIds(device);
  for (const { bridge, sourceId } of bridgesAbove(functions, device.segment ?? 0, device.sourceId)) {
    if (bridge?.kind === 'pci') ids = [sourceIdBehind({ kind: 'pci', sourceId })];
    if (bridge?.kind === 'pcie-to-pci') {
      ids = [...ids, sourceIdBehind({ kind: 'pcie-to-pci', secondaryBus: bridge.secondaryBus })];
    }
  }
  return [...new Set(ids)];
}

/**
 * The source-id of a function and those of its phantom functions, §3.12.5: as many upper bits of the function number as
 * `phantomBits` says take every value. Throws a RangeError if the function has one of these bits in its own number.
 */
export function phantomFunctionIds({ sourceId, phantomBits = 0 }: FunctionFacts): readonly number[] {
  checkInteger('sourceId', sourceId, 0, 0xffff);
  checkInteger('phantomBits', phantomBits, 0, 3);
  const functions = 8 >>> phantomBits;
  if (phantomBits > 0 && (sourceId & 7) >= functions) {
    throw new RangeError(
      `with phantomBits ${phantomBits} a device has functions 0 to ${functions - 1}, this is ${sourceId & 7}`,
    );
  }
  return Array.from({ length: 1 << phantomBits }, (_, n) => sourceId + n * functions);
}
