import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { ElfCore } from '../../src/images/elf-core.ts';
import { openImage } from '../../src/images/image.ts';
import { InputError } from '../../src/images/input-error.ts';
import { Kdump } from '../../src/images/kdump.ts';
import { runs } from '../properties/runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const PAGE = 4096;
const page = (byte: number): Buffer => Buffer.alloc(PAGE, byte);

/** A core with a note and two segments: a page at 1000h, and one and a half from 1 0000 0000h on. */
function elf(): Buffer {
  const headers = Buffer.alloc(64 + 3 * 56);
  headers.write('\x7fELF\x02\x01\x01', 'latin1');
  headers.writeUInt16LE(4, 16);
  headers.writeBigUInt64LE(64n, 32);
  headers.writeUInt16LE(56, 54);
  headers.writeUInt16LE(3, 56);
  const header = (n: number, type: number, offset: number, physical: bigint, size: number) => {
    const at = 64 + 56 * n;
    headers.writeUInt32LE(type, at);
    headers.writeBigUInt64LE(BigInt(offset), at + 8);
    headers.writeBigUInt64LE(0xffff_8000_0000_0000n, at + 16);
    headers.writeBigUInt64LE(physical, at + 24);
    headers.writeBigUInt64LE(BigInt(size), at + 32);
  };
  header(0, 4, 0, 0n, 0);
  header(1, 1, headers.length, 0x1000n, PAGE);
  header(2, 1, headers.length + PAGE, 0x1_0000_0000n, PAGE + PAGE / 2);
  return Buffer.concat([headers, page(0x11), page(0x22), page(0x33).subarray(0, PAGE / 2)]);
}

/** A dump of pages 2 and 9 (zlib) and 10 (as it is), of 16 that there are. `flags` of page 9, and how it is compressed. */
function kdump(flags = 1, ninth: Uint8Array = deflateSync(page(0x99))): Buffer {
  const header = Buffer.alloc(PAGE);
  header.write('KDUMP   ', 'latin1');
  header.writeUInt32LE(6, 8);
  header.writeUInt32LE(PAGE, 428);
  header.writeUInt32LE(1, 432);
  header.writeUInt32LE(2, 436);
  header.writeUInt32LE(16, 440);
  const subHeader = Buffer.alloc(PAGE);
  subHeader.writeBigUInt64LE(16n, 96);
  const there = Buffer.alloc(PAGE);
  there.fill(0xff, 0, 2);
  const dumped = Buffer.alloc(PAGE);
  dumped[0] = 1 << 2;
  dumped[1] = (1 << 1) | (1 << 2);
  const pages = [deflateSync(page(0x22)), ninth, page(0xaa)];
  const descriptors = Buffer.alloc(3 * 24);
  let at = 4 * PAGE + descriptors.length;
  for (const [n, bytes] of pages.entries()) {
    descriptors.writeBigUInt64LE(BigInt(at), 24 * n);
    descriptors.writeUInt32LE(bytes.length, 24 * n + 8);
    descriptors.writeUInt32LE([1, flags, 0][n]!, 24 * n + 12);
    at += bytes.length;
  }
  return Buffer.concat([header, subHeader, there, dumped, descriptors, ...pages]);
}

/** The same in pieces of 1,000 bytes, the last first, as it goes through a pipe. */
function flattened(bytes: Buffer): Buffer {
  const header = Buffer.alloc(PAGE);
  header.write('makedumpfile', 'latin1');
  const record = (offset: bigint, length: bigint) => {
    const head = Buffer.alloc(16);
    head.writeBigInt64BE(offset);
    head.writeBigInt64BE(length, 8);
    return head;
  };
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 1000) {
    const piece = bytes.subarray(at, at + 1000);
    records.unshift(Buffer.concat([record(BigInt(at), BigInt(piece.length)), piece]));
  }
  return Buffer.concat([header, ...records, record(-1n, -1n)]);
}

