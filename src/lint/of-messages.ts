import type { Words } from '../bits/field.ts';
import { hex } from '../bits/hex.ts';
import { type InterruptCondition, InterruptFault } from '../conditions/interrupt.ts';
import { remapInterrupt } from '../interrupt-remapping/remap.ts';
import { checkInteger } from '../messages/dma-request.ts';
import { hasTriggerMode, RemappableFormat } from '../messages/interrupt-formats.ts';
import { type InterruptRequest, interruptRequest } from '../messages/interrupt-request.ts';
import { newRemappedInterrupt } from '../messages/remapped-interrupt.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { RemappableRedirectionEntry } from '../topology/io-apic-registers.ts';
import { isLevelTriggered, redirectionRequest } from '../topology/redirection-request.ts';
import { blockedBy } from './blocked.ts';
import type { DeviceMessages, RedirectionEntryOf } from './options.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

const { FORMAT, M, DLM, TM, V } = RemappableRedirectionEntry;
const { HANDLE_15 } = RemappableFormat;

/** The request leads to no entry that its source may use. */
const NO_ENTRY: ReadonlySet<InterruptCondition | undefined> = new Set([
  InterruptFault.INDEX_BEYOND_TABLE,
  InterruptFault.NOT_PRESENT,
  InterruptFault.SOURCE_ID,
]);

const remapped = newRemappedInterrupt();

/** What sources of interrupts send, §5.1.5, while remapping is on. */
export function checkMessages(scene: Scene): void {
  const { messages = [], redirectionEntries = [] } = scene.options;
  for (const one of messages) checkDevice(scene, one);
  for (const one of redirectionEntries) checkRedirectionEntry(scene, one);
}

/** MSI or MSI-X, §5.1.5.2: as many messages as the device has. */
function checkDevice(scene: Scene, device: DeviceMessages): void {
  const { sourceId, address, data, count = 1 } = device;
  checkInteger('count', count, 1, 32);
  if ((count & (count - 1)) !== 0) throw new RangeError(`a device has 1, 2, 4, 8, 16 or 32 messages, got ${count}`);
  const first = interruptRequest({ sourceId, address, data });
  if (!scene.unit.interruptRemappingEnabled) return;
  for (let n = 0; n < count; n++) {
    // The device replaces as many low bits of the data as it needs for the number.
    const request = count === 1 ? first : { ...first, data: ((data & -count) | n) >>> 0 };
    const condition = remapInterrupt(scene.unit, request, remapped);
    const rule = ruleOf(scene, request, condition, n > 0);
    if (rule === undefined || condition === undefined) continue;
    scene.findings.add(rule, {
      structure: `message of ${formatSourceId(sourceId)}`,
      value: `${hex(address)}, data ${hex(request.data)}`,
      ...indexOf(count === 1 ? '' : `, message ${n} of ${count}`),
      hardware: blockedBy(condition),
    });
    return;
  }
}

const indexOf = (more: string) => (remapped.index < 0 ? {} : { of: `index ${remapped.index}${more}` });

function ruleOf(
  scene: Scene,
  request: InterruptRequest,
  condition: InterruptCondition | undefined,
  isLater: boolean,
): RuleId | undefined {
  if (condition === InterruptFault.COMPATIBILITY) return 'message-compatibility';
  if (condition === InterruptFault.RESERVED_IN_REQUEST) return 'message-reserved';
  // What is wrong with the entry itself is found with the table.
  if (!NO_ENTRY.has(condition)) return undefined;
  if (isLater) return 'message-group';
  return isServedWithTopBit(scene, request) ? 'message-index-high' : 'message-index';
}

/** Whether bit 15 of the index would lead to an entry that serves the request. */
function isServedWithTopBit({ unit }: Scene, request: InterruptRequest): boolean {
  const words = new Uint32Array([request.address, request.data]);
  if (HANDLE_15(words) === 1) return false;
  HANDLE_15.put(words, 1);
  return remapInterrupt(unit, { ...request, address: words[0]! }, newRemappedInterrupt()) === undefined;
}

/** §5.1.5.1. A masked entry of the compatibility format sends nothing and says nothing. */
function checkRedirectionEntry(scene: Scene, { sourceId, value }: RedirectionEntryOf): void {
  checkInteger('sourceId', sourceId, 0, 0xffff);
  if (value < 0n || value >> 64n !== 0n) throw new RangeError(`a redirection entry has 64 bits, got ${hex(value)}`);
  const words = wordsOf(value);
  const masked = M(words) === 1;
  if (!scene.unit.interruptRemappingEnabled || (masked && FORMAT(words) === 0)) return;
  const condition = remapInterrupt(scene.unit, { sourceId, ...redirectionRequest(words) }, remapped);
  const rule = redirectionRule(words, condition, masked);
  if (rule === undefined) return;
  scene.findings.add(rule, {
    structure: `redirection entry of ${formatSourceId(sourceId)}`,
    value: hex(value),
    ...indexOf(''),
    ...(condition === undefined ? {} : { hardware: blockedBy(condition) }),
  });
}

function redirectionRule(words: Words, condition: InterruptCondition | undefined, masked: boolean): RuleId | undefined {
  if (condition === InterruptFault.COMPATIBILITY) return 'redirection-compatibility';
  if (FORMAT(words) === 1 && DLM(words) !== 0) return 'redirection-delivery-mode';
  if (NO_ENTRY.has(condition)) return masked ? 'redirection-unconverted' : 'redirection-index';
  if (condition !== undefined || FORMAT(words) === 0 || remapped.posted) return undefined;
  if (!hasTriggerMode(remapped.deliveryMode)) return undefined;
  if (TM(words) !== remapped.triggerMode) return 'redirection-trigger-mode';
  return isLevelTriggered(words) && V(words) !== remapped.vector ? 'redirection-vector' : undefined;
}
