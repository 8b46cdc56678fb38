import { dmaRequest, PRESETS, parseSourceId, RemappingUnit, SparseMemory } from 'vtd-model';
import { ContextEntry, RootEntry, SsPdEntry, SsPdpEntry, SsPtEntry } from 'vtd-model/structures';

// The device 00:05.0 may read the page at 40201000h, and finds it at 7000h. Pointers in tables are page numbers.
const memory = new SparseMemory();
memory.store(0x1, 0x000, RootEntry.pack({ P: 1, CTP: 0x2 }));
memory.store(0x2, 0x280, ContextEntry.pack({ P: 1, AW: 0b001, DID: 1, SSPTPTR: 0x3 }));
memory.store(0x3, 0x008, SsPdpEntry.pack({ R: 1, W: 1, ADDR: 0x4 }));
memory.store(0x4, 0x008, SsPdEntry.pack({ R: 1, W: 1, ADDR: 0x5 }));
memory.store(0x5, 0x008, SsPtEntry.pack({ R: 1, ADDR: 0x7 }));

const unit = new RemappingUnit({ unit: PRESETS['qemu-7.2'].unit, memory });
unit.writeRegister(0x20, 64, 0x1000n); // RTADDR_REG: root table, legacy mode
unit.writeRegister(0x18, 32, 0x4000_0000n); // GCMD_REG.SRTP
unit.writeRegister(0x18, 32, 0x8000_0000n); // GCMD_REG.TE

for (const access of ['read', 'write'] as const) {
  const outcome = unit.dma(dmaRequest({ sourceId: parseSourceId('00:05.0'), address: 0x4020_1234n, access }));
  if (outcome.kind === 'completed') console.log(`${access}: goes on to 0x${outcome.address.toString(16)}`);
  if (outcome.kind === 'blocked') console.log(`${access}: ${outcome.response}, ${outcome.fault?.condition.code}`);
}
