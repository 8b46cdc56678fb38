import { buildDmar, parseDmar, SCOPE_TYPE, validateDmar } from 'vtd-model/acpi';
import { requesterIds, servingUnit, virtualFunctions } from 'vtd-model/topology';

// A display with a unit of its own and memory that it goes on using; one unit for all the rest.
const display = { type: SCOPE_TYPE.PCI_ENDPOINT, path: [{ device: 2, function: 0 }] };
const ioApic = { type: SCOPE_TYPE.IOAPIC, enumerationId: 2, startBusNumber: 0xf0, path: [{ device: 31, function: 0 }] };
const bytes = buildDmar({
  oemId: 'OEMID',
  oemTableId: 'TABLEID',
  hostAddressWidth: 39,
  INTR_REMAP: 1,
  structures: [
    { kind: 'DRHD', registerBaseAddress: 0xfed9_0000n, deviceScope: [display] },
    { kind: 'DRHD', INCLUDE_PCI_ALL: 1, registerBaseAddress: 0xfed9_1000n, deviceScope: [ioApic] },
    { kind: 'RMRR', baseAddress: 0x8b80_0000n, limitAddress: 0x9000_0000n, deviceScope: [display] },
  ],
});

// What is known beside the table makes more checks: here the I/O APICs of the MADT.
for (const { severity, rule, says, mend } of validateDmar(bytes, { ioApics: [{ id: 2 }, { id: 8 }] }).findings) {
  console.log(`${severity}: ${rule}: ${says}; ${mend}`);
}

// A network card behind root port 00:1c.0, with virtual functions that reach the next bus; an old card behind a PCI bridge.
const port = { sourceId: 0x00e0, bridge: { kind: 'pcie', secondaryBus: 1, subordinateBus: 2 } } as const;
const bridge = { sourceId: 0x00f0, bridge: { kind: 'pcie-to-pci', secondaryBus: 3, subordinateBus: 3 } } as const;
const card = { sourceId: 0x0100 };
const functions = [port, bridge, card, ...virtualFunctions(card, { firstOffset: 0x80, stride: 0x80, count: 2 })];
const table = parseDmar(bytes).table!;
for (const sourceId of [0x0010, 0x0180, 0x0200]) {
  const { by, serves } = servingUnit(table, functions, { sourceId });
  console.log(`0x${sourceId.toString(16)}: ${by}, unit at 0x${serves?.unit.registerBaseAddress.toString(16)}`);
}
const names = requesterIds({ sourceId: 0x0310 }, functions).map((id) => `0x${id.toString(16)}`);
console.log(`0x310 may be called ${names.join(' and ')}`);
