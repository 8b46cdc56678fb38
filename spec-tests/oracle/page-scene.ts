import { bits } from './bits.ts';
import { capabilitiesOf } from './capabilities.ts';
import { FaultLog } from './fault-log.ts';
import { PageQueue } from './page-queue.ts';
import { type PageWorld, pageOpinion } from './page-request.ts';
import type { PageMemory, PageMessage, PageOpinion, PageRequest } from './page-types.ts';
import type { UnitFacts } from './types.ts';

/** What happens to a unit: page requests, and what software writes to registers. */
export type PageOperation =
  | { readonly request: PageRequest }
  | {
      /** TE is the bit of GCMD_REG; F is the one of the fault recording register with this number. */
      readonly write: 'PQA' | 'PQH' | 'PQT' | 'PRS' | 'PECTL' | 'FSTS' | 'FECTL' | 'F' | 'TE';
      readonly value: bigint;
    };

/** A unit whose RTADDR_REG is latched, its memory in 64-bit words, and what happens. */
export interface PageScene {
  readonly unit: UnitFacts;
  readonly rtaddr: bigint;
  readonly memory: ReadonlyMap<bigint, bigint>;
  /** Words that cannot be read and written, and words that cannot be written. */
  readonly poison: ReadonlySet<bigint>;
  readonly readOnly: ReadonlySet<bigint>;
  readonly operations: readonly PageOperation[];
}

/** What is seen after one operation: registers as they read. */
export interface PageView {
  readonly opinion: PageOpinion | undefined;
  readonly messages: readonly PageMessage[];
  readonly registers: Readonly<Record<'PQA' | 'PQH' | 'PQT' | 'PRS' | 'PECTL' | 'FSTS' | 'FECTL', bigint>>;
  readonly records: readonly bigint[];
}

class SceneMemory implements PageMemory {
  readonly words: Map<bigint, bigint>;
  readonly #scene: PageScene;

  constructor(scene: PageScene) {
    this.#scene = scene;
    this.words = new Map(scene.memory);
  }

  read(address: bigint): bigint | undefined {
    return this.#refuses(address) ? undefined : (this.words.get(address) ?? 0n);
  }

  writeAll(address: bigint, words: readonly bigint[]): void {
    const places = words.map((_, i) => address + BigInt(8 * i));
    if (places.some((place) => this.#refuses(place) || this.#scene.readOnly.has(place))) return;
    words.forEach((word, i) => {
      this.words.set(address + BigInt(8 * i), word);
    });
  }

  /** There is no memory beyond the widest HAW. */
  #refuses(address: bigint): boolean {
    return address >> 52n !== 0n || this.#scene.poison.has(address);
  }
}

/** The opinion on each operation of a scene, and what is in memory behind all of them. */
export function pageOpinions(scene: PageScene): { views: PageView[]; words: ReadonlyMap<bigint, bigint> } {
  const memory = new SceneMemory(scene);
  const queue = new PageQueue();
  const log = new FaultLog(Number(bits(scene.unit.capabilities, 47, 40)) + 1);
  let tes = false;
  const views = scene.operations.map((operation): PageView => {
    const messages: PageMessage[] = [];
    const sent = { faults: log.messages, pages: queue.messages };
    let opinion: PageOpinion | undefined;
    if ('request' in operation) {
      const latched = { rtaddr: scene.rtaddr, tes };
      const send = (message: PageMessage) => messages.push(message);
      const world: PageWorld = { unit: scene.unit, latched, memory, queue, log, send };
      opinion = pageOpinion(world, operation.request);
    } else if (operation.write === 'TE') {
      tes = operation.value !== 0n;
      if (!tes) log.disable();
    } else {
      writeRegister(scene, queue, log, operation.write, operation.value);
    }
    for (let n = sent.faults; n < log.messages; n += 1) messages.push({ kind: 'fault event' });
    for (let n = sent.pages; n < queue.messages; n += 1) messages.push({ kind: 'page request event' });
    return { opinion, messages, registers: registersOf(scene, queue, log), records: [...log.records] };
  });
  return { views, words: memory.words };
}

function writeRegister({ unit }: PageScene, queue: PageQueue, log: FaultLog, name: string, value: bigint): void {
  if (name === 'FSTS') log.writeStatus(value);
  if (name === 'FECTL') log.setMask(bits(value, 31) === 1n);
  if (name === 'F') log.clear(Number(value));
  if (!capabilitiesOf(unit).PRS) return; // 7.4.1-R2
  if (name === 'PQA') queue.setBase(value);
  if (name === 'PQH') queue.setHead(value);
  if (name === 'PQT') queue.setTail(value);
  if (name === 'PRS') queue.writeStatus(value, unit.choices.pageRequestServiced);
  if (name === 'PECTL') queue.setMask(bits(value, 31) === 1n);
}

function registersOf({ unit }: PageScene, queue: PageQueue, log: FaultLog): PageView['registers'] {
  const has = capabilitiesOf(unit).PRS;
  return {
    PQA: has ? queue.base : 0n,
    PQH: has ? queue.head : 0n,
    PQT: has ? queue.tail : 0n,
    PRS: has ? queue.status : 0n,
    PECTL: has ? queue.control : 0n,
    FSTS: log.fsts,
    FECTL: (log.im ? 1n << 31n : 0n) | (log.ip ? 1n << 30n : 0n),
  };
}
