import type { JsonObject } from '../oracle/json-rpc.ts';
import { bytesReply } from '../oracle/replies.ts';
import { bytesOfQwords } from '../vectors/differences.ts';
import type { VectorEntry, VectorRun, VectorStep } from '../vectors/types.ts';

/** A request of the protocol. */
export interface Call {
  readonly method: string;
  readonly params: JsonObject;
}

/** A request that a run of a vector makes of its target. */
export interface RunCall extends Call {
  /** Which step it belongs to, in words: `step 2`. */
  readonly where: string;
  /** The step that the reply is held against; undefined where nothing is compared. */
  readonly step?: VectorStep;
}

/** Everything that a run asks of a target that has been initialized, in order. */
export function callsOfRun({ group, case: one, flip }: VectorRun): readonly RunCall[] {
  const memory = [...(group.memory ?? []), ...(one.memory ?? [])];
  const setup = group.steps ?? [];
  return [
    ...memory.map((entry) => writeCall(entry, 'memory')),
    ...(flip === undefined ? [] : [flipCall(memory, flip)]),
    ...setup.flatMap((step, i) => callsOfStep(step, `setup step ${i + 1}`)),
    ...one.steps.flatMap((step, i) => callsOfStep(step, `step ${i + 1}`)),
  ];
}

/** The number of a step of the case, from 1, that `where` of a call names; undefined if it names none. */
export function stepOf(where: string | undefined): number | undefined {
  const number = /^step (\d+)$/.exec(where ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

function callsOfStep(step: VectorStep, where: string): readonly RunCall[] {
  if ('memory' in step) return step.memory.map((entry) => writeCall(entry, where, step.visible));
  const [method, params, compared = false] = callOfStep(step);
  return [{ method, params, where, ...(compared ? { step } : {}) }];
}

/** The method of a step, its parameters, and whether the reply is compared. */
function callOfStep(step: Exclude<VectorStep, { memory: unknown }>): readonly [string, JsonObject, true?] {
  if ('write' in step) {
    const { offset, width, value } = step;
    return ['register.write', { offset, width, value }];
  }
  if ('read' in step) return ['register.read', { offset: step.offset, width: step.width }, true];
  if ('memoryRead' in step) {
    return ['memory.read', { address: step.memoryRead, length: step.qwords.length * 8 }, true];
  }
  if ('poison' in step) {
    const { poison: address, length, writesOnly } = step;
    return ['memory.poison', { address, length, ...(writesOnly === undefined ? {} : { writesOnly }) }];
  }
  if ('reset' in step) return ['reset', { kind: step.reset }];
  if ('deviceTlbComplete' in step) {
    const { deviceTlbComplete, expect } = step;
    return expect === undefined
      ? ['deviceTlb.complete', deviceTlbComplete]
      : ['deviceTlb.complete', deviceTlbComplete, true];
  }
  if ('deviceTlbRequest' in step) return ['deviceTlb.request', step.deviceTlbRequest, true];
  if ('deviceTlbTimeout' in step) return ['deviceTlb.timeout', step.deviceTlbTimeout];
  if ('request' in step) return ['dma', step.request, true];
  if ('interrupt' in step) return ['interrupt', step.interrupt, true];
  if ('pageRequest' in step) return ['pageRequest', step.pageRequest, true];
  return ['events.take', {}, true];
}

function writeCall({ at, qwords }: VectorEntry, where: string, visible = true): RunCall {
  const data = bytesReply(bytesOfQwords(qwords));
  return { method: 'memory.write', params: { address: at, data, ...(visible ? {} : { visible }) }, where };
}

/** One byte again, with a bit of it inverted. */
function flipCall(memory: readonly VectorEntry[], { address, bit }: NonNullable<VectorRun['flip']>): RunCall {
  let byte = 0;
  for (const { at, qwords } of memory) {
    const offset = address - BigInt(at);
    if (offset >= 0n && offset < qwords.length * 8) byte = bytesOfQwords(qwords)[Number(offset)]!;
  }
  const data = bytesReply(Uint8Array.of(byte ^ (1 << bit)));
  return { method: 'memory.write', params: { address: `0x${address.toString(16)}`, data }, where: 'eachBit' };
}
