import type { Words } from '../bits/field.ts';
import {
  CompatibilityFormat,
  DELIVERY_MODE,
  hasTriggerMode,
  INTERRUPT_ADDRESS,
  type InterruptWrite,
  RemappableFormat,
} from '../messages/interrupt-formats.ts';
import { IOREDTBL } from './io-apic-registers.ts';

/**
 * The write that a redirection entry makes, §5.1.5.1, by one formula for both formats (5.1.5-G1). Address bits 19:4 are
 * those of the entry from 63 down, bit 2 is the entry's bit 11, and bit 3 is 1 with Lowest Priority, as I/O APICs set
 * the redirection hint; so it is 0 where bits 10:8 of a remappable entry are what they must be. The data are those of
 * the compatibility format, asserted, also where nobody reads them.
 */
export function redirectionRequest(entry: Words): InterruptWrite {
  const deliveryMode = IOREDTBL.DLM(entry);
  const address = RemappableFormat.pack({
    RANGE: INTERRUPT_ADDRESS,
    HANDLE_14_0: IOREDTBL.INDEX_14_0(entry),
    FORMAT: IOREDTBL.FORMAT(entry),
    SHV: deliveryMode === DELIVERY_MODE.LOWEST_PRIORITY ? 1 : 0,
    HANDLE_15: IOREDTBL.INDEX_15(entry),
  });
  const data = CompatibilityFormat.pack({ V: IOREDTBL.V(entry), DLM: deliveryMode, TM: IOREDTBL.TM(entry), TML: 1 });
  return { address: address[0]!, data: data[1]! };
}

/**
 * Whether a pin with this entry waits for an EOI (82093AA). SMI, NMI, INIT and ExtINT are edge whatever TM says: no EOI
 * ever follows them.
 */
export function isLevelTriggered(entry: Words): boolean {
  return hasTriggerMode(IOREDTBL.DLM(entry)) && IOREDTBL.TM(entry) === 1;
}
