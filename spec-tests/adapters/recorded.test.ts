import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../harness/repository.ts';
import { KNOWN } from './known-departures.ts';
import { RECORDINGS } from './recording.ts';
import { replay } from './replay-recording.ts';

describe('What QEMU did, recorded in fixtures/qemu, and what the model does', () => {
  test.each(RECORDINGS)('$name: only where it is known', (recording) => {
    const { departs = {}, ...options } = KNOWN[recording.name] ?? {};
    const found = replay(recording, options);
    const known = Object.values(departs).flat();
    expect(new Set(found.map(({ step }) => step)), JSON.stringify(found, null, 1)).toEqual(new Set(known));
  });

  test('first-stage flags alone keep the recordings with first-stage translation from coming out without snooping', () => {
    const recordings = RECORDINGS.filter(({ name }) => KNOWN[name]?.snoopedBy !== undefined && name !== 'fs-no-1g');
    expect(recordings.length).toBe(3);
    for (const recording of recordings) {
      const [first] = replay(recording);
      expect(first?.says).toMatch(/the request: QEMU to 0x[0-9a-f]+, model blocked/);
    }
  });

  test('each departure that is known is told of in docs/findings.md', () => {
    const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
    const ids = new Set(Object.values(KNOWN).flatMap(({ departs = {} }) => Object.keys(departs)));
    for (const id of ids) expect(page).toContain(`### ${id}:`);
  });
});
