import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['spec-tests/**/*.test.ts'],
    isolate: false,
    maxWorkers: '100%',
    passWithNoTests: false,
    testTimeout: 60_000,
  },
});
