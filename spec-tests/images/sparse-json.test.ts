import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/images/input-error.ts';
import { readSparseJson } from '../../src/images/sparse-json.ts';

const ZEROS = Buffer.alloc(4096).toString('base64');
const REGISTERS = { '0x0': '0x10', '0x8': '0xd2008c222f0606' };

/** The message of what reading a dump throws, which must be an InputError of one line. */
function refusal(dump: unknown): string {
  try {
    readSparseJson(dump, 'dump.json');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('A dump in JSON', () => {
  test('pages stand where their address says, and what is not there refuses', () => {
    const bytes = Buffer.alloc(4096);
    bytes.writeBigUInt64LE(0x1234_5678_9abc_def0n, 0xff8);
    const dump = { registers: REGISTERS, pages: { '0x5000': bytes.toString('base64') }, zero_pages: ['0x7000'] };
    const { memory, registers } = readSparseJson(dump, 'dump.json');
    const words = new Uint32Array(2);
    expect(memory.load(5, 0xff8, words)).toBe(true);
    expect([...words]).toEqual([0x9abc_def0, 0x1234_5678]);
    expect(memory.load(7, 0, words)).toBe(true);
    expect([...words]).toEqual([0, 0]);
    expect(memory.load(6, 0, words)).toBe(false);
    expect(registers.get(8)).toBe(0xd2008c222f0606n);
  });

  test.each<[string, unknown, string]>([
    ['a number', 7, 'expected an object at dump.json, got a number'],
    ['an array', [], 'expected an object at dump.json, got an array'],
    ['no pages', { registers: {} }, 'expected an object at "pages" of dump.json, got nothing'],
    ['no registers', { pages: {} }, 'expected an object at "registers" of dump.json, got nothing'],
    [
      'a page that is a number',
      { pages: { '0x1000': 1 } },
      'expected a string at page "0x1000" of dump.json, got a number',
    ],
    [
      'a page of 4095 bytes',
      { pages: { '0x1000': Buffer.alloc(4095).toString('base64') } },
      'page "0x1000" of dump.json is not 4096 bytes in base64 (5464 characters)',
    ],
    [
      'a page that is not base64',
      { pages: { '0x1000': `!${ZEROS.slice(1)}` } },
      'page "0x1000" of dump.json is not 4096 bytes in base64 (5464 characters)',
    ],
    [
      'a page address within a page',
      { pages: { '0x1008': ZEROS } },
      'a page address in "pages" of dump.json is a multiple of 0x1000, got "0x1008"',
    ],
    [
      'a page address beyond 52 bits',
      { pages: { '0x10000000000000': ZEROS } },
      'a page address in "pages" of dump.json has at most 52 bits, got "0x10000000000000"',
    ],
    [
      'a page address that is no number',
      { pages: { '0x10g0': ZEROS } },
      'a page address in "pages" of dump.json is a hexadecimal number, got "0x10g0"',
    ],
    ['a page twice', { pages: { '0x1000': ZEROS, '0x01000': ZEROS } }, '"pages" of dump.json has page "0x01000" twice'],
    [
      'zero pages that are no list',
      { pages: {}, zero_pages: { '0x1000': 1 }, registers: {} },
      '"zero_pages" of dump.json is an array, got an object',
    ],
    [
      'a register value of 65 bits',
      { pages: {}, registers: { '0x8': '0x10000000000000000' } },
      'register "0x8" of dump.json has at most 64 bits, got "0x10000000000000000"',
    ],
    [
      'a register value that is a number',
      { pages: {}, registers: { '0x8': 5 } },
      'expected a string at register "0x8" of dump.json, got a number',
    ],
  ])('%s is refused with a sentence', (_, dump, message) => {
    expect(refusal(dump)).toBe(message);
  });
});
