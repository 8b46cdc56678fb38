import { hex } from '../bits/hex.ts';
import { type DmaRequest, type DmaRequestParameters, dmaRequest } from '../messages/dma-request.ts';
import { type InterruptRequest, interruptRequest } from '../messages/interrupt-request.ts';
import { pageRequest } from '../messages/page-request.ts';
import { formatSourceId } from '../messages/source-id.ts';
import { checkAccess, type RegisterWidth } from '../unit/mmio.ts';
import type { RemappingUnit } from '../unit/remapping-unit.ts';
import { unitWith } from './default-unit.ts';
import { FEATURES, IDENTITY, PROTOCOL } from './identity.ts';
import { type Call, ErrorCode, type JsonObject, Refusal, show } from './json-rpc.ts';
import { observedInterruptOf, observedOf } from './observed-replies.ts';
import {
  DEVICE_TLB_COMPLETE,
  DEVICE_TLB_REQUEST,
  DEVICE_TLB_TIMEOUT,
  DMA,
  EXPLAIN,
  INITIALIZE,
  INTERRUPT,
  MEMORY_POISON,
  MEMORY_READ,
  MEMORY_WRITE,
  NOTHING,
  PAGE_REQUEST,
  PERMITTED,
  REGISTER_READ,
  REGISTER_WRITE,
  RESET,
  RESTORE,
} from './parameters.ts';
import { bytesReply, eventReply, explanationReply, interruptReply, outcomeReply, pageRequestReply } from './replies.ts';
import type { Session } from './session.ts';
import { invalidParams, type Kind, type Read, readAs } from './values.ts';
import { findingReply, verdictReply } from './verdicts.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
type Perform<P> = (session: Session, parameters: P) => JsonObject;
type Method = (session: Session, params: unknown) => JsonObject;

/** Every method by its name. Each reads all of its parameters before it does anything: a refusal changes nothing. */
const METHODS: ReadonlyMap<string, Method> = new Map([
  ['initialize', method(INITIALIZE, initialize)],
  ['reset', method(RESET, reset)],
  ['memory.write', method(MEMORY_WRITE, writeMemory)],
  ['memory.read', method(MEMORY_READ, readMemory)],
  ['memory.poison', method(MEMORY_POISON, poisonMemory)],
  ['register.write', method(REGISTER_WRITE, writeRegister)],
  ['register.read', method(REGISTER_READ, readRegister)],
  ['dma', method(DMA, dma)],
  ['interrupt', method(INTERRUPT, interrupt)],
  ['pageRequest', method(PAGE_REQUEST, requestPage)],
  ['explain', method(EXPLAIN, explain)],
  ['permitted', method(PERMITTED, permitted)],
  ['findings.take', method(NOTHING, takeFindings)],
  ['events.take', method(NOTHING, takeEvents)],
  ['deviceTlb.complete', method(DEVICE_TLB_COMPLETE, completeDeviceTlb)],
  ['deviceTlb.timeout', method(DEVICE_TLB_TIMEOUT, timeOutDeviceTlb)],
  ['deviceTlb.request', method(DEVICE_TLB_REQUEST, requestDeviceTlb)],
  ['snapshot', method(NOTHING, snapshot)],
  ['restore', method(RESTORE, restore)],
  ['shutdown', method(NOTHING, shutdown)],
]);

/** The methods of a session, as JSON-RPC calls them. */
export function callsOf(session: Session): Call {
  return (name, params) => {
    const perform = METHODS.get(name);
    if (perform === undefined) {
      const names = [...METHODS.keys()].join(', ');
      throw new Refusal(ErrorCode.METHOD_NOT_FOUND, `there is no method ${show(name)}; there are ${names}`);
    }
    if (session.ended) throw new Refusal(ErrorCode.SERVER, 'shutdown came before this request');
    return perform(session, params);
  };
}

