import {
  type CachePolicy,
  type DmaRequest,
  dmaRequest,
  type Outcome,
  RemappingUnit,
  SparseMemory,
  type UnitOptions,
} from '../../src/index.ts';
import type { AllowedRequest, History, RawOperation } from '../oracle/index.ts';

/** A unit that software drives as a history says. */
export class HistoryUnit {
  readonly memory = new SparseMemory();
  unit: RemappingUnit;

  constructor(
    { version, hostAddressWidth, capabilities, extendedCapabilities }: History['unit'],
    caches: CachePolicy,
    send?: UnitOptions['send'],
  ) {
    const parameters = { version: Number(version), hostAddressWidth: Number(hostAddressWidth) };
    this.unit = new RemappingUnit({
      memory: this.memory,
      unit: { ...parameters, capabilities, extendedCapabilities },
      caches,
      ...(send === undefined ? {} : { send }),
    });
  }

  static of({ unit }: History, caches: CachePolicy): HistoryUnit {
    return new HistoryUnit(unit, caches);
  }

  /** Performs all but requests. */
  readonly perform = (operation: Exclude<RawOperation, { readonly kind: 'request' }>): void => {
    if (operation.kind === 'register') {
      this.unit.writeRegister(operation.offset, operation.width, operation.value);
      return;
    }
    const bytes = new Uint8Array(operation.qwords.length * 8);
    const view = new DataView(bytes.buffer);
    for (const [i, qword] of operation.qwords.entries()) view.setBigUint64(i * 8, qword, true);
    this.memory.write(operation.address, bytes, operation.visible);
  };
}

/** What software writes to memory, in a history of memory or of interrupt requests. */
interface Write {
  readonly address: bigint;
  readonly qwords: readonly bigint[];
  readonly visible: boolean;
}

const isWrite = (operation: object): operation is Write => 'qwords' in operation;

/**
 * Whether a visible write touches a line in which an invisible one still stands. The model takes the earlier one as
 * visible then, the second opinion leaves it in doubt.
 */
export function touchesAgain({ operations }: { readonly operations: readonly object[] }): boolean {
  const doubtful = new Set<bigint>();
  return operations.some((operation) => {
    if (!isWrite(operation)) return false;
    const lines = operation.qwords.map((_, i) => (operation.address + BigInt(8 * i)) >> 6n);
    if (operation.visible) return lines.some((line) => doubtful.has(line));
    for (const line of lines) doubtful.add(line);
    return false;
  });
}

/** The request of a history as the model takes it. */
export function requestOf({ source, address, access, pasid }: AllowedRequest): DmaRequest {
  return dmaRequest({
    sourceId: Number(source),
    address,
    access,
    ...(pasid === undefined ? {} : { pasid: Number(pasid) }),
  });
}

/** An outcome in the second opinion's words. */
export function wordsOf(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed': {
      const { address, mapping } = outcome;
      const where = `completed 0x${address.toString(16)}`;
      if (mapping === undefined) return where;
      return `${where} ${mapping.pageSize} ${mapping.read ? 'r' : ''}${mapping.write ? 'w' : ''}`;
    }
    case 'blocked':
      return outcome.fault === undefined ? outcome.response : `${outcome.response} ${outcome.fault.condition.code}`;
    case 'interrupt':
      return 'interrupt';
    case 'translation':
      return 'translation';
  }
}
