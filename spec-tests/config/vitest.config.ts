import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import tsconfig from '../../tsconfig.json' with { type: 'json' };

/*
 * Tests that start many processes, try mutants or ask a live QEMU stand in files of their own, `*.slow.test.ts`:
 * `npm run test:slow` runs those, `npm run test:long` all.
 */
const slow = process.env.VTD_SLOW !== undefined;
const all = process.env.VTD_LONG !== undefined;

const root = fileURLToPath(new URL('../..', import.meta.url));

export default defineConfig({
  root,
  // The examples import the package by its name. The longer names come first, since each is also the start of one.
  resolve: {
    alias: Object.entries(tsconfig.compilerOptions.paths)
      .map(([find, [path = '']]) => ({ find, replacement: `${root}${path.replace(/^\.\//, '')}` }))
      .reverse(),
  },
  test: {
    include: slow ? ['spec-tests/**/*.slow.test.ts'] : ['spec-tests/**/*.test.ts', 'docs/examples/*.test.ts'],
    exclude: ['**/node_modules/**', ...(slow || all ? [] : ['spec-tests/**/*.slow.test.ts'])],
    isolate: false,
    maxWorkers: '100%',
    passWithNoTests: false,
    testTimeout: 60_000,
  },
});
