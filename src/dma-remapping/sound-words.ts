import type { Words } from '../bits/field.ts';
import type { ReservedBits } from './reserved-bits.ts';

/**
 * The words of the entry that was found sound last. Memory is read for every request, but while it says the same, what
 * follows from the words is the same too, and to compare them costs less than to judge them again (measured).
 */
export class SoundWords {
  readonly #words: Words;
  /** The masks of the unit that judged: no two units have the same, and the choices of a unit do not change. */
  #reserved: ReservedBits | undefined;
  #asked = 0;

  constructor(length: number) {
    this.#words = new Uint32Array(length);
  }

  /** Whether this unit found these words sound; `asked` is what else it went by, of the request. */
  are(words: Words, { reserved }: { readonly reserved: ReservedBits }, asked: number): boolean {
    if (reserved !== this.#reserved || asked !== this.#asked) return false;
    const sound = this.#words;
    // Two words at a time, which every entry has (measured).
    for (let i = 0; i < sound.length; i += 2) {
      if (((words[i]! ^ sound[i]!) | (words[i + 1]! ^ sound[i + 1]!)) !== 0) return false;
    }
    return true;
  }

  /** From now on they are these. */
  set(words: Words, { reserved }: { readonly reserved: ReservedBits }, asked: number): void {
    this.#words.set(words);
    this.#reserved = reserved;
    this.#asked = asked;
  }
}
