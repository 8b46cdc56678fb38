import { AllowedInterrupts } from './allowed-interrupt.ts';
import type { InterruptRequest } from './interrupt-types.ts';
import type { InterruptInvalidation } from './interrupt-world.ts';
import type { Choices, UnitFacts } from './types.ts';

/** One thing that happens to a unit, in words that belong to no implementation. */
export type InterruptOperation =
  | {
      readonly kind: 'write';
      readonly address: bigint;
      readonly qwords: readonly bigint[];
      /** False: it may be seen or not until a flush (6.A-R7); not for posted interrupt descriptors. */
      readonly visible: boolean;
    }
  /** IRTA_REG, then SIRTP. */
  | { readonly kind: 'table'; readonly irta: bigint }
  /** IRE */
  | { readonly kind: 'remapping'; readonly on: boolean }
  /** CFI */
  | { readonly kind: 'compatibility'; readonly on: boolean }
  /** An iec_inv. */
  | { readonly kind: 'invalidation'; readonly command: InterruptInvalidation }
  /** An inv_wait, and waiting for its status. */
  | { readonly kind: 'wait' }
  /** WBF, and waiting for WBFS=0. */
  | { readonly kind: 'flush' }
  | ({ readonly kind: 'interrupt' } & InterruptRequest);

export interface InterruptHistory {
  readonly unit: Omit<UnitFacts, 'choices'>;
  readonly operations: readonly InterruptOperation[];
}

/** The answers that each request of a history may get (6.A), in the order of the requests. */
export function allowedInterrupts(history: InterruptHistory, choices: Partial<Choices> = {}): string[][] {
  const unit = new AllowedInterrupts(history.unit, choices);
  return history.operations.flatMap((operation) => {
    const answers = performInterrupt(unit, operation);
    return answers === undefined ? [] : [answers];
  });
}

/** One operation; the allowed answers if it is a request. */
export function performInterrupt(unit: AllowedInterrupts, operation: InterruptOperation): string[] | undefined {
  switch (operation.kind) {
    case 'write':
      unit.write(operation.address, operation.qwords, operation.visible);
      return undefined;
    case 'table':
      unit.setTable(operation.irta);
      return undefined;
    case 'remapping':
      unit.setRemapping(operation.on);
      return undefined;
    case 'compatibility':
      unit.setCompatibility(operation.on);
      return undefined;
    case 'invalidation':
      unit.invalidate(operation.command);
      return undefined;
    case 'wait':
      unit.wait();
      return undefined;
    case 'flush':
      unit.flush();
      return undefined;
    case 'interrupt':
      return unit.answers(operation);
  }
}
