import { takeCoverage } from 'node:v8';
import { afterAll } from 'vitest';

// Vitest ends its workers before V8 would write NODE_V8_COVERAGE by itself.
afterAll(() => {
  takeCoverage();
});
