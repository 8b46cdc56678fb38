import {
  addressOf,
  type Memory,
  type PageNumber,
  type PageRequestOutcome,
  type PlatformMessage,
  pageRequest,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { type PageMessage, type PageOperation, type PageScene, type PageView, pageOpinions } from '../oracle/index.ts';

type Words = Parameters<Memory['store']>[2];

const OFFSETS = {
  PQH: 0xc0,
  PQT: 0xc8,
  PQA: 0xd0,
  PRS: 0xdc,
  PECTL: 0xe0,
  FSTS: 0x34,
  FECTL: 0x38,
} as const;
const WIDE: readonly string[] = ['PQH', 'PQT', 'PQA'];
const EVENT = { address: 0xfee0_1000n, data: 0x4031 };

/** What the model answers, and what its registers and its memory hold behind each operation. */
export function modelSaysOfPages(scene: PageScene): unknown {
  const memory = new WatchedMemory();
  for (const [address, qword] of scene.memory) memory.writeQwords(address, [qword]);
  for (const address of scene.readOnly) memory.poison(address, 8, true);
  for (const address of scene.poison) memory.poison(address, 8);
  const sent: PlatformMessage[] = [];
  const unit = new RemappingUnit({
    memory,
    unit: scene.unit,
    choices: choicesOf(scene),
    send: (message) => sent.push(message),
  });
  for (const control of [OFFSETS.FECTL, OFFSETS.PECTL]) {
    unit.writeRegister(control + 4, 32, BigInt(EVENT.data));
    unit.writeRegister(control + 8, 32, EVENT.address);
  }
  unit.writeRegister(0x20, 64, scene.rtaddr);
  unit.writeRegister(0x18, 32, 1n << 30n);
  const views = scene.operations.map((operation) => {
    const outcome = perform(unit, operation);
    return {
      answer: outcome === undefined ? undefined : fromModel(outcome),
      messages: sent.splice(0).map(messageOf).sort(byKind),
      registers: Object.fromEntries(
        Object.entries(OFFSETS).map(([name, at]) => [name, unit.readRegister(at, WIDE.includes(name) ? 64 : 32)]),
      ),
      records: Array.from(
        { length: unit.configuration.CAP.NFR + 1 },
        (_, n) => (unit.readRegister(0x228 + 16 * n, 64) << 64n) | unit.readRegister(0x220 + 16 * n, 64),
      ),
    };
  });
  return { views, words: wordsOf(memory, scene) };
}

/** The same from the second opinion. */
export function oracleSaysOfPages(scene: PageScene): unknown {
  const { views, words } = pageOpinions(scene);
  return {
    views: views.map((view, i) => ({
      answer: view.opinion === undefined ? undefined : fromOracle(view, views[i - 1]),
      messages: [...view.messages].sort(byKind),
      registers: view.registers,
      records: view.records,
    })),
    words: new Map([...words].filter(([, word]) => word !== 0n).sort(byAddress)),
  };
}

/** Those of the second opinion that the model has under the same name. */
function choicesOf({ unit: { choices } }: PageScene) {
  const { scalableRootHalf, reservedTranslationType, compressFaults, faultAddressWidth } = choices;
  const { pageRequestWithoutTranslation, pageRequestOrder, pageRequestServiced } = choices;
  const { stopMarkerOverflow, stopMarkerFault } = choices;
  return {
    ...{ scalableRootHalf, reservedTranslationType, compressFaults, faultAddressWidth },
    ...{ pageRequestWithoutTranslation, pageRequestOrder, pageRequestServiced },
    ...{ stopMarkerOverflow, stopMarkerFault },
  };
}

function perform(unit: RemappingUnit, operation: PageOperation): PageRequestOutcome | undefined {
  if ('request' in operation) {
    const { source, ...rest } = operation.request;
    return unit.pageRequest(pageRequest({ ...rest, sourceId: source }));
  }
  const { write, value } = operation;
  if (write === 'TE') unit.writeRegister(0x18, 32, value << 31n);
  else if (write === 'F') unit.writeRegister(0x22c + 16 * Number(value), 32, 1n << 31n);
  else unit.writeRegister(OFFSETS[write], WIDE.includes(write) ? 64 : 32, value);
  return undefined;
}

function fromModel(outcome: PageRequestOutcome): unknown {
  if (outcome.kind === 'queued') return outcome;
  const { fault, ...rest } = outcome;
  if (fault === undefined) return rest;
  const { condition, recorded } = fault;
  return { ...rest, condition: condition.code, reason: condition.reason, recorded };
}

function fromOracle(view: PageView, before: PageView | undefined): unknown {
  if (view.opinion === undefined) return undefined;
  const { outcome: kind, code, fault, offset } = view.opinion;
  if (kind === 'queued') return { kind, offset: Number(offset) };
  const answer = code === undefined ? { kind } : { kind, code };
  if (fault === undefined) return answer;
  const { condition, reason } = fault;
  return { ...answer, condition, reason, recorded: view.records.some((record, i) => record !== before?.records[i]) };
}

function messageOf(message: PlatformMessage): PageMessage | PlatformMessage {
  if (message.kind === 'page-group-response') {
    const { kind: _, sourceId, ...rest } = message;
    return { kind: 'response', source: sourceId, ...rest } as PageMessage;
  }
  const { kind, ...rest } = message;
  const isExpected = 'address' in rest && 'data' in rest && rest.address === EVENT.address && rest.data === EVENT.data;
  if (isExpected && kind === 'fault-event') return { kind: 'fault event' };
  if (isExpected && kind === 'page-request-event') return { kind: 'page request event' };
  return message;
}

/** Nothing orders the messages of one request. */
const byKind = (a: { kind: string }, b: { kind: string }): number => a.kind.localeCompare(b.kind);
const byAddress = ([a]: [bigint, bigint], [b]: [bigint, bigint]): number => (a < b ? -1 : 1);

/** Remembers where the unit has written. */
class WatchedMemory extends SparseMemory {
  readonly written = new Set<bigint>();

  override store(page: PageNumber, offset: number, words: Words): boolean {
    const stored = super.store(page, offset, words);
    for (let at = 0; stored && at < 4 * words.length; at += 8) this.written.add(addressOf(page) + BigInt(offset + at));
    return stored;
  }
}

/** The words of the scene, and those that the unit has written, if they are not 0. */
function wordsOf(memory: WatchedMemory, scene: PageScene): Map<bigint, bigint> {
  const addresses = new Set([...scene.memory.keys(), ...memory.written]);
  const words = [...addresses].map((address): [bigint, bigint] => {
    const bytes = memory.read(address, 8);
    return [address, new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)];
  });
  return new Map(words.filter(([, word]) => word !== 0n).sort(byAddress));
}