describe('ELF cores, by physical address', () => {
  const core = new ElfCore(file('core', elf()));

  test('pages are found in their segments', () => {
    expect(core.page(1)?.every((byte) => byte === 0x11)).toBe(true);
    expect(core.page(0x10_0000)?.every((byte) => byte === 0x22)).toBe(true);
    expect(core.page(0x10_0001)).toHaveLength(PAGE / 2);
    for (const none of [0, 2, 0x10_0002]) expect(core.page(none)).toBeUndefined();
  });

  test.each([
    ['an executable', (bytes: Buffer) => bytes.writeUInt16LE(2, 16), /^expected a 64-bit little-endian ELF core in /],
    ['of 32 bits', (bytes: Buffer) => bytes.writeUInt8(1, 4), /^expected a 64-bit little-endian ELF core in /],
    ['cut off', (bytes: Buffer) => bytes.writeBigUInt64LE(1n << 40n, 32), /ends in the middle of the program headers/],
    ['without memory', (bytes: Buffer) => bytes.writeUInt16LE(1, 56), /holds no memory \(no PT_LOAD\)$/],
  ])('%s is refused', (name, change, sentence) => {
    const bytes = elf();
    change(bytes);
    expect(() => new ElfCore(file(name, bytes))).toThrow(sentence);
  });
});

