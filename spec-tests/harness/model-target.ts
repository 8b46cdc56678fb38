import type { AccessName, AddressTypeName, CachePolicy, ReportedFault } from '../../src/index.ts';
import {
  choicesWith,
  dmaRequest,
  type InterruptRequest,
  interruptRequest,
  type Outcome,
  type PageRequest,
  type PlatformMessage,
  pageRequest,
  parseSourceId,
  RemappingUnit,
  SparseMemory,
} from '../../src/index.ts';
import { eventReply, interruptReply, pageRequestReply } from '../../src/oracle/replies.ts';
import type { Target } from '../../src/vectors/target.ts';
import { parametersOf } from '../../src/vectors/unit.ts';

/** The model as a target of vectors, in this process, with caches of this policy. */
export function modelTarget(caches: CachePolicy = 'none'): Target & { readonly unit: RemappingUnit } {
  const memory = new SparseMemory();
  let made = '';
  let unit: RemappingUnit | undefined;
  let messages: PlatformMessage[] = [];
  const started = (): RemappingUnit => {
    if (unit === undefined) throw new Error('the target was not started');
    return unit;
  };
  return {
    get unit() {
      return started();
    },
    start(like, choices) {
      memory.clear();
      messages = [];
      const asked = JSON.stringify([like, choices]);
      // To make a unit costs more than most cases; that a reset leaves nothing is tested by itself.
      if (unit !== undefined && asked === made) {
        unit.powerGoodReset();
        return;
      }
      made = asked;
      unit = new RemappingUnit({
        memory,
        unit: parametersOf(like),
        choices: choicesWith(choices),
        caches,
        send: (message) => messages.push(message),
      });
    },
    writeMemory: (address, bytes, visible) => memory.write(address, bytes, visible),
    readMemory: (address, length) => memory.read(address, length),
    poison: (address, length, writesOnly) => memory.poison(address, length, writesOnly),
    writeRegister: (offset, width, value) => started().writeRegister(offset, width, value),
    readRegister: (offset, width) => started().readRegister(offset, width),
    dma: (request) => replyOf(started().dma(requestOf(request))),
    interrupt: (request) => interruptReply(started().interrupt(interruptRequestOf(request))),
    pageRequest(parameters) {
      const request = pageRequestOf(parameters);
      return pageRequestReply(started().pageRequest(request), request.group);
    },
    reset: (kind) => (kind === 'warm' ? started().warmReset() : started().powerGoodReset()),
    completeDeviceTlb({ source, tag = 0, tags = [tag], count }) {
      const refused = started().completeDeviceTlbInvalidation(parseSourceId(source), tags, count);
      return refused === undefined ? {} : replyOf(refused);
    },
    requestDeviceTlb: (source) => replyOf(started().requestDeviceTlbInvalidation(parseSourceId(source))),
    timeOutDeviceTlb: (source) => started().timeOutDeviceTlbInvalidation(parseSourceId(source)),
    takeEvents() {
      const taken = messages.map(eventReply);
      messages = [];
      return taken;
    },
  };
}

/** The parameters of the protocol's `dma`, as a request. */
export function requestOf(parameters: Readonly<Record<string, unknown>>) {
  const { source, address, access, value, ...others } = parameters as {
    source: string;
    address: string;
    access: AccessName;
    value?: string;
    type?: AddressTypeName;
  };
  return dmaRequest({
    sourceId: parseSourceId(source),
    address: BigInt(address),
    access,
    ...(value === undefined ? {} : { data: Number(value) }),
    ...others,
  });
}

/** The parameters of the protocol's `interrupt`, as a request. */
export function interruptRequestOf(parameters: Readonly<Record<string, unknown>>): InterruptRequest {
  const { source, address, data } = parameters as { source: string; address: string; data: string };
  return interruptRequest({ sourceId: parseSourceId(source), address: BigInt(address), data: Number(data) });
}

/** The parameters of the protocol's `pageRequest`, as a request. */
export function pageRequestOf(parameters: Readonly<Record<string, unknown>>): PageRequest {
  const { source, address, group, last, ...others } = parameters as {
    source: string;
    address: string;
    group: number;
    last: boolean;
  };
  return pageRequest({ sourceId: parseSourceId(source), address: BigInt(address), group, last, ...others });
}

/** The reply of the protocol's `dma`. */
export function replyOf(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping, snooped, memoryType } = outcome;
      return { outcome: 'completed', address: hex(address), ...mapping, snoop: snooped, memoryType };
    }
    case 'interrupt':
      return { outcome: 'interrupt', interrupt: interruptReply(outcome.interrupt) };
    case 'translation': {
      const { kind, address, words, fault, ...members } = outcome;
      return { outcome: kind, address: hex(address), ...members, words: words.map(hex), ...faultMember(fault) };
    }
    case 'blocked':
      return { outcome: outcome.response, ...faultMember(outcome.fault) };
  }
}

function faultMember(fault: ReportedFault | undefined): Record<string, unknown> {
  if (fault === undefined) return {};
  const { condition, ...reported } = fault;
  const { code, reason, qualified } = condition;
  return { fault: { condition: code, reason: hex(BigInt(reason)), qualified, ...reported } };
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
