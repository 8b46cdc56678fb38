import {
  answerDifference,
  answersOf,
  bytesOfQwords,
  eventsDifference,
  memoryDifference,
  registerDifference,
} from './differences.ts';
import type { Target } from './target.ts';
import type { VectorEntry, VectorRun, VectorStep } from './types.ts';

/** Runs a case on a target: the first difference as a sentence, or undefined if there is none. */
export async function run(target: Target, { group, case: one, flip }: VectorRun): Promise<string | undefined> {
  await target.start(group.unit, one.choices ?? {});
  await writeEntries(target, [...(group.memory ?? []), ...(one.memory ?? [])]);
  if (flip !== undefined) {
    const [byte = 0] = await target.readMemory(flip.address, 1);
    await target.writeMemory(flip.address, Uint8Array.of(byte ^ (1 << flip.bit)), true);
  }
  const setup = group.steps ?? [];
  for (const [i, step] of [...setup, ...one.steps].entries()) {
    const difference = await take(target, step);
    if (difference === undefined) continue;
    return i < setup.length ? `setup step ${i + 1}: ${difference}` : `step ${i + 1 - setup.length}: ${difference}`;
  }
  return undefined;
}

async function take(target: Target, step: VectorStep): Promise<string | undefined> {
  if ('write' in step) await target.writeRegister(Number(step.offset), step.width, BigInt(step.value));
  else if ('memory' in step) await writeEntries(target, step.memory, step.visible);
  else if ('poison' in step) await target.poison(BigInt(step.poison), step.length, step.writesOnly ?? false);
  else if ('reset' in step) await target.reset(step.reset);
  else if ('deviceTlbTimeout' in step) await target.timeOutDeviceTlb(step.deviceTlbTimeout.source);
  else if ('deviceTlbComplete' in step) {
    const reply = await target.completeDeviceTlb(step.deviceTlbComplete);
    return step.expect === undefined ? undefined : answerDifference([step.expect], reply);
  } else if ('deviceTlbRequest' in step) {
    return answerDifference([step.expect], await target.requestDeviceTlb(step.deviceTlbRequest.source));
  } else if ('memoryRead' in step) {
    return memoryDifference(step, await target.readMemory(BigInt(step.memoryRead), step.qwords.length * 8));
  } else if ('read' in step) {
    return registerDifference(step, await target.readRegister(Number(step.offset), step.width));
  } else if ('request' in step) return answerDifference(answersOf(step.expect), await target.dma(step.request));
  else if ('interrupt' in step) {
    return answerDifference(answersOf(step.expect), await target.interrupt(step.interrupt));
  } else if ('pageRequest' in step) {
    return answerDifference(answersOf(step.expect), await target.pageRequest(step.pageRequest));
  } else return eventsDifference(step, await target.takeEvents());
  return undefined;
}

async function writeEntries(target: Target, entries: readonly VectorEntry[], visible = true): Promise<void> {
  for (const { at, qwords } of entries) await target.writeMemory(BigInt(at), bytesOfQwords(qwords), visible);
}
