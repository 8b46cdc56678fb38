import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Choices,
  type InterruptOutcome,
  interruptRequest,
  type Notification,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import {
  FaultLog,
  type InterruptOpinion,
  type InterruptScene,
  interruptOpinions,
  interruptScene,
} from '../oracle/index.ts';
import { LONG, runs } from './runs.ts';

const GCMD_REG = 0x18;
const IRTA_REG = 0xb8;

/** The scene's unit and memory, with the table latched and remapping on if the scene says so. */
function unitOf({
  unit: { version, hostAddressWidth, choices, ...capabilities },
  latched,
  memory,
  poison,
}: InterruptScene) {
  const sparse = new SparseMemory();
  for (const { address, qwords } of memory) sparse.writeQwords(address, qwords);
  // Of two on the same bytes memory has the later one, the second opinion both: what refuses more comes last.
  const ordered = poison.toSorted((a, b) => Number(b.writesOnly) - Number(a.writesOnly));
  for (const { address, length, writesOnly } of ordered) sparse.poison(address, length, writesOnly);
  const sent: Notification[] = [];
  const unit = new RemappingUnit({
    memory: sparse,
    unit: { version: Number(version), hostAddressWidth: Number(hostAddressWidth), ...capabilities },
    choices: choicesOf(choices),
    send: (message) => {
      if (message.kind === 'notification') sent.push(message);
    },
  });
  unit.writeRegister(IRTA_REG, 64, latched.irta);
  unit.writeRegister(GCMD_REG, 32, 1n << 24n);
  unit.writeRegister(GCMD_REG, 32, (latched.ires ? 1n << 25n : 0n) | (latched.cfis ? 1n << 23n : 0n));
  return { unit, memory: sparse, sent };
}

/** Those of chapter 5. The second opinion has the table pointer with all of its bits. */
const choicesOf = (all: InterruptScene['unit']['choices']): Partial<Choices> => ({
  interruptEntryOrder: all.interruptEntryOrder,
  reservedSourceValidation: all.reservedSourceValidation,
  reservedDeliveryMode: all.reservedDeliveryMode,
  postedDestinationCheck: all.postedDestinationCheck,
  addressTopBits: 'keep',
});

function modelSays(scene: InterruptScene): unknown {
  const { unit, memory, sent } = unitOf(scene);
  const answers = scene.requests.map(({ source, address, data }) =>
    fromModel(unit.interrupt(interruptRequest({ sourceId: Number(source), address, data: Number(data) }))),
  );
  const count = unit.configuration.CAP.NFR + 1;
  const offset = unit.registers.offsetOf('FRCD_REG[0]');
  const records = Array.from({ length: count }, (_, n) => {
    const at = offset + 16 * n;
    return (unit.readRegister(at + 8, 64) << 64n) | unit.readRegister(at, 64);
  });
  const words = wordsIn(scene, (address) => new DataView(memory.read(address, 8).buffer).getBigUint64(0, true));
  const notifications = sent.map(({ kind: _, ...message }) => ({ ...message }));
  return { answers, records, status: unit.readRegister(0x34, 32), words, notifications };
}

function oracleSays(scene: InterruptScene): unknown {
  const { opinions, words } = interruptOpinions(scene);
  const log = new FaultLog(Number((scene.unit.capabilities >> 40n) & 0xffn) + 1);
  for (const [i, said] of opinions.entries()) {
    if (said.outcome === 'UR' && said.logged) log.log(scene.requests[i]!, said.fault, scene.unit);
  }
  const notifications = opinions.flatMap((said) =>
    said.outcome === 'posted' && said.notification !== null ? [numbers(said.notification)] : [],
  );
  return {
    answers: opinions.map(fromOracle),
    records: log.records,
    status: log.fsts,
    words: wordsIn(scene, (address) => words.get(address) ?? 0n),
    notifications,
  };
}

/** All that a scene wrote, as it is behind the requests. */
const wordsIn = ({ memory }: InterruptScene, read: (address: bigint) => bigint) =>
  memory.flatMap(({ address, qwords }) => qwords.map((_, i) => read(address + BigInt(8 * i))));

function fromModel(outcome: InterruptOutcome): unknown {
  if (outcome.kind !== 'blocked') {
    const { kind, ...members } = outcome;
    return kind === 'posted' ? { kind, notification: null, ...members } : { kind, ...members };
  }
  const { condition, notRecorded } = outcome.fault!;
  return { kind: 'UR', condition: condition.code, reason: condition.reason, silent: notRecorded === 'fpd' };
}

function fromOracle(said: InterruptOpinion): unknown {
  if (said.outcome === 'UR') {
    const { condition, reason } = said.fault;
    return { kind: 'UR', condition, reason: Number(reason), silent: !said.logged };
  }
  if (said.outcome === 'delivered') {
    const { outcome: kind, ...members } = said;
    return { kind, ...numbers(members) };
  }
  const { outcome: kind, notification, descriptor, index, vector } = said;
  const sent = notification === null ? null : numbers(notification);
  return { kind, index: Number(index), vector: Number(vector), descriptor, notification: sent };
}

/** Of a message all but the address is a number in the model. */
const numbers = (message: object): object =>
  Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, name === 'address' ? value : Number(value)]),
  );

describe('The model and the second opinion agree on every interrupt request, record, descriptor and notification', () => {
  test('random tables', { timeout: LONG }, () => {
    fc.assert(
      fc.property(interruptScene(), (scene) => {
        // Memory has 52 bits.
        fc.pre(scene.poison.every(({ address }) => address >> 52n === 0n));
        const model = modelSays(scene);
        const oracle = oracleSays(scene);
        if (!isDeepStrictEqual(model, oracle)) expect(model).toEqual(oracle);
      }),
      runs(800, 100_000),
    );
  });
});
