import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { COMPRESSIONS } from '../../src/images/kdump-pages.ts';
import { lzoDecompressed } from '../../src/images/lzo.ts';

const PAGE = 4096;

/** Pages of a program, which has code, tables and texts. */
function pagesOf(path: string, count: number): readonly Buffer[] {
  const file = openSync(path, 'r');
  const pages = Array.from({ length: count }, (_, n) => {
    const page = Buffer.alloc(PAGE);
    readSync(file, page, 0, PAGE, 512 * PAGE * n);
    return page;
  });
  closeSync(file);
  return pages;
}

/** What lzop makes of a page: the data of the first block in its file, undefined if they are not compressed. */
function blockOf(file: Buffer): Buffer | undefined {
  const flags = file.readUInt32BE(17);
  const block = 17 + 16 + 1 + file[33]! + 4;
  const [length, compressed] = [file.readUInt32BE(block), file.readUInt32BE(block + 4)];
  const sums = [0x1, 0x100, 0x2, 0x200].filter((flag) => (flags & flag) !== 0).length;
  return compressed < length ? file.subarray(block + 8 + 4 * sums, block + 8 + 4 * sums + compressed) : undefined;
}

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const title = (program: string): string =>
  `What ${program} has compressed is read${has(program) ? '' : ` (skipped, there is no ${program} here)`}`;

const LZOP = 'lzop';

describe.runIf(has(LZOP))(title(LZOP), () => {
  test.each(['-1', '-6', '-9'])(
    'with %s',
    (level) => {
      let compressed = 0;
      for (const page of pagesOf(process.execPath, 40)) {
        const block = blockOf(execFileSync(LZOP, [level, '-c', '--no-name'], { input: page }));
        if (block === undefined) continue;
        compressed += 1;
        expect(lzoDecompressed(block, PAGE)).toEqual(new Uint8Array(page));
      }
      expect(compressed).toBeGreaterThan(20);
    },
    60_000,
  );
});

describe.runIf(has('zstd'))(title('zstd'), () => {
  test.each(['-1', '-19'])(
    'with %s',
    (level) => {
      for (const page of pagesOf(process.execPath, level === '-19' ? 5 : 20)) {
        const bytes = execFileSync('zstd', [level, '-q', '-c'], { input: page });
        expect(COMPRESSIONS[32]!.read(bytes)).toEqual(new Uint8Array(page));
      }
    },
    60_000,
  );
});

describe('LZO1X by hand', () => {
  // Literals; 3 bytes from 4 back, with a literal behind them by S=1; 10 bytes from 5 back, which are copied as they come.
  test.each([
    ['ABCDABC', [21, ...Buffer.from('ABCD'), 0x4c, 0, 0x11, 0, 0]],
    ['ABCDABCXDABCXDABCX', [21, ...Buffer.from('ABCD'), 0x4d, 0, ...Buffer.from('X'), 0x28, 0x10, 0, 0x11, 0, 0]],
    ['ABCDEFABC', [3, ...Buffer.from('ABCDEF'), 0x40 | (5 << 2), 0, 0x11, 0, 0]],
  ])('%s', (text, bytes) => {
    const found = lzoDecompressed(Uint8Array.from(bytes), text.length);
    expect(found === undefined ? undefined : Buffer.from(found).toString()).toBe(text);
  });
});
