import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import schema from '../../fixtures/schema/diff-report-1.json' with { type: 'json' };
import { HOW, type Qwords, SOUND, writeRawImage } from './raw-image.ts';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The path of a raw image with some words otherwise. */
function raw(name: string, words: Qwords): string {
  const path = join(folder, name);
  writeRawImage(path, { ...SOUND, ...words });
  return path;
}
const BEFORE = raw('before.bin', {});
// Read-only now; page 2 is new; 00:05.0 has the same tables.
const AFTER = raw('after.bin', { '0x6008': 0x1234_5001n, '0x6010': 0x1234_6003n, '0x2280': 0x3001n, '0x2288': 0x102n });

describe('vtd diff', () => {
  test('says who reaches what otherwise, and ends with status 1', async () => {
    const { status, out, err } = await vtd('diff', BEFORE, AFTER, ...HOW);
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toBe(`Before   ${BEFORE}: memory alone
After    ${AFTER}: memory alone

5 changes
  00:04.0: mapping changed at 0x1000-0x1fff, to 0x12345000 (rw) -> 0x12345000 (r-)
  00:04.0: mapping added at 0x2000-0x2fff, to 0x12346000 (rw)
  00:05.0: added
  00:05.0: mapping added at 0x1000-0x1fff, to 0x12345000 (r-)
  00:05.0: mapping added at 0x2000-0x2fff, to 0x12346000 (rw)
`);
  });

  test('says nothing of the same tables, and ends with status 0', async () => {
    const { status, out } = await vtd('diff', BEFORE, BEFORE, ...HOW);
    expect(status).toBe(0);
    expect(out).toMatch(/\n\nThe tables say the same\n$/);
  });

  test('--json has all changes in its schema, interrupts too', async () => {
    const run = await vtd('diff', image('legacy48'), image('v10-first-stage'), '--json');
    const report = JSON.parse(run.out) as { changes: readonly { kind: string }[] };
    expect(new Ajv2020({ strict: true, strictRequired: false }).validate(schema, report)).toBe(true);
    const kinds = new Set(report.changes.map(({ kind }) => kind));
    for (const kind of ['domain-changed', 'mapping-added', 'interrupt-changed']) expect(kinds).toContain(kind);
    const [first] = JSON.parse((await vtd('diff', BEFORE, AFTER, ...HOW, '--json')).out).changes;
    expect(first).toEqual({
      kind: 'mapping-changed',
      device: '00:04.0',
      input: '0x1000',
      bytes: 4096,
      before: { output: '0x12345000', permission: 'rw' },
      after: { output: '0x12345000', permission: 'r-' },
    });
  });

  test('tables that the limit cuts are not compared', async () => {
    const { status, err } = await vtd('diff', BEFORE, AFTER, ...HOW, '--limit', '2');
    expect(status).toBe(2);
    expect(err).toBe('vtd: the tables have more than 2 entries: a larger limit looks at all of them\n');
  });

  test('an image without tables is refused by its name', async () => {
    const { status, err } = await vtd('diff', BEFORE, 'nowhere', ...HOW);
    expect({ status, err }).toEqual({ status: 2, err: 'vtd: there is no nowhere, expected a memory image\n' });
  });
});
