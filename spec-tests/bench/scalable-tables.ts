import { type DmaRequest, dmaRequest, PRESETS, RemappingUnit } from '../../src/index.ts';
import { buildTables, turnOn } from '../../src/tables/index.ts';
import { pageMappings, randomPages, randomTarget, sequence } from './map.ts';

/** 00:01.0 has first-stage, 00:02.0 second-stage and 00:03.0 nested translation. */
const DEVICES = { firstStage: 1, secondStage: 2, nested: 3 } as const;

/**
 * A unit in scalable mode with random 4-level maps of each kind, flags set already, and requests without PASID for each
 * page. A nested walk reads 24 paging entries.
 */
export function scalableBench() {
  const random = sequence(2);
  const pages = randomPages(random);
  const { unit: parameters } = PRESETS['xeon-2023'];
  const same = pageMappings(pages, (page) => page);
  const tables = buildTables(parameters, {
    mode: 'scalable',
    domains: [
      { id: DEVICES.firstStage, kind: 'first-stage', mappings: same },
      { id: DEVICES.secondStage, mappings: pageMappings(pages, () => randomTarget(random)) },
      {
        id: DEVICES.nested,
        kind: 'nested',
        mappings: pageMappings(pages, (page) => 0x100000 + page),
        guestMappings: same,
        // Above the pages of the guest.
        guestTables: 2n ** 30n,
      },
    ],
    devices: Object.values(DEVICES).map((n) => ({ device: n << 3, domain: n })),
  });
  const unit = new RemappingUnit({ memory: tables.memory, unit: parameters });
  turnOn(unit, tables);
  const requests = (device: number): readonly DmaRequest[] =>
    pages.map((page) => dmaRequest({ sourceId: device << 3, address: BigInt(page) << 12n, access: 'write' }));
  return {
    unit,
    firstStage: requests(DEVICES.firstStage),
    secondStage: requests(DEVICES.secondStage),
    nested: requests(DEVICES.nested),
  };
}
