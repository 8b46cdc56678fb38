import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { InputError, messageOf } from './input-error.ts';

/** A larger text is not an image of tables; V8 could not hold it as one string. */
const LARGEST_TEXT = 256 * 2 ** 20;

/** What stands at `path`. Throws an InputError if nothing does. */
export function inspect(path: string, what: string): Stats {
  // A path with a zero byte is refused by Node with an error of its own kind.
  if (path.includes('\0')) throw new InputError(`a path cannot hold a zero byte, ${what} has one`);
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** The bytes of a file. Throws an InputError that says why it could not be read. */
export function readBytes(path: string, what: string): Buffer {
  const { size } = inspect(path, what);
  if (size > LARGEST_TEXT) throw new InputError(`${what} is not larger than 256 MiB, ${path} has ${size} bytes`);
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(path, what, error);
  }
}

/** The text of standard input, to its end. Throws an InputError if it cannot be read. */
export function readStandardInput(): string {
  try {
    return readFileSync(0, 'utf8');
  } catch (error) {
    throw new InputError(`standard input cannot be read: ${messageOf(error)}`);
  }
}

/** The JSON value in a file. Throws an InputError that says where it stops being JSON. */
export function readJson(path: string, what: string): unknown {
  return parseJson(readBytes(path, what).toString('utf8'), path);
}

/** The JSON value of a text. Throws an InputError that says where `text` stops being JSON. */
function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = / position (\d+)/.exec(messageOf(error))?.[1];
    if (text.trim() === '') throw new InputError(`expected JSON in ${where}, but it is empty`);
    if (/end of JSON input|Unterminated/.test(messageOf(error))) {
      throw new InputError(`expected JSON in ${where}, but it ends in the middle of a value (cut off?)`);
    }
    throw new InputError(
      `expected JSON in ${where}, but it is not${position === undefined ? '' : at(text, +position)}`,
    );
  }
}

/** Reads up to `bytes.length` bytes from `position` of a file; returns how many there were. */
export function readPiece(path: string, position: number, bytes: Uint8Array): number {
  try {
    const file = openSync(path, 'r');
    try {
      return readSync(file, bytes, 0, bytes.length, position);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(path, 'the image', error);
  }
}

function at(text: string, position: number): string {
  const before = text.slice(0, position).split('\n');
  return `: see line ${before.length}, column ${before.at(-1)!.length + 1}`;
}

function unreadable(path: string, what: string, error: unknown): InputError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError(`there is no ${path}, expected ${what}`);
    case 'EACCES':
    case 'EPERM':
      return new InputError(`${path} may not be read, expected ${what}`);
    case 'EISDIR':
      return new InputError(`${path} is a folder, expected ${what} as a file`);
    default:
      return new InputError(`${path} could not be read, expected ${what}: ${messageOf(error).split('\n')[0]}`);
  }
}
