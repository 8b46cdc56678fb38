/** Results that are remembered until something changes. */
const MOST = 2 ** 14;

/** What was found for requests. Of two requests with one hash the later counts. */
export class Remembered<Request, Result> {
  readonly #isSame: (one: Request, other: Request) => boolean;
  readonly #byHash = new Map<number, { readonly request: Request; readonly result: Result }>();

  constructor(isSame: (one: Request, other: Request) => boolean) {
    this.#isSame = isSame;
  }

  find(request: Request, hash: number): Result | undefined {
    const known = this.#byHash.get(hash);
    return known !== undefined && this.#isSame(known.request, request) ? known.result : undefined;
  }

  keep(request: Request, hash: number, result: Result): void {
    if (this.#byHash.size >= MOST) this.#byHash.clear();
    this.#byHash.set(hash, { request, result });
  }

  clear(): void {
    if (this.#byHash.size > 0) this.#byHash.clear();
  }
}
