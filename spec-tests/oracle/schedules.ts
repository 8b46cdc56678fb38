import type { History, Operation } from './history.ts';
import { WAITS_FOR } from './invalidation-command.ts';

type Placed = { readonly operation: Operation; readonly submitted: number; readonly done: number };

/**
 * Every time at which the commands of a queue may be done (6.A-R4, 6.5.2.12-R1), as histories in which each is waited for
 * at once; undefined if there are more than `limit`. Only requests can tell two times apart.
 */
export function schedules(history: History, limit: number): History[] | undefined {
  let found: (readonly Placed[])[] = [[]];
  for (const { operation, submitted, times } of commandsOf(history.operations)) {
    found = found.flatMap((placed) =>
      times
        .filter((done) => placed.every((earlier) => mayBeDoneAt(earlier, operation, submitted, done)))
        .map((done) => [...placed, { operation, submitted, done }]),
    );
    if (found.length > limit) return undefined;
  }
  return found.map((placed) => ({ ...history, operations: performed(history.operations, placed) }));
}

/** Each command, and the places in the history in front of which it may be done. */
function commandsOf(operations: readonly Operation[]) {
  return operations.flatMap((operation, submitted) => {
    if (operation.kind !== 'command') return [];
    const times: number[] = [submitted];
    for (let i = submitted + 1; i < operations.length; i += 1) {
      if (operation.command.via === 'register' || operations[i]?.kind === 'wait') break;
      if (operations[i]?.kind === 'request') times.push(i + 1);
    }
    return [{ operation, submitted, times }];
  });
}

function mayBeDoneAt(earlier: Placed, operation: Operation, submitted: number, done: number): boolean {
  if (earlier.operation.kind !== 'command' || operation.kind !== 'command' || earlier.done <= submitted) return true;
  return !WAITS_FOR[operation.command.kind].includes(earlier.operation.command.kind) || earlier.done <= done;
}

function performed(operations: readonly Operation[], placed: readonly Placed[]): Operation[] {
  const at = (place: number) =>
    placed.filter(({ done }) => done === place).flatMap(({ operation }): Operation[] => [operation, { kind: 'wait' }]);
  return [
    ...operations.flatMap((operation, i) => [...at(i), ...(operation.kind === 'command' ? [] : [operation])]),
    ...at(operations.length),
  ];
}
