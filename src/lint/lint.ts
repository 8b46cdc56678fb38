import { TTM } from '../dma-remapping/dma-remapping.ts';
import type { Memory } from '../platform/memory.ts';
import { devicesOf } from '../tables/devices.ts';
import { Domains } from '../tables/domains.ts';
import type { Bus, PasidDomain, ScalableDevice } from '../tables/items.ts';
import { DEFAULT_LIMIT, whyNotListed } from '../tables/list.ts';
import { PasidDomains } from '../tables/pasid-domains.ts';
import { scalableDevicesOf } from '../tables/scalable-devices.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import type { Finding, Found } from './finding.ts';
import { checkBus, checkDevice, checkRootFormat, ScalableDevices } from './of-devices.ts';
import { checkDomainIds, checkPasidDomainIds, DomainsLook, stopped } from './of-domains.ts';
import { checkExpectedDevices } from './of-expected.ts';
import { checkInterrupts } from './of-interrupts.ts';
import { checkMessages } from './of-messages.ts';
import { Pasids } from './of-pasids.ts';
import { checkProblem } from './of-problems.ts';
import { checkQueues } from './of-queues.ts';
import { checkReservedRegions } from './of-regions.ts';
import { checkRegisters, hasInterruptTable, hasRootTable } from './of-registers.ts';
import type { LintOptions } from './options.ts';
import { type Scene, sceneOf } from './scene.ts';

/**
 * What is wrong with the registers and tables of a unit, with what hardware makes of it and how to mend it; the gravest
 * first. What faults is what the model's own walks say; nothing is changed, recorded or posted. The tables are taken
 * from `memory`, by default the unit's. It ends whatever memory holds. Throws a RangeError if a number of `options` does
 * not fit.
 */
export function lint(unit: RemappingUnit, memory: Memory = unit.memory, options: LintOptions = {}): readonly Finding[] {
  const scene = sceneOf(unit, memory, options);
  checkRegisters(scene);
  if (hasRootTable(scene)) scene.occupancy.claimAll(unit.rootTable.page, 1, 'root table');
  if (hasInterruptTable(scene)) checkInterrupts(scene);
  checkMessages(scene);
  checkQueues(scene);
  if (hasRootTable(scene) && whyNotListed(unit) === undefined) {
    const scalable = unit.rootTable.mode === TTM.SCALABLE;
    if (scalable) checkScalableTables(scene);
    else checkLegacyTables(scene);
    checkExpectedDevices(scene, scalable);
    checkReservedRegions(scene, scalable);
  }
  options.progress?.(1);
  return scene.findings.sorted();
}

/** Root, context and second-stage tables of legacy mode, §3.4.2. */
function checkLegacyTables(scene: Scene): void {
  const { unit, options } = scene;
  const domains = new Domains();
  for (const item of devicesOf(unit)) {
    if (item.kind === 'bus') checkBus(scene, item);
    else if (item.kind === 'problem') checkProblem(scene, item);
    else {
      checkDevice(scene, item);
      if (item.levels !== 0) domains.add(item);
    }
  }
  const all = [...domains.all];
  checkDomainIds(scene, all);
  const look = new DomainsLook(scene, options.limit ?? DEFAULT_LIMIT);
  for (const [n, domain] of all.entries()) {
    options.progress?.(n / all.length);
    look.lookAt(domain);
  }
  look.end();
}

/** Root, context and PASID tables of scalable mode, and the stages, §3.4.3. */
function checkScalableTables(scene: Scene): void {
  const { unit, options } = scene;
  const limit = options.limit ?? DEFAULT_LIMIT;
  const domains = new PasidDomains();
  const devices = new ScalableDevices(scene);
  const pasids = new Pasids(scene);
  const buses: Bus[] = [];
  let device: ScalableDevice | undefined;
  for (const item of scalableDevicesOf(unit, { left: limit, whole: limit })) {
    switch (item.kind) {
      case 'bus':
        buses.push(item);
        checkBus(scene, item);
        break;
      case 'scalable-device':
        device = item;
        devices.check(item);
        break;
      case 'pasid':
        pasids.check(item, device!.fields.PASIDDIRPTR);
        domains.add(item, device!.fields.PASIDDIRPTR);
        break;
      case 'problem':
        checkProblem(scene, item);
        break;
      case 'stopped':
        stopped(scene, item, 'the PASID tables');
        break;
    }
  }
  checkRootFormat(scene, buses);
  const factsOf = ({ directory, users }: PasidDomain): Found => {
    const [first] = users;
    return pasids.factsOf(first!, directory);
  };
  const all = [...domains.all];
  checkPasidDomainIds(scene, all, factsOf);
  const look = new DomainsLook(scene, limit);
  for (const [n, domain] of all.entries()) {
    options.progress?.(n / all.length);
    look.lookAtPasids(domain, factsOf(domain));
  }
  look.end();
}
