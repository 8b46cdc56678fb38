import { differenceOf } from './compare.ts';
import type { Target } from './target.ts';
import type {
  EventsStep,
  Expectation,
  ExpectedMembers,
  MemoryReadStep,
  ReadStep,
  VectorEntry,
  VectorRun,
  VectorStep,
} from './types.ts';

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
  else if ('deviceTlbComplete' in step) {
    await target.completeDeviceTlb(step.deviceTlbComplete.source, step.deviceTlbComplete.tag);
  } else if ('deviceTlbTimeout' in step) await target.timeOutDeviceTlb(step.deviceTlbTimeout.source);
  else if ('memoryRead' in step) return takeMemoryRead(target, step);
  else if ('read' in step) return takeRead(target, step);
  else if ('request' in step) return differenceFrom(step.expect, await target.dma(step.request));
  else if ('interrupt' in step) return differenceFrom(step.expect, await target.interrupt(step.interrupt));
  else return takeEvents(target, step);
  return undefined;
}

async function takeRead(target: Target, step: ReadStep): Promise<string | undefined> {
  const mask = step.mask === undefined ? -1n : BigInt(step.mask);
  const value = await target.readRegister(Number(step.offset), step.width);
  const allowed = step.oneOf ?? [step.value ?? '0x0'];
  if (allowed.some((one) => (value & mask) === (BigInt(one) & mask))) return undefined;
  const under = step.mask === undefined ? '' : ` under ${step.mask}`;
  return `${step.read} is 0x${value.toString(16)}, expected ${allowed.join(' or ')}${under}`;
}

async function takeMemoryRead(target: Target, { memoryRead, qwords }: MemoryReadStep): Promise<string | undefined> {
  const bytes = await target.readMemory(BigInt(memoryRead), qwords.length * 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const [i, expected] of qwords.entries()) {
    const found = view.getBigUint64(i * 8, true);
    if (found === BigInt(expected)) continue;
    return `memory at 0x${(BigInt(memoryRead) + BigInt(i * 8)).toString(16)} is 0x${found.toString(16)}, expected ${expected}`;
  }
  return undefined;
}

function differenceFrom(expect: Expectation, reply: ExpectedMembers): string | undefined {
  if (!('oneOf' in expect) || !Array.isArray(expect.oneOf)) return differenceOf(expect, reply);
  const differences = expect.oneOf.map((one) => differenceOf(one, reply));
  return differences.includes(undefined) ? undefined : differences.join('; nor: ');
}

async function takeEvents(target: Target, { events }: EventsStep): Promise<string | undefined> {
  const actual = await target.takeEvents();
  if (actual.length !== events.length) {
    return `${actual.length} messages left the unit (${JSON.stringify(actual)}), expected ${events.length}`;
  }
  for (const [i, expected] of events.entries()) {
    const difference = differenceOf(expected, actual[i]!);
    if (difference !== undefined) return `message ${i + 1}: ${difference}`;
  }
  return undefined;
}

async function writeEntries(target: Target, entries: readonly VectorEntry[], visible = true): Promise<void> {
  for (const { at, qwords } of entries) {
    const bytes = new Uint8Array(qwords.length * 8);
    const view = new DataView(bytes.buffer);
    for (const [i, qword] of qwords.entries()) view.setBigUint64(i * 8, BigInt(qword), true);
    await target.writeMemory(BigInt(at), bytes, visible);
  }
}
