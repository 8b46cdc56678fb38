import { inflateSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { PAGE_BYTES } from './file-memory.ts';
import { lzoDecompressed } from './lzo.ts';

/** How pages of a dump are compressed: what it is called, and who undoes it; undefined: they are not compressed so. */
export interface Compression {
  readonly name: string;
  readonly read: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** By the flag in the descriptor of a page. No more than a page is ever made room for. */
export const COMPRESSIONS: Readonly<Record<number, Compression>> = {
  1: {
    name: 'zlib',
    read: (bytes) => orNothing(() => new Uint8Array(inflateSync(bytes, { maxOutputLength: PAGE_BYTES }))),
  },
  2: { name: 'LZO', read: (bytes) => lzoDecompressed(bytes, PAGE_BYTES) },
  32: { name: 'zstd', read: (bytes) => orNothing(() => decompress(bytes, new Uint8Array(PAGE_BYTES))) },
};

/** Others that there are. */
export const UNREADABLE: Readonly<Record<number, string>> = { 4: 'Snappy' };

function orNothing(read: () => Uint8Array): Uint8Array | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
