import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { VectorFile } from './types.ts';

/** A vector file and where it stands below the folder that was searched. */
export interface LoadedFile {
  /** With forward slashes: `faults/recording.json`. */
  readonly path: string;
  readonly file: VectorFile;
}

/** Every vector file below a folder, by path: the JSON files whose `schema` says so. */
export function loadVectors(folder: string): readonly LoadedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
    .filter(({ text }) => text.slice(0, 200).includes('"unit-vectors-1"'))
    .map(({ path, text }) => ({ path, file: JSON.parse(text) as VectorFile }))
    .filter(({ file }) => file.schema === 'unit-vectors-1')
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
