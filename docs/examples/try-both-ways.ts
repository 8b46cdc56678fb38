import { dmaRequest, PRESETS, parseSourceId, RemappingUnit, SparseMemory, type UnitSnapshot } from 'vtd-model';
import { ContextEntry, RootEntry, SsPdEntry, SsPdpEntry, SsPtEntry } from 'vtd-model/structures';

const memory = new SparseMemory();
memory.store(0x1, 0x000, RootEntry.pack({ P: 1, CTP: 0x2 }));
memory.store(0x2, 0x280, ContextEntry.pack({ P: 1, AW: 0b001, DID: 1, SSPTPTR: 0x3 }));
memory.store(0x3, 0x008, SsPdpEntry.pack({ R: 1, W: 1, ADDR: 0x4 }));
memory.store(0x4, 0x008, SsPdEntry.pack({ R: 1, W: 1, ADDR: 0x5 }));
memory.store(0x5, 0x008, SsPtEntry.pack({ R: 1, W: 1, ADDR: 0x7 }));

const read = dmaRequest({ sourceId: parseSourceId('00:05.0'), address: 0x4020_1234n, access: 'read' });
const unit = new RemappingUnit({ unit: PRESETS['qemu-7.2'].unit, memory, caches: 'full' });
unit.writeRegister(0x20, 64, 0x1000n); // RTADDR_REG
unit.writeRegister(0x18, 32, 0x4000_0000n); // GCMD_REG: SRTP
unit.writeRegister(0x18, 32, 0x8000_0000n); // GCMD_REG: TE
unit.dma(read);

// The page goes, and with it what software knows of it. The unit has it still.
memory.store(0x5, 0x008, new Uint32Array(2));
const text = JSON.stringify(unit.snapshot());
const { registers, remembered } = JSON.parse(text) as UnitSnapshot;
console.log(`Saved: GSTS_REG is ${registers.GSTS_REG}, and the IOTLB has`);
console.log(
  remembered?.iotlb.entries.map(({ source, address, host }) => `  ${source} ${address} at ${host}`).join('\n'),
);

for (const invalidate of [false, true]) {
  const again = RemappingUnit.restore(JSON.parse(text), { memory });
  if (invalidate) again.writeRegister(again.registers.offsetOf('IOTLB_REG'), 64, 0x9000_0000_0000_0000n); // IVT, global
  const outcome = again.dma(read);
  const answer = outcome.kind === 'blocked' ? outcome.fault?.condition.code : outcome.kind;
  console.log(`${invalidate ? 'With' : 'Without'} an invalidation: ${answer}`);
}
