import { dmaRequest, PRESETS, parseSourceId, RemappingUnit } from 'vtd-model';
import { buildTables, turnOn } from 'vtd-model/tables';

// A unit like QEMU's, and three counters of 40 bits: what hardware reads at 300h and after is told by name.
const { capabilities, extendedCapabilities, ...others } = PRESETS['qemu-7.2'].unit;
const like = {
  ...others,
  capabilities: capabilities | (1n << 61n), // CAP_REG.ECMDS
  extendedCapabilities: extendedCapabilities | (1n << 51n), // ECAP_REG.PMS
  registers: {
    PERFCAP_REG: 0x0006_0010_0428_0003n, // CS=0, IOS, GFS, PTLFS, 4 groups, 40 bits, 3 counters
    PERFCFGOFF_REG: 0x1000n,
    PERFFRZOFF_REG: 0x2000n,
    PERFOVFOFF_REG: 0x2008n,
    PERFCNTROFF_REG: 0x3000n,
    'PERFEVNTCAP_REG[0]': 0x2n, // IOMMU_REQUESTS
    'PERFEVNTCAP_REG[1]': 0x1n, // IOMMU_MRDS
    'PERFEVNTCAP_REG[3]': 0x3n, // IOTLB_LOOKUP, IOTLB_HIT
    ECCAP_REG_3: 0x3f_0000_0000_0000n, // commands 240 to 245
  },
};
const tables = buildTables(like, {
  domains: [{ id: 1, mappings: [{ input: 0x10_0000n, output: 0x20_0000n, size: 0x4000n }] }],
  devices: [{ device: '00:05.0', domain: 1 }],
});
const unit = new RemappingUnit({
  unit: like,
  memory: tables.memory,
  caches: { iotlb: 2 },
  send: ({ kind }) => console.log(`a message leaves: ${kind}`),
});
turnOn(unit, tables);

/** Has counter c count an event, and writes where it begins. */
function count(c: number, group: number, bit: number, actions = 0n, start = 0n): void {
  unit.writeRegister(0x3000 + 0x400 * c, 64, start); // PERFCNTR_REG
  unit.writeRegister(0x1000 + 0x100 * c, 64, (1n << BigInt(32 + bit)) | BigInt(group << 8) | actions); // PERFCNTRCFG_REG
  unit.writeRegister(0x400, 64, (BigInt(c) << 16n) | 240n); // ECMD_REG: enable it
  const status = unit.readRegister(0x410, 32) >> 1n; // ECRSP_REG.SC
  console.log(`counter ${c}, event ${bit} of group ${group}: ${status === 0n ? 'enabled' : `refused, SC=${status}`}`);
}
const read = (c: number) => unit.readRegister(0x3000 + 0x400 * c, 64);

count(0, 3, 1); // IOTLB_HIT
count(1, 1, 0); // IOMMU_MRDS
count(2, 3, 2); // HPT_LEAF_LOOKUP, which this unit does not have
unit.writeRegister(0x328, 32, 0n); // PERFINTRCTL_REG: IM=0
count(2, 0, 1, 0b110n, 2n ** 40n - 10n); // IOMMU_REQUESTS: the tenth overflows, interrupts and freezes all counters

const source = parseSourceId('00:05.0');
for (const page of [0n, 1n, 0n, 1n, 0n, 1n, 2n, 3n, 0n, 1n, 0n, 1n]) {
  unit.dma(dmaRequest({ sourceId: source, address: 0x10_0000n + page * 0x1000n, access: 'read' }));
}
console.log(
  `frozen: ${unit.readRegister(0x2000, 64).toString(2)}, overflow: ${unit.readRegister(0x2008, 64).toString(2)}`,
);
console.log(`IOTLB hits ${read(0)}, reads of memory ${read(1)}`);
