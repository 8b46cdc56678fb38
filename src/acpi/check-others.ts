import { hex } from '../bits/hex.ts';
import { entrySpot } from './check-scopes.ts';
import { type DmarFinding, finding, spotOf } from './finding.ts';
import { ANDD, ATSR, DRHD, RHSA, SATC, SCOPE_TYPE } from './structures.ts';
import { entryText, pathText, segmentText } from './text.ts';
import type { Check, TableView } from './view.ts';

/** §8.5: root ports. */
export const checkPorts: Check = ({ ports }) =>
  ports.flatMap(({ it, offset }, n) => {
    const found: DmarFinding[] = [];
    const spot = spotOf(ATSR, offset, ATSR.ALL_PORTS, it.ALL_PORTS);
    if (it.ALL_PORTS === 1 && it.deviceScope.length > 0) {
      found.push(
        finding('all-ports-scope', spot, `ALL_PORTS is 1, and the ${entryText(it.deviceScope[0]!)} is listed`),
      );
    }
    if (it.ALL_PORTS === 0 && it.deviceScope.length === 0) {
      found.push(finding('ports-empty', spot, 'ALL_PORTS is 0, and no root port is listed'));
    }
    const before = ports.slice(0, n).find(({ it: other }) => other.segmentNumber === it.segmentNumber);
    if (before !== undefined) {
      const segment = spotOf(ATSR, offset, ATSR.segmentNumber, it.segmentNumber);
      const says = `${segmentText(it.segmentNumber)} has an ATSR at offset ${before.offset} too; both count`;
      found.push(finding('ports-twice', segment, says));
    }
    return found;
  });

/** §8.6: proximity domains. */
export const checkAffinities: Check = ({ units, affinities }) => {
  const found: DmarFinding[] = [];
  const bases = new Set(units.map(({ it }) => it.registerBaseAddress));
  const seen = new Map<bigint, number>();
  for (const { it, offset } of affinities) {
    const base = it.registerBaseAddress;
    const spot = spotOf(RHSA, offset, RHSA.registerBaseAddress, base);
    if (!bases.has(base)) found.push(finding('affinity-base', spot, `no DRHD has its registers at ${hex(base)}`));
    const before = seen.get(base);
    if (before !== undefined) {
      found.push(finding('affinity-twice', spot, `the unit at ${hex(base)} has an RHSA at offset ${before} too`));
    } else seen.set(base, offset);
  }
  if (affinities.length === 0) return found;
  for (const { it, offset } of units) {
    const base = it.registerBaseAddress;
    if (seen.has(base)) continue;
    const spot = spotOf(DRHD, offset, DRHD.registerBaseAddress, base);
    found.push(finding('affinity-missing', spot, `other units have an RHSA, and the one at ${hex(base)} has none`));
  }
  return found;
};

/** §8.7: devices of the ACPI name space, and the entries that refer to them. */
export const checkNames: Check = ({ names, entries }) => {
  const found: DmarFinding[] = [];
  const listed = entries.filter(({ it }) => it.type === SCOPE_TYPE.ACPI_NAMESPACE_DEVICE);
  const inUnits = new Set(listed.filter(({ of }) => of.kind === 'DRHD').map(({ it }) => it.enumerationId));
  const numbers = new Map<number, number>();
  for (const { it, offset } of names) {
    const { acpiDeviceNumber: number, acpiObjectName: name } = it;
    const spot = spotOf(ANDD, offset, ANDD.acpiDeviceNumber, number);
    const before = numbers.get(number);
    if (before !== undefined) {
      found.push(
        finding(
          'device-number-twice',
          spot,
          `ACPI Device Number ${number} is that of the ANDD at offset ${before} too`,
        ),
      );
    } else numbers.set(number, offset);
    if (!inUnits.has(number)) {
      const says = `no unit lists ACPI device ${number} (${JSON.stringify(name)})`;
      found.push(finding('name-without-scope', spot, says));
    }
  }
  for (const entry of listed) {
    const { enumerationId } = entry.it;
    if (numbers.has(enumerationId)) continue;
    const spot = entrySpot(entry, 'enumerationId', enumerationId);
    found.push(finding('scope-without-name', spot, `no ANDD has the number ${enumerationId} of this entry`));
  }
  return found;
};

/** §8.8, §8.9: integrated devices. */
export const checkIntegrated: Check = (view) => [...checkCacheFlags(view), ...checkAgreement(view)];

function checkCacheFlags({ caches }: TableView): DmarFinding[] {
  return caches.flatMap(({ it, offset }, n) => {
    const before = caches
      .slice(0, n)
      .find(({ it: other }) => other.segmentNumber === it.segmentNumber && other.ATC_REQUIRED === it.ATC_REQUIRED);
    if (before === undefined) return [];
    const says = `the SATC at offset ${before.offset} has ${segmentText(it.segmentNumber)} and ATC_REQUIRED=${it.ATC_REQUIRED} too`;
    return [finding('cache-flags-twice', spotOf(SATC, offset, SATC.ATC_REQUIRED, it.ATC_REQUIRED), says)];
  });
}

function checkAgreement({ caches, properties, entries }: TableView): DmarFinding[] {
  const required = new Map<string, number>();
  for (const { it } of properties) {
    for (const entry of it.deviceScope) required.set(`${it.segmentNumber} ${pathText(entry)}`, entry.ATC_REQUIRED);
  }
  if (caches.length === 0) return [];
  return entries.flatMap((entry) => {
    if (entry.of.kind !== 'SATC') return [];
    const inProperties = required.get(`${entry.of.segmentNumber} ${pathText(entry.it)}`);
    if (inProperties === undefined || inProperties === entry.of.ATC_REQUIRED) return [];
    const says = `ATC_REQUIRED of ${pathText(entry.it)} is ${entry.of.ATC_REQUIRED} here and ${inProperties} in SIDP`;
    return [finding('properties-differ', entrySpot(entry, 'type', entry.it.type), says)];
  });
}
