import { expect } from 'vitest';
import { type PlatformMessage, RemappingUnit, type SparseMemory, type UnitSnapshot } from '../../src/index.ts';

/** Something with a unit in it that can be replaced. */
interface Holder {
  readonly memory: SparseMemory;
  unit: RemappingUnit;
}

type Send = (message: PlatformMessage) => void;

/** What a snapshot is after a journey as text. */
export const travelled = (snapshot: UnitSnapshot): UnitSnapshot => JSON.parse(JSON.stringify(snapshot)) as UnitSnapshot;

/** Two of a kind to which the same happens, one of which goes on from a snapshot before each step. */
export class TwoUnits<One extends Holder> {
  readonly usual: One;
  readonly restored: One;
  readonly #sent: [usual: PlatformMessage[], restored: PlatformMessage[]] = [[], []];

  constructor(make: (send: Send) => One) {
    const [usual, restored] = this.#sent;
    this.usual = make((message) => usual.push(message));
    this.restored = make((message) => restored.push(message));
  }

  /** One step of both: they answer the same, send the same, have the same registers and the same snapshot then. */
  step(happens: (one: One) => unknown): void {
    this.restart();
    expect(happens(this.restored)).toEqual(happens(this.usual));
    const [usual, restored] = this.#sent;
    expect(restored).toEqual(usual);
    usual.length = 0;
    restored.length = 0;
    expect(this.restored.unit.snapshot()).toEqual(this.usual.unit.snapshot());
    expect(readable(this.restored.unit)).toEqual(readable(this.usual.unit));
  }

  restart(): void {
    const { restored } = this;
    const before = restored.unit.snapshot();
    const send: Send = (message) => this.#sent[1].push(message);
    restored.unit = RemappingUnit.restore(travelled(before), { memory: restored.memory, send });
    expect(restored.unit.snapshot()).toEqual(before);
  }
}

/** Each register as software reads it, by its offset. */
const readable = (unit: RemappingUnit): readonly number[] =>
  unit.registers.placed.flatMap(({ register: { width }, offset }) =>
    Array.from({ length: width / 32 }, (_, i) => unit.registers.file.read(offset + 4 * i)),
  );
