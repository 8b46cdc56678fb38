/** How often a property is tried: `npm test` and `npm run test:long`. VTD_SEED repeats a run. */
export function runs(usual: number, long: number): { numRuns: number; seed?: number } {
  const numRuns = process.env.VTD_LONG === undefined ? usual : long;
  const seed = process.env.VTD_SEED;
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) };
}

/** Time that a long run may take, in milliseconds. */
export const LONG = 30 * 60_000;
