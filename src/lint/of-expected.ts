import type { Condition } from '../conditions/condition.ts';
import { Fault } from '../conditions/translation.ts';
import { translate } from '../dma-remapping/translate.ts';
import { type DmaRequestParameters, dmaRequest } from '../messages/dma-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { newTranslation } from '../messages/translation.ts';
import { blockedBy } from './blocked.ts';
import { contextFacts } from './of-devices.ts';
import type { ServedDevice } from './options.ts';
import type { Scene } from './scene.ts';

/** Nothing leads from the source-id to a context entry. */
const NOT_SERVED: ReadonlySet<Condition> = new Set([Fault.LRT_2, Fault.LCT_2, Fault.SRT_2, Fault.SCT_2]);

/** Devices that should be served, §3.4: what the model says of a request of each. */
export function checkExpectedDevices(scene: Scene, scalable: boolean): void {
  for (const device of scene.options.devices ?? []) checkDevice(scene, scalable, device);
}

function checkDevice(scene: Scene, scalable: boolean, { sourceId, deviceTlb, pasids = [] }: ServedDevice): void {
  const { findings } = scene;
  const condition = ask(scene, { sourceId });
  const facts = { ...contextFacts(scene, sourceId, scalable), of: formatSourceId(sourceId) };
  if (condition !== undefined && NOT_SERVED.has(condition)) {
    findings.add(absenceRule(scene, sourceId, condition), { ...facts, hardware: blockedBy(condition) });
    return;
  }
  if (deviceTlb === true) {
    const refused = ask(scene, { sourceId, type: 'translation' });
    if (refused === Fault.LCT_5 || refused === Fault.SCT_5) {
      findings.add('device-tlb-blocked', { ...facts, hardware: blockedBy(refused) });
    }
  }
  for (const pasid of pasids) {
    const refused = ask(scene, { sourceId, pasid });
    // From the stages on it depends on the address.
    if (refused === undefined || /^S(?:FS|SS|GN)/.test(refused.code)) continue;
    const of = `${formatSourceId(sourceId)} with PASID ${pasid}`;
    findings.add('pasid-not-served', { ...facts, of, hardware: blockedBy(refused) });
  }
}

/** What an absent entry looks like. */
function absenceRule(scene: Scene, sourceId: number, condition: Condition) {
  if (
    condition === Fault.SRT_2 &&
    (sourceId & 0x80) !== 0 &&
    ask(scene, { sourceId: sourceId & 0xff00 }) !== condition
  ) {
    return 'upper-half-absent';
  }
  // The entry of 00:1f.0 at index 1Fh, which is that of 00:03.7.
  const mistaken = (sourceId & 0xff00) | ((sourceId >>> 3) & 0x1f);
  if (mistaken === sourceId) return 'device-not-served';
  const other = ask(scene, { sourceId: mistaken });
  return other !== undefined && NOT_SERVED.has(other) ? 'device-not-served' : 'device-index';
}

const ask = ({ unit }: Scene, request: Pick<DmaRequestParameters, 'sourceId' | 'pasid' | 'type'>) =>
  translate(unit, dmaRequest({ address: 0n, access: 'read', ...request }), newTranslation());
