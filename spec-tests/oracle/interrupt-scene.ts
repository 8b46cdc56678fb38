import type { InterruptLatched, InterruptOpinion, InterruptRequest } from './interrupt-types.ts';
import { interruptOpinion } from './interrupts.ts';
import type { MemoryReader, UnitFacts } from './types.ts';

/** Bytes that hardware cannot read and write, or cannot write. */
export interface Poison {
  readonly address: bigint;
  readonly length: number;
  readonly writesOnly: boolean;
}

/** A unit, what is in memory, and interrupt requests that come one after the other. */
export interface InterruptScene {
  readonly unit: UnitFacts;
  /** The table pointer with all bits of IRTA_REG, also those from HAW up (11.4.10-M1). */
  readonly latched: InterruptLatched;
  readonly memory: readonly { readonly address: bigint; readonly qwords: readonly bigint[] }[];
  readonly poison: readonly Poison[];
  readonly requests: readonly InterruptRequest[];
}

class SceneMemory implements MemoryReader {
  readonly words = new Map<bigint, bigint>();
  readonly #poison: readonly Poison[];

  constructor({ memory, poison }: InterruptScene) {
    this.#poison = poison;
    for (const { address, qwords } of memory) {
      qwords.forEach((word, i) => {
        this.words.set(address + BigInt(8 * i), word);
      });
    }
  }

  read(address: bigint): bigint | undefined {
    return this.#refuses(address, false) ? undefined : (this.words.get(address) ?? 0n);
  }

  write(address: bigint, value: bigint): boolean {
    if (this.#refuses(address, true)) return false;
    this.words.set(address, value);
    return true;
  }

  #refuses(word: bigint, writes: boolean): boolean {
    return this.#poison.some(
      ({ address, length, writesOnly }) =>
        (writes || !writesOnly) && address < word + 8n && word < address + BigInt(length),
    );
  }
}

/** The opinion on each request of a scene, and what is in memory behind it. */
export function interruptOpinions(scene: InterruptScene): {
  readonly opinions: readonly InterruptOpinion[];
  readonly words: ReadonlyMap<bigint, bigint>;
} {
  const memory = new SceneMemory(scene);
  const opinions = scene.requests.map((request) => interruptOpinion(scene.unit, scene.latched, memory, request));
  return { opinions, words: memory.words };
}