function method<P>(kind: Kind<P>, perform: Perform<P>): Method {
  return (session, params) => perform(session, readAs(kind, params ?? {}, 'params'));
}

function initialize(session: Session, { unit = {} }: Read<typeof INITIALIZE>): JsonObject {
  const { version, choices, caches, ...others } = unit;
  const parameters = unitWith(version === undefined ? others : { ...others, version: Number(version) });
  atDoor(() => session.start(parameters, choices ?? {}, caches));
  const { hostAddressWidth, capabilities, extendedCapabilities, registers } = parameters;
  return {
    protocol: PROTOCOL,
    ...IDENTITY,
    unit: {
      version: hex(parameters.version),
      hostAddressWidth,
      capabilities: hex(capabilities),
      extendedCapabilities: hex(extendedCapabilities),
      ...(registers === undefined ? {} : { registers: hexValues(registers) }),
      ...(choices === undefined ? {} : { choices }),
    },
    methods: [...METHODS.keys()],
    features: FEATURES,
  };
}

const hexValues = (registers: Readonly<Record<string, bigint>>): JsonObject =>
  Object.fromEntries(Object.entries(registers).map(([name, value]) => [name, hex(value)]));

/** §11.3: a reset of the unit alone if its kind is given, of everything if not. */
function reset(session: Session, { kind }: Read<typeof RESET>): JsonObject {
  if (kind === undefined) session.reset();
  else if (kind === 'warm') session.unit.warmReset();
  else session.unit.powerGoodReset();
  return {};
}

function writeMemory(session: Session, { address, data, visible = true }: Read<typeof MEMORY_WRITE>) {
  checkFits(address, data.length);
  session.write(address, data, visible);
  return {};
}

function readMemory(session: Session, { address, length }: Read<typeof MEMORY_READ>): JsonObject {
  checkFits(address, length);
  return { data: bytesReply(session.memory.read(address, length)) };
}

function poisonMemory(session: Session, parameters: Read<typeof MEMORY_POISON>): JsonObject {
  const { address, length, writesOnly = false } = parameters;
  checkFits(address, length);
  session.poison(address, length, writesOnly);
  return {};
}

function writeRegister(session: Session, parameters: Read<typeof REGISTER_WRITE>): JsonObject {
  const { width, value } = parameters;
  const offset = offsetOf(session, parameters);
  if (value >> BigInt(width) !== 0n)
    throw invalidParams(`value takes ${width} bits with this width, got ${hex(value)}`);
  session.unit.writeRegister(offset, width, value);
  return {};
}

function readRegister(session: Session, parameters: Read<typeof REGISTER_READ>): JsonObject {
  const offset = offsetOf(session, parameters);
  return { value: hex(session.unit.readRegister(offset, parameters.width)) };
}

function dma(session: Session, parameters: Read<typeof DMA>): JsonObject {
  const request = requestOf(parameters);
  return outcomeReply(session.door.dma(request));
}

function interrupt({ door }: Session, parameters: Read<typeof INTERRUPT>): JsonObject {
  return interruptReply(door.interrupt(interruptRequestOf(parameters)));
}

function requestPage({ door }: Session, { source, ...parameters }: Read<typeof PAGE_REQUEST>): JsonObject {
  const request = atDoor(() => pageRequest({ sourceId: source, ...parameters }));
  return pageRequestReply(door.pageRequest(request), request.group);
}

function explain({ unit }: Session, parameters: Read<typeof EXPLAIN>): JsonObject {
  if (parameters.method === 'interrupt') {
    return explanationReply(unit.explainInterrupt(interruptRequestOf(parameters.request)), interruptReply);
  }
  return explanationReply(unit.explain(requestOf(parameters.request)), outcomeReply);
}

function permitted({ judge }: Session, parameters: Read<typeof PERMITTED>): JsonObject {
  if (parameters.method === 'interrupt') {
    const request = interruptRequestOf(parameters.request);
    return verdictReply(judge.judgeInterrupt(request, observedInterruptOf(parameters.observed)), interruptReply);
  }
  return verdictReply(judge.judge(requestOf(parameters.request), observedOf(parameters.observed)), outcomeReply);
}

