import {
  type CachePolicy,
  type InterruptRequest,
  interruptRequest,
  RemappingUnit,
  remappableRequest,
  SparseMemory,
} from '../../src/index.ts';
import {
  InterruptRemappingEntry,
  PostedInterruptRemappingEntry,
} from '../../src/structures/interrupt-remapping-entry.ts';
import { PostedInterruptDescriptor } from '../../src/structures/posted-interrupt-descriptor.ts';
import { put, sequence } from './map.ts';

/** CAP.PI; ECAP.QI, IR and EIM. */
const UNIT = { version: 0x50, hostAddressWidth: 46, capabilities: 0x8d2008c226f0606n, extendedCapabilities: 0xf00f5bn };
const TABLE = 0x10_0000n;
const DESCRIPTORS = 0x40_0000;
const SOURCE = 0xf8;
/** Entries that are used, of a table of 65,536 in x2APIC mode. */
const ENTRIES = 1024;

/** A unit with 1,024 remapped entries and as many posted ones behind them, and a request for each, in random order. */
export function interruptBench(caches: CachePolicy = 'none') {
  const memory = new SparseMemory();
  for (let n = 0; n < ENTRIES; n++) {
    const source = { SVT: 1, SID: SOURCE };
    const remapped = InterruptRemappingEntry.pack({ P: 1, V: 0x20 + (n & 0x7f), DST: n & 7, ...source });
    put(memory, TABLE + BigInt(16 * n), remapped);
    const descriptor = (DESCRIPTORS + 64 * n) / 64;
    const posted = PostedInterruptRemappingEntry.pack({
      P: 1,
      IM: 1,
      VV: 0x40 + (n & 0x7f),
      PDAL: descriptor,
      ...source,
    });
    put(memory, TABLE + BigInt(16 * (ENTRIES + n)), posted);
    put(memory, BigInt(DESCRIPTORS + 64 * n), PostedInterruptDescriptor.pack({ NV: 0xf2, NDST: n & 7 }));
  }
  const unit = new RemappingUnit({ memory, unit: UNIT, caches });
  unit.writeRegister(0xb8, 64, TABLE | 0x80fn);
  unit.writeRegister(0x18, 32, 0x0100_0000n);
  unit.writeRegister(0x18, 32, 0x0200_0000n);
  const random = sequence(1);
  const requests = (first: number): readonly InterruptRequest[] =>
    Array.from({ length: ENTRIES }, () => {
      const { address, data } = remappableRequest({ handle: first + Math.floor(random() * ENTRIES), subhandle: 0 });
      return interruptRequest({ sourceId: SOURCE, address: BigInt(address), data });
    });
  return { unit, remapped: requests(0), posted: requests(ENTRIES) };
}
