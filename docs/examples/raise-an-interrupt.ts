import { type InterruptOutcome, PRESETS, parseSourceId, RemappingUnit, SparseMemory } from 'vtd-model';
import { InterruptRemappingEntry } from 'vtd-model/structures';
import { IoApic, PciFunction, RemappableRedirectionEntry } from 'vtd-model/topology';

// The table is the page at 100000h. Entry 5 is for the I/O APIC, entries 40h to 47h are for the function 00:03.0.
const memory = new SparseMemory();
const irte = (index: number, fields: object) =>
  memory.store(0x100, 16 * index, InterruptRemappingEntry.pack({ P: 1, DST: 0x1200, SVT: 0b01, ...fields }));
irte(5, { V: 0x31, TM: 1, SID: 0xf0ff });
for (let n = 0; n < 8; n++) irte(0x40 + n, { V: 0x60 + n, SID: parseSourceId('00:03.0') });

const unit = new RemappingUnit({ unit: PRESETS['qemu-7.2'].unit, memory });
unit.writeRegister(0xb8, 64, 0x10_0007n); // IRTA_REG: 256 entries, xAPIC mode
unit.writeRegister(0x18, 32, 0x0100_0000n); // GCMD_REG.SIRTP
unit.writeRegister(0x18, 32, 0x0200_0000n); // GCMD_REG.IRE

function textOf(outcome: InterruptOutcome | undefined): string {
  if (outcome === undefined) return 'nothing is sent';
  if (outcome.kind === 'blocked') return `${outcome.response}, ${outcome.fault?.condition.code}`;
  const { kind, vector, index } = outcome;
  return `${kind}, vector ${vector.toString(16)}h by entry ${index?.toString(16)}h`;
}

// A level-triggered pin of an I/O APIC, by interrupt index 5.
const apic = new IoApic({ unit, sourceId: 0xf0ff, pins: 24 });
apic.writeEntry(3, RemappableRedirectionEntry.pack({ FORMAT: 1, INDEX_14_0: 5, V: 0x31, TM: 1 }));
console.log(`pin 3: ${textOf(apic.raise(3))}`);
console.log(`pin 3, before the EOI: ${textOf(apic.raise(3))}`);
for (const outcome of apic.eoi(0x31)) console.log(`EOI, and the line is asserted still: ${textOf(outcome)}`);
apic.lower(3);

// Eight messages from index 40h on: an address with a subhandle, and the message number comes into the data.
const device = new PciFunction({ unit, sourceId: parseSourceId('00:03.0'), msi: { messages: 8, maskable: true } });
device.msi?.write(0x04, 32, 0xfee0_0818); // Message Address
device.msi?.write(0x0c, 16, 0x0000); // Message Data
device.msi?.write(0x02, 16, 0x0031); // Message Control: on, 8 messages
console.log(`message 5: ${textOf(device.raise(5))}`);
device.msi?.write(0x10, 32, 0x20); // Mask Bits
console.log(`message 5, masked: ${textOf(device.raise(5))}`);
for (const outcome of device.msi?.write(0x10, 32, 0) ?? []) console.log(`unmasked: ${textOf(outcome)}`);

// Another function with the same programming: the entry is not for it.
const other = new PciFunction({ unit, sourceId: parseSourceId('00:04.0'), msi: {} });
other.msi?.write(0x04, 32, 0xfee0_0818);
other.msi?.write(0x02, 16, 0x0001);
console.log(`by 00:04.0: ${textOf(other.raise(0))}`);
