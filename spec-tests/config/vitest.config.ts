import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import tsconfig from '../../tsconfig.json' with { type: 'json' };

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
    include: ['spec-tests/**/*.test.ts', 'docs/examples/*.test.ts'],
    isolate: false,
    maxWorkers: '100%',
    passWithNoTests: false,
    testTimeout: 60_000,
  },
});
