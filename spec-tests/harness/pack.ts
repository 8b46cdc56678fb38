import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { create } from 'tar';
import { ROOT, textsBelow } from './repository.ts';

/** What the archive holds: the vectors, their schema and manifest, and the contract for a runner. */
function contents(): readonly string[] {
  const fixtures = textsBelow('fixtures', (path) => path.endsWith('.json') && !path.startsWith('fixtures/linux/'));
  return [...fixtures.keys(), 'docs/protocol.md', 'docs/vectors.md', 'LICENSE'].sort();
}

/** Writes the suite as one tar.gz. The same files give the same bytes, wherever and whenever they are packed with one version of Node. */
export async function pack(file: string): Promise<readonly string[]> {
  const paths = contents();
  mkdirSync(dirname(file), { recursive: true });
  const prefix = 'vtd-vectors';
  await create({ cwd: ROOT, file, prefix, portable: true, gzip: { level: 9, portable: true }, mtime: new Date(0) }, [
    ...paths,
  ]);
  return paths;
}
