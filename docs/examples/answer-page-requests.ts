import { formatSourceId, PRESETS, pageRequest, parseSourceId, RemappingUnit, SparseMemory } from 'vtd-model';
import {
  PageGroupResponseDescriptor,
  PageRequestDescriptor,
  PasidDirectoryEntry,
  PasidTableEntry,
  ScalableModeContextEntry,
  ScalableModeRootEntry,
} from 'vtd-model/structures';

// 00:03.0 has PASID 5, with empty first-stage tables at 5000h. The unit is one of 2023 with PASID and PRS as well.
const memory = new SparseMemory();
memory.store(1, 0, ScalableModeRootEntry.pack({ LP: 1, LCTP: 2 }));
memory.store(2, 0x18 * 32, ScalableModeContextEntry.pack({ P: 1, DTE: 1, PASIDE: 1, PRE: 1, PASIDDIRPTR: 3 }));
memory.store(3, 0, PasidDirectoryEntry.pack({ P: 1, SMPTBLPTR: 4 }));
memory.store(4, 5 * 64, PasidTableEntry.pack({ P: 1, PGTT: 0b001, DID: 1, FSPTPTR: 5 }));

const { unit: of2023 } = PRESETS['xeon-2023'];
const unit = new RemappingUnit({
  unit: { ...of2023, extendedCapabilities: of2023.extendedCapabilities | (1n << 29n) | (1n << 40n) },
  memory,
  send: (message) => console.log(`  leaves the unit: ${textOf(message)}`),
});
unit.writeRegister(0x20, 64, 0x1400n); // RTADDR_REG: scalable mode
unit.writeRegister(0x18, 32, 0x4000_0000n); // GCMD_REG.SRTP
unit.writeRegister(0xd0, 64, 0x8000n); // PQA_REG: one page, 128 entries
unit.writeRegister(0xe8, 32, 0xfee0_0000n); // PEADDR_REG
unit.writeRegister(0xe4, 32, 0x40n); // PEDATA_REG
unit.writeRegister(0xe0, 32, 0n); // PECTL_REG: unmasked
unit.writeRegister(0x90, 64, 0x9800n); // IQA_REG: 32-byte descriptors
unit.writeRegister(0x18, 32, 0x8400_0000n); // GCMD_REG.TE, QIE

function textOf(message: object): string {
  const members = Object.entries(message).map(([name, value]) =>
    typeof value === 'bigint' ? `${name} 0x${value.toString(16)}` : `${name} ${value}`,
  );
  return members.join(', ');
}

/** What a driver does with its interrupt: takes what stands between head and tail, and answers the last of each group. */
function serve(): void {
  unit.writeRegister(0xdc, 32, 0b01n); // PRS_REG.PPR first: what comes from now on has an event of its own
  const tail = unit.readRegister(0xc8, 64);
  for (let head = unit.readRegister(0xc0, 64); head !== tail; head = (head + 32n) % 4096n) {
    const words = new Uint32Array(8);
    memory.load(8, Number(head), words);
    const { RID, PASID, LPIG, PRGI, ADDR } = PageRequestDescriptor.unpack(words);
    console.log(`  ${formatSourceId(RID)} PASID ${PASID} wants 0x${ADDR.toString(16)}000, group ${PRGI}`);
    // Here the page would be mapped.
    if (LPIG === 1) respond({ RID, PASID, PRGI });
  }
  unit.writeRegister(0xc0, 64, tail);
}

function respond(names: { RID: number; PASID: number; PRGI: number }): void {
  const tail = unit.readRegister(0x88, 64);
  const fields = { 'Type[3:0]': 9, PP: 1, RC: 0, ...names };
  memory.store(9, Number(tail), PageGroupResponseDescriptor.pack(fields));
  unit.writeRegister(0x88, 64, (tail + 32n) % 4096n);
}

const device = { sourceId: parseSourceId('00:03.0'), pasid: 5, read: true };
const ask = (address: bigint, group: number, last: boolean) =>
  console.log(`  ${textOf(unit.pageRequest(pageRequest({ ...device, address, group, last })))}`);

console.log('a group of two');
ask(0x7000_1000n, 3, false);
ask(0x7000_2000n, 3, true);
console.log('the driver');
serve();
console.log('the driver has served nothing of the queue, which is full');
unit.writeRegister(0xc0, 64, unit.readRegister(0xc8, 64) + 32n); // PQH_REG
ask(0x7000_3000n, 4, true);
