import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadVectors } from '../../src/vectors/load.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import { ROOT } from '../harness/repository.ts';
import { adapterOf, HAS_QEMU, QEMU_VERSION, WITH_QEMU } from './live-qemu.ts';
import { LiveVectors } from './live-vectors.ts';

const adapter = adapterOf();
afterAll(() => adapter.stop());

/**
 * Files of vectors, and the cases in which QEMU 7.2 is known to differ, by the id of docs/findings.md. Enough of each
 * subject to see that the adapter tells what QEMU does.
 */
const KNOWN: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'dma-remapping/legacy-mode/access-rights.json': {},
  'faults/event.json': {
    EVENT_PENDING: ['fault-event-4', 'fault-event-35'],
    EVENT_UPPER: ['fault-event-45', 'fault-event-46', 'fault-event-47'],
    INTERRUPT_RANGE: ['fault-event-33'],
    INTERRUPT_RECORDS: ['fault-event-49'],
    WIDE_WRITE: ['fault-event-50'],
  },
  'invalidation/wait.json': {
    EVENT_UPPER: ['iq-event-eim-1'],
    REGISTER_BITS: ['iq-event-wait-27'],
    STATUS_ADDRESS: ['iq-status-11', 'iq-status-haw-1'],
    WAIT_BOTH: ['iq-event-wait-19', 'iq-event-wait-20', 'iq-event-wait-21', 'iq-event-wait-22', 'iq-event-wide-2'],
    WAIT_NOTHING: ['iq-status-15', 'iq-status-16', 'iq-status-21'],
  },
};

test('each reason why QEMU is known to differ is told of in docs/findings.md', () => {
  const page = readFileSync(join(ROOT, 'docs/findings.md'), 'utf8');
  for (const id of Object.values(KNOWN).flatMap((reasons) => Object.keys(reasons)))
    expect(page).toContain(`### ${id}:`);
});

describe.runIf(HAS_QEMU)(`Vectors on the live unit, ${WITH_QEMU}`, { timeout: 300_000 }, () => {
  const files = loadVectors(join(ROOT, 'fixtures')).filter(({ path }) => path in KNOWN);
  const live = new LiveVectors(adapter);

  test.each(files)('$path: QEMU differs where it is known to', async ({ path, file }) => {
    const differs: Record<string, string> = {};
    let passed = 0;
    for (const run of runsOf(file)) {
      const verdict = await live.verdict(run);
      if (verdict.kind === 'passed') passed += 1;
      if (verdict.kind === 'differs') differs[run.case.id] ??= verdict.says;
    }
    expect(passed).toBeGreaterThan(0);
    if (!QEMU_VERSION.startsWith('7.2.')) return;
    expect(Object.keys(differs).sort(), JSON.stringify(differs, null, 1)).toEqual(
      Object.values(KNOWN[path]!).flat().sort(),
    );
  });
});
