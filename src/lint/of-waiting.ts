import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import type { StructureDeclaration } from '../bits/structure.ts';
import { DESCRIPTOR_KINDS } from '../invalidation/descriptor-kinds.ts';
import { descriptorType } from '../invalidation/descriptor-validity.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { PQA_REG } from '../registers/page-request.ts';
import {
  DeviceTlbInvalidationDescriptor,
  IotlbInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
  PasidIotlbInvalidationDescriptor,
} from '../structures/invalidation-descriptor.ts';
import { PageGroupResponseDescriptor, PageRequestDescriptor } from '../structures/page-request.ts';
import type { Found } from './finding.ts';
import type { Scene } from './scene.ts';

/** A descriptor between head and tail of the invalidation queue, and where it stands. */
export interface WaitingDescriptor {
  readonly words: Words;
  readonly facts: Found;
}

/** What a group of page requests wants: pages, or only to say that its PASID stopped. */
type Wanted = 'pages' | 'nothing';

const REQUEST_BYTES = 32;
const REQUESTS_A_PAGE = 4096 / REQUEST_BYTES;

const INVALIDATIONS: ReadonlySet<StructureDeclaration | undefined> = new Set([
  IotlbInvalidationDescriptor,
  PasidIotlbInvalidationDescriptor,
  DeviceTlbInvalidationDescriptor,
  PasidDeviceTlbInvalidationDescriptor,
]);

const formatOf = (words: Words): StructureDeclaration | undefined => DESCRIPTOR_KINDS[descriptorType(words)]?.format;

/** What valid descriptors say beside each other and beside the page request queue. */
export function checkWaiting(scene: Scene, waiting: readonly WaitingDescriptor[]): void {
  for (const descriptor of waiting) checkPhysicalFunction(scene, descriptor);
  const responses = waiting.filter(({ words }) => formatOf(words) === PageGroupResponseDescriptor);
  if (responses.length === 0) return;
  checkResponseOrder(scene, waiting);
  const asked = pageRequestGroups(scene);
  for (const response of responses) checkResponse(scene, response, asked);
}

/** §6.5.2.5, §6.5.2.6: PFSID is in two parts. Without throttling it is reserved. */
function checkPhysicalFunction({ unit, findings, options }: Scene, { words, facts }: WaitingDescriptor): void {
  const format = [DeviceTlbInvalidationDescriptor, PasidDeviceTlbInvalidationDescriptor].find(
    (one) => one === formatOf(words),
  );
  const { devices = [] } = options;
  if (format === undefined || devices.length === 0 || unit.configuration.ECAP.DIT === 0) return;
  const physical = (format['PFSID[15:4]'](words) << 4) | format['PFSID[3:0]'](words);
  if (physical === format.SID(words) || devices.some(({ sourceId }) => sourceId === physical)) return;
  findings.add('queue-physical-function', { ...facts, field: `PFSID ${formatSourceId(physical)}` });
}

/** §7.6: whoever is answered asks again. What stands before the first response was invalidated in time. */
function checkResponseOrder({ findings }: Scene, waiting: readonly WaitingDescriptor[]): void {
  const first = waiting.findIndex(({ words }) => formatOf(words) === PageGroupResponseDescriptor);
  const isInvalidation = ({ words }: WaitingDescriptor) => INVALIDATIONS.has(formatOf(words));
  if (waiting.slice(0, first).some(isInvalidation) || !waiting.slice(first).some(isInvalidation)) return;
  findings.add('response-before-invalidation', waiting[first]!.facts);
}

/** §7.6.1: RID, PP, PASID and PRGI are those of the last request of a group. */
function checkResponse(
  { findings }: Scene,
  { words, facts }: WaitingDescriptor,
  asked: ReadonlyMap<string, Wanted>,
): void {
  const { RID, PP, PASID, PRGI } = PageGroupResponseDescriptor;
  const wanted = asked.get(groupOf(RID(words), PP(words), PASID(words), PRGI(words)));
  if (wanted === 'pages') return;
  const rule = wanted === undefined ? 'response-unasked' : 'response-to-stop-marker';
  findings.add(rule, { ...facts, field: `RID ${formatSourceId(RID(words))}, PRGI ${hex(BigInt(PRGI(words)))}` });
}

function groupOf(requester: number, withPasid: number, pasid: number, group: number): string {
  return [requester, withPasid, withPasid === 1 ? pasid : 0, group].join(' ');
}

/** The groups that the page request queue holds the last request of, served ones too, §7.4.1.1. */
function pageRequestGroups({ unit }: Scene): ReadonlyMap<string, Wanted> {
  const groups = new Map<string, Wanted>();
  if (!unit.registers.has('PQA_REG')) return groups;
  const address = unit.registers.words('PQA_REG');
  const words = new Uint32Array(REQUEST_BYTES / 4);
  const { Type, RID, PP, PASID, PRGI, LPIG, RDR, WRR } = PageRequestDescriptor;
  for (let n = 0; n < REQUESTS_A_PAGE << PQA_REG.PQS(address); n++) {
    const page = PQA_REG.PQA(address) + Math.floor(n / REQUESTS_A_PAGE);
    if (!unit.memory.load(page, (n % REQUESTS_A_PAGE) * REQUEST_BYTES, words)) continue;
    if (Type(words) !== 1 || LPIG(words) === 0) continue;
    const wanted: Wanted = RDR(words) === 0 && WRR(words) === 0 ? 'nothing' : 'pages';
    const group = groupOf(RID(words), PP(words), PASID(words), PRGI(words));
    if (wanted === 'pages' || !groups.has(group)) groups.set(group, wanted);
  }
  return groups;
}
