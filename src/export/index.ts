import { hex } from '../bits/hex.ts';
import { cHeader } from './c.ts';
import { goPackage } from './go.ts';
import { LAYOUTS } from './layouts.ts';
import { pythonModule } from './python.ts';
import { rustModule } from './rust.ts';
import { ABOUT } from './words.ts';

/** Every layout as a file of a language, by the language's name. */
export const LANGUAGES: Readonly<Record<string, () => string>> = Object.freeze({
  c: cHeader,
  rust: rustModule,
  go: goPackage,
  python: pythonModule,
  json: jsonFile,
});

/** All that is known of the layouts; masks are hexadecimal strings. */
function jsonFile(): string {
  const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? hex(value) : value);
  return `${JSON.stringify({ about: ABOUT, layouts: LAYOUTS }, plain, 2)}\n`;
}
