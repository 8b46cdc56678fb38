import { hex } from '../bits/hex.ts';
import { type PageNumber, pageOf } from '../bits/page-number.ts';
import type { Condition } from '../conditions/condition.ts';
import { translate } from '../dma-remapping/translate.ts';
import { type DmaRequest, dmaRequest } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { newTranslation } from '../messages/translation.ts';
import { blockedBy } from './blocked.ts';
import { pageText } from './finding.ts';
import { contextFacts } from './of-devices.ts';
import type { ReservedRegion } from './options.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

/** Pages of a region that are asked about, for each device: 4 GiB. */
const LOOKED_AT = 2 ** 20;

/** Reserved regions, §3.16: each is mapped to itself, readable and writable, for each of its devices. */
export function checkReservedRegions(scene: Scene, scalable: boolean): void {
  const { reservedRegions = [], segment = 0 } = scene.options;
  const regions = reservedRegions.filter((region) => (region.segment ?? 0) === segment);
  for (const [n, region] of regions.entries()) {
    checkBounds(scene, region, regions.slice(0, n));
    if (region.limit < region.base) continue;
    for (const sourceId of region.devices) checkMapped(scene, scalable, region, sourceId);
  }
}

const regionText = ({ base, limit }: ReservedRegion): string => `${hex(base)}-${hex(limit)}`;

function checkBounds({ unit, findings }: Scene, region: ReservedRegion, before: readonly ReservedRegion[]): void {
  const { base, limit } = region;
  const facts = { structure: 'reserved region', address: base };
  const whole = base % 4096n === 0n && (limit + 1n) % 4096n === 0n && limit > base;
  if (!whole || limit >> BigInt(unit.configuration.hostAddressWidth) !== 0n) {
    findings.add('region-bounds', { ...facts, of: regionText(region) });
  }
  const other = before.find((one) => one.base <= limit && base <= one.limit);
  if (other !== undefined) {
    findings.add('region-overlap', { ...facts, says: `${regionText(region)} overlaps ${regionText(other)}` });
  }
}

function checkMapped(scene: Scene, scalable: boolean, region: ReservedRegion, sourceId: number): void {
  const { unit, findings } = scene;
  const bad = new Map<RuleId, { first: PageNumber; says: string; hardware: string; count: number }>();
  const note = (rule: RuleId, first: PageNumber, hardware: string, says: string, pages: number) => {
    const known = bad.get(rule);
    bad.set(
      rule,
      known === undefined ? { first, says, hardware, count: pages } : { ...known, count: known.count + pages },
    );
  };
  const translation = newTranslation();
  const end = pageOf(region.limit) + 1;
  let page = pageOf(region.base);
  for (let left = LOOKED_AT; page < end && left > 0; left--) {
    const condition = translate(unit, request(sourceId, page, 'atomic'), translation);
    if (condition === undefined) {
      // The rest of a large page is like its part here.
      const leaf = Math.max(translation.leafPages, 1);
      const pages = Math.min(leaf - (page % leaf), end - page);
      if (translation.page !== page) {
        const says = `${pageText(page)} of the region ${regionText(region)} is mapped to ${pageText(translation.page)}`;
        note('region-elsewhere', page, 'the device reaches other memory', says, pages);
      }
      page += pages;
      continue;
    }
    const rule = reads(scene, sourceId, page) ? 'region-read-only' : 'region-unmapped';
    note(
      rule,
      page,
      blockedBy(condition),
      `${pageText(page)} of the region ${regionText(region)}: ${condition.meaning}`,
      1,
    );
    page += 1;
  }
  for (const [rule, { first, says, hardware, count }] of bad) {
    const facts = {
      ...contextFacts(scene, sourceId, scalable),
      of: `${formatSourceId(sourceId)} at ${pageText(first)}`,
    };
    findings.add(rule, { ...facts, says, hardware, count });
  }
  if (page < end) findings.add('look-stopped', { structure: 'reserved region', of: regionText(region) });
}

function reads({ unit }: Scene, sourceId: number, page: PageNumber): boolean {
  const condition: Condition | undefined = translate(unit, request(sourceId, page, 'read'), newTranslation());
  return condition === undefined;
}

const request = (sourceId: number, page: PageNumber, access: 'read' | 'atomic'): DmaRequest =>
  dmaRequest({ sourceId, address: BigInt(page) << 12n, access });
