import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openImage } from '../../src/images/image.ts';
import { unitOf } from '../../src/images/unit.ts';
import type { Memory, UnitParameters } from '../../src/index.ts';
import { lint } from '../../src/lint/lint.ts';
import { buildTables, walkTables } from '../../src/tables/index.ts';
import { sequence } from './map.ts';

/*
 * How long it takes to list and to lint a raw image of 1 GiB in which a device has 200,000 pages, none beside another:
 * `npm run bench:image`. Aims: 20 seconds, 2 GiB of memory.
 */

const UNIT: UnitParameters = {
  version: 0x10,
  hostAddressWidth: 46,
  capabilities: 0xd2008c222f0606n,
  extendedCapabilities: 0xf00f4bn,
};
const IMAGE_BYTES = 2 ** 30;
const MAPPINGS = 200_000;

/** A file as memory, to build tables in; holes stay holes. */
class FileMemory implements Memory {
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  load(): boolean {
    return false;
  }

  store(page: number, offset: number, words: Uint32Array): boolean {
    writeSync(
      this.#file,
      new Uint8Array(words.buffer, words.byteOffset, words.byteLength),
      0,
      undefined,
      page * 4096 + offset,
    );
    return true;
  }

  compareAndSwap(): 'refused' {
    return 'refused';
  }
}

/** Writes the image; returns RTADDR_REG. Outputs are above the image, so that its tables are out of reach. */
function writeImage(path: string): bigint {
  const random = sequence(3);
  const file = openSync(path, 'w');
  ftruncateSync(file, IMAGE_BYTES);
  const mappings = Array.from({ length: MAPPINGS }, (_, n) => ({
    input: BigInt(n) * 0x2000n,
    output: 2n ** 32n + (BigInt(Math.floor(random() * 2 ** 24)) << 12n),
    size: 4096n,
  }));
  // All over the image: tables stand 64 pages apart.
  let next = 0x1000n;
  const allocator = {
    allocate: (pages: number) => {
      const page = next;
      next += BigInt(pages) * 0x4_0000n;
      return page;
    },
  };
  const description = { domains: [{ id: 1, mappings }], devices: [{ device: '00:04.0', domain: 1 }] };
  const { rootTable } = buildTables(UNIT, description, { memory: new FileMemory(file), allocator });
  closeSync(file);
  return rootTable;
}

function timed<T>(what: string, run: () => T): T {
  const start = performance.now();
  const result = run();
  console.log(`${what.padEnd(24)}${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s`);
  return result;
}

const folder = mkdtempSync(join(tmpdir(), 'vtd-bench-'));
try {
  const path = join(folder, 'memory.bin');
  const root = timed('write the image', () => writeImage(path));
  const { capabilities, extendedCapabilities, hostAddressWidth } = UNIT;
  const open = () => unitOf(openImage(path, { base: 0n, capabilities, extendedCapabilities, hostAddressWidth, root }));
  const mapped = timed('list', () => [...walkTables(open())].filter(({ kind }) => kind === 'mapping').length);
  const found = timed('lint', () => lint(open()).filter(({ severity }) => severity !== 'note').length);
  console.log(`${mapped} ranges, ${found} errors and warnings`);
  console.log(`${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB of memory at most`);
} finally {
  rmSync(folder, { recursive: true });
}