test('wherever a byte of an ELF core is wrong, it is read or refused', () => {
  fc.assert(
    fc.property(fc.nat(64 + 3 * 56), fc.nat(255), (at, byte) => {
      const bytes = elf();
      bytes[at] = byte;
      try {
        const core = new ElfCore(file('any core', bytes));
        for (const n of [0, 1, 2, 0x10_0000, 0x10_0001]) core.page(n);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    runs(300, 5000),
  );
});

describe.each([
  ['as it is', kdump],
  ['flattened', (flags?: number, ninth?: Uint8Array) => flattened(kdump(flags, ninth))],
])('Dumps of makedumpfile, %s', (how, made) => {
  test('pages are found by the bitmap', () => {
    const dump = new Kdump(file(`dump ${how}`, made()));
    expect(dump.page(2)?.every((byte) => byte === 0x22)).toBe(true);
    expect(dump.page(9)?.every((byte) => byte === 0x99)).toBe(true);
    expect(dump.page(10)?.every((byte) => byte === 0xaa)).toBe(true);
    for (const none of [0, 1, 3, 11, 15, 16, 2 ** 30]) expect(dump.page(none)).toBeUndefined();
  });

  test('a compression that cannot be read is named', () => {
    const dump = new Kdump(file(`snappy ${how}`, made(4)));
    expect(() => dump.page(9)).toThrow(/are compressed with Snappy, which cannot be read here: /);
    expect(dump.page(10)?.[0]).toBe(0xaa);
  });

  // Each of them is a page of one byte: a literal and a match of 4095 bytes, distance 1; a block of type RLE in one frame.
  test.each([
    ['LZO', 2, [18, 0x99, 0x20, ...new Array(15).fill(0), 237, 0, 0, 0x11, 0, 0]],
    ['zstd', 32, [0x28, 0xb5, 0x2f, 0xfd, 0x60, 0x00, 0x0f, 0x03, 0x80, 0x00, 0x99]],
  ])('%s', (name, flags, bytes) => {
    const dump = new Kdump(file(`${name} ${how}`, made(flags, Uint8Array.from(bytes))));
    expect(dump.page(9)).toEqual(new Uint8Array(page(0x99)));
    for (const cut of [0, 1, 5, bytes.length - 1]) {
      const short = new Kdump(file(`${name} ${how} ${cut}`, made(flags, Uint8Array.from(bytes.slice(0, cut)))));
      expect(() => short.page(9)).toThrow(`is not what ${name} has written`);
    }
  });

  test.each([1, 2, 32])('whatever a page compressed with flag %i is, it is read or refused', (flags) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          expect(new Kdump(file(`any ${flags} ${how}`, made(flags, bytes))).page(9)).toHaveLength(PAGE);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      runs(100, 5000),
    );
  });

  test('wherever it is cut off, or a byte is wrong, it is read or refused', () => {
    const whole = made();
    const header = how === 'flattened' ? 0 : 464;
    const place = fc.oneof(fc.nat(whole.length - 1), fc.nat(header), fc.integer({ min: 2 ** 12, max: 2 ** 12 + 112 }));
    fc.assert(
      fc.property(place, fc.option(place), fc.nat(255), (at, end, byte) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        const path = file(`any ${how}`, bytes.subarray(0, end ?? bytes.length));
        try {
          const dump = new Kdump(path);
          for (let n = 0; n < 20; n++) dump.page(n);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      runs(300, 5000),
    );
  });
});

describe('Images that are memory alone', () => {
  const UNIT = {
    hostAddressWidth: 46,
    capabilities: 0xd2008c222f0606n,
    extendedCapabilities: 0xf00f4an,
    root: 0x1000n,
  };

  test.each([
    ['an ELF core', () => file('image.elf', elf())],
    ['a dump of makedumpfile', () => file('image.kdump', kdump())],
    ['a hex dump', () => file('image.txt', Buffer.from('00002000: 22222222 22222222\n'))],
  ])('%s is known by how it begins', (_, path) => {
    const { memory } = openImage(path(), UNIT);
    const words = new Uint32Array(2);
    const places = [1, 2].filter((at) => memory.load(at, 0, words));
    expect(places).toHaveLength(1);
    expect([0x1111_1111, 0x2222_2222]).toContain(words[0]);
    expect(() => openImage(path())).toThrow(
      /^this image holds memory only: give --cap, --ecap, --root or --irta, and --haw/,
    );
  });

  test('more regions stand beside the first', () => {
    const regions = [{ path: file('more', page(0x77)), base: 0x5000n }];
    const { memory } = openImage(file('first', page(0x66)), { ...UNIT, base: 0x1000n, regions });
    const words = new Uint32Array(1);
    expect([1, 5].map((at) => memory.load(at, 0, words) && words[0])).toEqual([0x6666_6666, 0x7777_7777]);
    expect(memory.load(2, 0, words)).toBe(false);
  });
});

const QEMU = 'qemu-system-x86_64';
const HAS_QEMU = spawnSync(QEMU, ['--version']).status === 0;
const WITH_QEMU = HAS_QEMU ? 'with the QEMU of this machine' : `skipped, there is no ${QEMU} here`;

describe.runIf(HAS_QEMU)(`What QEMU dumps, ${WITH_QEMU}`, () => {
  test('an ELF core, a dump with zlib and raw memory say the same', async () => {
    const socket = join(folder, 'qmp');
    const image = file('loaded', Buffer.concat([page(0x5a), page(0xa5), page(0x3c)]));
    const child = spawn(QEMU, [
      ...[
        '-machine',
        'q35',
        '-m',
        '64',
        '-S',
        '-display',
        'none',
        '-nodefaults',
        '-qmp',
        `unix:${socket},server=on,wait=on`,
      ],
      ...['-device', `loader,file=${image},addr=0x200000,force-raw=on`],
    ]);
    try {
      const dumps = { elf: join(folder, 'q.elf'), zlib: join(folder, 'q.kdump'), raw: join(folder, 'q.raw') };
      const dump = (path: string, format: string) => ({
        execute: 'dump-guest-memory',
        arguments: { paging: false, protocol: `file:${path}`, format },
      });
      await qmp(socket, [
        { execute: 'qmp_capabilities' },
        dump(dumps.elf, 'elf'),
        dump(dumps.zlib, 'kdump-zlib'),
        { execute: 'pmemsave', arguments: { val: 0x20_0000, size: 3 * PAGE, filename: dumps.raw } },
      ]);
      const [elfCore, zlib] = [new ElfCore(dumps.elf), new Kdump(dumps.zlib)];
      const raw = readFileSync(dumps.raw);
      for (const [n, byte] of [0x5a, 0xa5, 0x3c].entries()) {
        expect(raw[n * PAGE]).toBe(byte);
        for (const source of [elfCore, zlib]) expect(source.page(0x200 + n)).toEqual(new Uint8Array(page(byte)));
      }
      expect(elfCore.page(0x4000)).toBeUndefined();
    } finally {
      child.kill('SIGKILL');
    }
  }, 120_000);
});

/** Gives commands one after the other; each has to succeed. */
async function qmp(path: string, commands: readonly object[]): Promise<void> {
  for (let tries = 0; ; tries++) {
    const done = await converse(path, commands).catch((error: unknown) => {
      if (tries > 200) throw error;
      return false;
    });
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function converse(path: string, commands: readonly object[]): Promise<true> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    let next = 0;
    const give = () => {
      if (next === commands.length) {
        socket.end();
        resolve(true);
      } else socket.write(`${JSON.stringify(commands[next++])}\n`);
    };
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const reply = JSON.parse(text.slice(0, end)) as Record<string, unknown>;
        text = text.slice(end + 1);
        if ('error' in reply) reject(new Error(JSON.stringify(reply)));
        if ('QMP' in reply || 'return' in reply) give();
      }
    });
  });
}
