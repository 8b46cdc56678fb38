import { addressOf, type PageNumber } from '../bits/page-number.ts';
import { wordsText } from '../bits/words-text.ts';
import { QueueError } from '../conditions/invalidation-queue.ts';
import { DescriptorValidity, descriptorType } from '../invalidation/descriptor-validity.ts';
import { errorOfQueueRegisters } from '../invalidation/queue.ts';
import { wordsOf } from '../platform/unit-parameters.ts';
import { GSTS_REG } from '../registers/global.ts';
import { IQA_REG, IQERCD_REG, IQH_REG, IQT_REG } from '../registers/invalidation.ts';
import { PQA_REG } from '../registers/page-request.ts';
import { pageText } from './finding.ts';
import { checkWaiting, type WaitingDescriptor } from './of-waiting.ts';
import type { RuleId } from './rules.ts';
import type { Scene } from './scene.ts';

/** IQH_REG and IQT_REG count in 16 bytes. */
const UNIT_BYTES = 16;
const UNITS_A_PAGE = 4096 / UNIT_BYTES;

/** The invalidation queue while it is on, and the page request queue, §6.5.2, §7.4. */
export function checkQueues(scene: Scene): void {
  const { unit } = scene;
  if (GSTS_REG.QIES(unit.registers.words('GSTS_REG')) === 1) {
    const address = unit.registers.words('IQA_REG');
    checkPages(scene, 'IQA_REG', 'invalidation queue', IQA_REG.IQA(address), 2 ** IQA_REG.QS(address));
    checkDescriptors(scene);
  }
  if (!unit.registers.has('PQA_REG')) return;
  const address = unit.registers.words('PQA_REG');
  const page = PQA_REG.PQA(address);
  // Nothing was set: 0 is no queue of anybody.
  if (page !== 0) checkPages(scene, 'PQA_REG', 'page request queue', page, 2 ** PQA_REG.PQS(address));
}

function checkPages(scene: Scene, structure: string, role: string, page: PageNumber, pages: number): void {
  const { unit, findings, occupancy } = scene;
  occupancy.claimAll(page, pages, role);
  const words = new Uint32Array(4);
  const refused = Array.from({ length: pages }, (_, n) => page + n).filter(
    (at) => at >= unit.configuration.hostPages || !unit.memory.load(at, 0, words),
  );
  if (refused.length === 0) return;
  const says = `the ${role} has ${pages} pages from ${pageText(page)}, and memory refuses ${pageText(refused[0]!)}`;
  findings.add('queue-unreadable', { structure, address: addressOf(refused[0]!), says, count: refused.length });
}

/** What waits between head and tail: each descriptor by itself, then all in their order. */
function checkDescriptors(scene: Scene): void {
  const { findings, unit } = scene;
  const validity = new DescriptorValidity(unit.configuration, unit.choices);
  const valid: WaitingDescriptor[] = [];
  for (const descriptor of waitingDescriptors(scene)) {
    const { words, facts } = descriptor;
    const invalid = validity.errorOf(words, unit.rootTable.mode);
    if (invalid === undefined) {
      valid.push(descriptor);
      continue;
    }
    const rule: RuleId = invalid === QueueError.DESCRIPTOR_TYPE ? 'queue-descriptor-type' : 'queue-descriptor';
    const field = invalid === QueueError.DESCRIPTOR_TYPE ? `type ${descriptorType(words)}` : 'reserved bits';
    findings.add(rule, { ...facts, field, hardware: stops(invalid) });
  }
  checkWaiting(scene, valid);
}

/** None where the registers of the queue are at fault: then the unit fetches nothing. */
function* waitingDescriptors({ unit, findings, options }: Scene): Generator<WaitingDescriptor> {
  const { configuration, rootTable, registers } = unit;
  const address = registers.words('IQA_REG');
  const tail = options.queue === undefined ? registers.words('IQT_REG') : wordsOf(options.queue.tail);
  const head = options.queue === undefined ? registers.words('IQH_REG') : wordsOf(options.queue.head);
  const error = errorOfQueueRegisters(configuration, rootTable.mode, tail, address);
  if (error !== undefined) {
    const rule = error === QueueError.DESCRIPTOR_WIDTH ? 'queue-width' : 'queue-registers';
    findings.add(rule, { structure: 'IQA_REG', value: wordsText(address), hardware: stops(error) });
    return;
  }
  const wide = IQA_REG.DW(address) === 1;
  const units = UNITS_A_PAGE << IQA_REG.QS(address);
  const step = wide ? 2 : 1;
  // As many steps as the ring has: a head that is odd never meets an even tail.
  let at = IQH_REG.QH(head) % units;
  for (let n = 0; n < units && at !== IQT_REG.QT(tail); n += step, at = (at + step) % units) {
    const words = new Uint32Array(wide ? 8 : 4);
    const page = IQA_REG.IQA(address) + Math.floor(at / UNITS_A_PAGE);
    const offset = (at % UNITS_A_PAGE) * UNIT_BYTES;
    // A page that is refused was found above.
    if (!unit.memory.load(page, offset, words)) continue;
    const structure = 'invalidation descriptor';
    yield { words, facts: { structure, address: addressOf(page, offset), value: wordsText(words) } };
  }
}

const stops = (error: number): string =>
  `the queue stops: FSTS_REG.IQE, IQEI ${error}, ${IQERCD_REG.IQEI.encodings?.[error] ?? 'reserved'}`;
