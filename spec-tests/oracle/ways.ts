/**
 * A way to some point of a walk. `before` names the commands in flight that cannot have been done yet when the point was
 * reached this way (6.A-R4): one bit for each, as `InFlight` numbers them.
 */
export interface Way<T> {
  readonly value: T;
  readonly before: bigint;
}

/** All ways to the points that one step can reach; points with the same key differ in nothing that is still to come. */
export class Ways<T> implements Iterable<Way<T>> {
  readonly #points = new Map<string, { value: T; befores: bigint[] }>();

  add(key: string, value: T, before: bigint): void {
    const point = this.#points.get(key);
    if (point === undefined) this.#points.set(key, { value, befores: [before] });
    else point.befores = leastOf(point.befores, before);
  }

  *[Symbol.iterator](): Iterator<Way<T>> {
    for (const { value, befores } of this.#points.values()) for (const before of befores) yield { value, before };
  }
}

/** Of two ways to one point the one that rules out less makes the other one superfluous. */
export function leastOf(befores: readonly bigint[], added: bigint): bigint[] {
  if (befores.some((before) => (before & added) === before)) return [...befores];
  return [...befores.filter((before) => (before & added) !== added), added];
}
