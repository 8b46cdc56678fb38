import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ImageOptions, openImage, registerOf } from '../../src/images/image.ts';
import { InputError } from '../../src/images/input-error.ts';
import { unitOf } from '../../src/images/unit.ts';
import { dmaRequest } from '../../src/index.ts';
import { image } from '../cli/vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-images-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** The message of what opening throws, which must be an InputError. */
function refusal(path: string, options: ImageOptions = {}): string {
  try {
    unitOf(openImage(path, options));
  } catch (error) {
    if (error instanceof InputError) return error.message.replaceAll(folder, '');
    throw error;
  }
  return 'accepted';
}

const LEGACY = image('legacy48');
const DUMP = readFileSync(join(LEGACY, 'dump.json'), 'utf8');
const DMAR = readFileSync(join(LEGACY, 'dmar.bin'));
const RAW: ImageOptions = {
  capabilities: 0xd2008c222f0606n,
  extendedCapabilities: 0xf00f4an,
  root: 0x1000n,
  hostAddressWidth: 48,
};

describe('A folder as the Linux rig makes them', () => {
  test('the unit is what the registers and the DMAR table say', () => {
    const { unit, description, name } = openImage(LEGACY);
    expect(unit).toEqual({
      version: 0x10,
      hostAddressWidth: 48,
      capabilities: 0xd2008c222f0606n,
      extendedCapabilities: 0xf00f4an,
    });
    expect(name).toBe('legacy48');
    expect(description).toBe('Linux 6.1.0-56-amd64 under QEMU 7.2.22');
  });

  test('an image that QEMU made brings what is known of QEMU, and choices that are given go before it', () => {
    const opened = openImage(image('v10-first-stage'));
    expect(opened.choices).toEqual({ addressWidthWithoutSecondStage: 'ignored' });
    expect(unitOf(opened).choices.addressWidthWithoutSecondStage).toBe('ignored');
    expect(unitOf(opened, { pageCrossing: 'blocked' }).choices.addressWidthWithoutSecondStage).toBe('ignored');
    const strict = unitOf(opened, { addressWidthWithoutSecondStage: 'reserved' });
    expect(strict.choices.addressWidthWithoutSecondStage).toBe('reserved');
  });

  test('another image brings no choices', () => {
    const path = written('other/dump.json', DUMP.replace('"qemu"', '"emulator"'));
    expect(openImage(path, { hostAddressWidth: 48 }).choices).toEqual({});
  });

  test('the unit is in the state of the registers: tables latched, translation on', () => {
    const unit = unitOf(openImage(LEGACY));
    expect(unit.rootTable).toEqual({ page: 0x2663, mode: 0, ioPermissions: false });
    expect(unit.interruptTable).toEqual({ page: 0x1200, extended: false, entries: 65536 });
    expect(unit.translationEnabled).toBe(true);
    expect(unit.readRegister(0x1c, 32)).toBe(0xc700_0000n);
  });

  test('without RTPS no root table is latched, and without TES translation is off', () => {
    const path = written('off/dump.json', DUMP.replace('"0xc7000000"', '"0x0"'));
    writeFileSync(join(path, '../dmar.bin'), DMAR);
    const unit = unitOf(openImage(path));
    expect(unit.rootTable.page).toBe(0);
    expect(unit.translationEnabled).toBe(false);
  });

  test('the JSON file alone will do if the width is given', () => {
    const path = written('alone/dump.json', DUMP);
    expect(refusal(path)).toBe('expected /alone/dmar.bin, which has the host address width; without it give --haw');
    expect(openImage(path, { hostAddressWidth: 46 }).unit.hostAddressWidth).toBe(46);
  });

  test('a register in two halves counts as one', () => {
    const registers = new Map([
      [8, 0x1111_2222n],
      [12, 0x3333n],
    ]);
    expect(registerOf({ registers }, 8, 64)).toBe(0x3333_1111_2222n);
    expect(registerOf({ registers }, 8, 32)).toBe(0x1111_2222n);
    expect(registerOf({ registers }, 0x100, 64)).toBe(0n);
  });

  test.each<[string, () => string, string]>([
    ['no such file', () => refusal(join(folder, 'nowhere')), 'there is no /nowhere, expected a memory image'],
    ['a folder without dump.json', () => refusal(folder), 'there is no /dump.json, expected a dump in JSON'],
    [
      'half a file',
      () => refusal(written('half.json', DUMP.slice(0, 9000))),
      'expected JSON in /half.json, but it ends in the middle of a value (cut off?)',
    ],
    ['an empty file', () => refusal(written('empty.json', '')), 'expected JSON in /empty.json, but it is empty'],
    [
      'something else than JSON',
      () => refusal(written('text.json', '{\n  "pages": nonsense')),
      'expected JSON in /text.json, but it is not',
    ],
    [
      'no capability register',
      () => refusal(written('bare.json', '{"pages":{},"registers":{"0x0":"0x10"}}')),
      'expected CAP_REG (0x8) in "registers" of /bare.json',
    ],
    [
      'capabilities that contradict themselves',
      () => refusal(written('cap.json', DUMP.replace('"0xd2008c222f0606"', '"0x0"')), { hostAddressWidth: 48 }),
      'expected the registers of a remapping unit in /cap.json: no unit can be like this: ',
    ],
    [
      'a DMAR table that is none',
      () => {
        written('dmar/dmar.bin', Buffer.alloc(48));
        return refusal(written('dmar/dump.json', DUMP));
      },
      'an ACPI DMAR table begins with "DMAR", /dmar/dmar.bin does not',
    ],
    [
      'a DMAR table that is cut off',
      () => {
        written('short/dmar.bin', DMAR.subarray(0, 40));
        return refusal(written('short/dump.json', DUMP));
      },
      'an ACPI DMAR table has 48 bytes or more, /short/dmar.bin has 40',
    ],
  ])('%s is refused with a sentence', (_, refuse, message) => {
    expect(refuse().slice(0, message.length)).toBe(message);
  });
});