function takeFindings(session: Session): JsonObject {
  return { findings: session.judge.takeFindings().map(findingReply) };
}

function takeEvents(session: Session): JsonObject {
  const { events, lost } = session.takeEvents();
  return { events: events.map(eventReply), ...(lost === 0 ? {} : { lost }) };
}

/** §4.3. The oldest one if no ITag is given; one that is given need not be in use. */
function completeDeviceTlb({ unit }: Session, parameters: Read<typeof DEVICE_TLB_COMPLETE>): JsonObject {
  const { source, tag, tags, count } = parameters;
  if (tag !== undefined && tags !== undefined) throw invalidParams('tag takes no value beside tags');
  const refused = unit.completeDeviceTlbInvalidation(source, tags ?? tag ?? oldestTag(unit, source), count);
  return refused === undefined ? {} : outcomeReply(refused);
}

/** §4.2.1. */
function requestDeviceTlb({ unit }: Session, { source }: Read<typeof DEVICE_TLB_REQUEST>): JsonObject {
  return outcomeReply(unit.requestDeviceTlbInvalidation(source));
}

function timeOutDeviceTlb({ unit }: Session, { source }: Read<typeof DEVICE_TLB_TIMEOUT>): JsonObject {
  oldestTag(unit, source);
  unit.timeOutDeviceTlbInvalidation(source);
  return {};
}

function oldestTag(unit: RemappingUnit, source: number): number {
  const [oldest] = unit.deviceTlbTags(source);
  if (oldest !== undefined) return oldest;
  throw new Refusal(ErrorCode.SERVER, `no Device-TLB invalidation waits for ${formatSourceId(source)}`);
}

function snapshot({ unit }: Session): JsonObject {
  return { snapshot: unit.snapshot() };
}

function restore(session: Session, parameters: Read<typeof RESTORE>): JsonObject {
  atDoor(() => session.restore(parameters.snapshot));
  return {};
}

function shutdown(session: Session): JsonObject {
  session.ended = true;
  return {};
}

/** The request of `dma`. */
function requestOf(parameters: Read<typeof DMA>): DmaRequest {
  // Member by member: to spread what was read costs more than the whole walk (measured).
  const { source, address, access, type = 'untranslated', pasid, value } = parameters;
  const { privileged = false, execute = false, noSnoop = false, noWrite = false, zeroLength = false } = parameters;
  const { length = type === 'translation' ? 8 : 4 } = parameters;
  const request: Writable<DmaRequestParameters> = {
    sourceId: source,
    address,
    access,
    length,
    type,
    privileged,
    execute,
    noSnoop,
    noWrite,
    zeroLength,
    data: value === undefined ? 0 : Number(value),
  };
  if (pasid !== undefined) request.pasid = pasid;
  return atDoor(() => dmaRequest(request));
}

function offsetOf({ unit }: Session, { offset, width }: { offset: bigint; width: RegisterWidth }): number {
  const bytes = Number(offset);
  atDoor(() => checkAccess(unit.registers.size, bytes, width));
  return bytes;
}

const interruptRequestOf = ({ source, address, data }: Read<typeof INTERRUPT>): InterruptRequest =>
  atDoor(() => interruptRequest({ sourceId: source, address, data: Number(data) }));

/** Memory has addresses of 52 bits. */
function checkFits(address: bigint, length: number): void {
  if (address + BigInt(length) <= 1n << 52n) return;
  throw invalidParams(`address takes one below 2^52, and the last byte too, got ${hex(address)} and ${length} bytes`);
}

/** A door of the model throws a RangeError for what a caller may not do: a parameter is wrong, then. */
function atDoor<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw error instanceof RangeError ? invalidParams(error.message) : error;
  }
}
