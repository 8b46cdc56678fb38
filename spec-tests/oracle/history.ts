import { AllowedAnswers } from './allowed.ts';
import type { AllowedChoices, AllowedRequest } from './exploration.ts';
import type { Command } from './invalidation-command.ts';
import type { UnitFacts } from './types.ts';

/** One thing that happens to a unit, in words that belong to no implementation. */
export type Operation =
  | {
      readonly kind: 'write';
      readonly address: bigint;
      readonly qwords: readonly bigint[];
      /** False: it may be seen or not until a flush (6.A-R7). */
      readonly visible: boolean;
    }
  /** RTADDR_REG, then SRTP. */
  | { readonly kind: 'rootTable'; readonly value: bigint }
  | { readonly kind: 'translation'; readonly on: boolean }
  | { readonly kind: 'command'; readonly command: Command }
  /** An inv_wait, and waiting for its status. */
  | { readonly kind: 'wait' }
  /** WBF, and waiting for WBFS=0. */
  | { readonly kind: 'flush' }
  | ({ readonly kind: 'request' } & AllowedRequest);

export interface History {
  readonly unit: Omit<UnitFacts, 'choices'>;
  readonly operations: readonly Operation[];
}

/** The answers that each request of a history may get (6.A), in the order of the requests. */
export function allowedAnswers(history: History, choices: Partial<AllowedChoices> = {}): string[][] {
  const unit = new AllowedAnswers(history.unit, choices);
  return history.operations.flatMap((operation) => {
    const answers = perform(unit, operation);
    return answers === undefined ? [] : [answers];
  });
}

/** One operation; the allowed answers if it is a request. */
export function perform(unit: AllowedAnswers, operation: Operation): string[] | undefined {
  switch (operation.kind) {
    case 'write':
      unit.write(operation.address, operation.qwords, operation.visible);
      return undefined;
    case 'rootTable':
      unit.setRootTable(operation.value);
      return undefined;
    case 'translation':
      unit.setTranslation(operation.on);
      return undefined;
    case 'command':
      unit.command(operation.command);
      return undefined;
    case 'wait':
      unit.wait();
      return undefined;
    case 'flush':
      unit.flush();
      return undefined;
    case 'request':
      return unit.answers(operation);
  }
}