describe('A raw file', () => {
  /** Root at 1000h, context at 2000h, a page table tree at 3000h to 6000h that maps address 0 to 7000h. */
  function tables(): Buffer {
    const memory = Buffer.alloc(0x5800);
    const put = (address: number, value: bigint) => memory.writeBigUInt64LE(value, address - 0x1000);
    put(0x1000, 0x2001n);
    put(0x2000, 0x3001n);
    put(0x2008, 0x102n);
    put(0x3000, 0x4003n);
    put(0x4000, 0x5003n);
    put(0x5000, 0x6003n);
    put(0x6000, 0x7003n);
    return memory;
  }

  test('memory begins at its base, and its tables are walked', () => {
    const path = written('raw.bin', tables());
    const unit = unitOf(openImage(path, { ...RAW, base: 0x1000n }));
    const outcome = unit.dma(dmaRequest({ sourceId: 0, address: 0x123n, access: 'read' }));
    expect(outcome).toMatchObject({ kind: 'completed', address: 0x7123n });
  });

  test('what is before, behind, and in the missing part of the last page refuses', () => {
    const { memory } = openImage(written('raw.bin', tables()), { ...RAW, base: 0x1000n });
    const words = new Uint32Array(2);
    expect(memory.load(0, 0, words)).toBe(false);
    expect(memory.load(6, 0x7f8, words)).toBe(true);
    expect(memory.load(6, 0x800, words)).toBe(false);
    expect(memory.load(7, 0, words)).toBe(false);
  });

  test('a store changes the page in memory and not the file', () => {
    const path = written('raw.bin', tables());
    const { memory } = openImage(path, { ...RAW, base: 0x1000n });
    expect(memory.store(1, 8, Uint32Array.of(5, 6))).toBe(true);
    const words = new Uint32Array(2);
    expect(memory.load(1, 8, words)).toBe(true);
    expect([...words]).toEqual([5, 6]);
    expect(memory.compareAndSwap(1, 8, Uint32Array.of(5, 6), Uint32Array.of(7, 8))).toBe('swapped');
    expect(readFileSync(path).equals(tables())).toBe(true);
  });

  test.each<[string, ImageOptions, string]>([
    [
      'a base within a page',
      { ...RAW, base: 0x1001n },
      'the base address of /raw.bin is a multiple of 0x1000, got 0x1001',
    ],
    [
      'a base too high',
      { ...RAW, base: 0xf_ffff_ffff_f000n },
      '/raw.bin does not fit below 2^52 with its base at 0xffffffffff000',
    ],
    [
      'no registers',
      { base: 0n },
      'this image holds memory only: give --cap, --ecap, --root or --irta, and --haw for /raw.bin',
    ],
  ])('%s is refused with a sentence', (_, options, message) => {
    expect(refusal(written('raw.bin', tables()), options)).toBe(message);
  });

  test('a folder cannot be one', () => {
    expect(refusal(LEGACY, { ...RAW, base: 0n })).toBe(
      `a base address goes with a raw file, and ${LEGACY} is a folder`,
    );
  });
});
