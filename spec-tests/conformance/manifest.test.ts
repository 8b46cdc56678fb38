import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { list } from 'tar';
import { afterAll, describe, expect, test } from 'vitest';
import manifest from '../../fixtures/manifest.json' with { type: 'json' };
import reportSchema from '../../fixtures/schema/conformance-report-1.json' with { type: 'json' };
import vectorSchema from '../../fixtures/schema/unit-vectors-1.json' with { type: 'json' };
import manifestSchema from '../../fixtures/schema/vectors-manifest-1.json' with { type: 'json' };
import { loadVectors } from '../../src/vectors/load.ts';
import { runsOf } from '../../src/vectors/runs.ts';
import { MANIFEST, manifestText } from '../harness/manifest.ts';
import { pack } from '../harness/pack.ts';
import { ROOT } from '../harness/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

describe('The suite', () => {
  test.each([vectorSchema, manifestSchema, reportSchema])('$title: the schema is one of draft 2020-12', (schema) => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).validateSchema(schema)).toBe(
      true,
    );
  });

  test('the manifest is that of the vectors: `npm run vectors -- manifest` writes it', () => {
    expect(readFileSync(join(ROOT, MANIFEST), 'utf8') === manifestText()).toBe(true);
    expect(new Ajv2020({ allowUnionTypes: true }).validate(manifestSchema, manifest)).toBe(true);
  });

  test('the manifest names each file with its runs and its hash, and its chapters have all cases', () => {
    const files = loadVectors(join(ROOT, 'fixtures'));
    expect(manifest.files.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    for (const [i, { path, file }] of files.entries()) {
      expect(manifest.files[i]!.runs).toBe([...runsOf(file)].length);
      expect(manifest.files[i]!.sha256).toBe(sha256(join(ROOT, 'fixtures', path)));
    }
    const total = (name: 'cases' | 'runs') => manifest.chapters.reduce((sum, chapter) => sum + chapter[name], 0);
    expect([total('cases'), total('runs')]).toEqual([manifest.totals.cases, manifest.totals.runs]);
  });

  test('is packed into the same bytes each time: all vectors, their schema, manifest and contract', async () => {
    const [first, second] = [join(folder, 'first.tar.gz'), join(folder, 'second.tar.gz')];
    const paths = await pack(first);
    await pack(second);
    expect(sha256(first)).toBe(sha256(second));
    const packed: string[] = [];
    await list({ file: first, onReadEntry: ({ path }) => packed.push(path) });
    expect(packed).toEqual(paths.map((path) => `vtd-vectors/${path}`));
    const wanted = ['docs/vectors.md', MANIFEST, 'fixtures/schema/unit-vectors-1.json', 'LICENSE'];
    expect(paths).toEqual(expect.arrayContaining([...wanted, ...manifest.files.map(({ path }) => `fixtures/${path}`)]));
  });
});
