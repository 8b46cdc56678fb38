import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHexDump, readHexDump } from '../../src/images/hex-dump.ts';
import { InputError } from '../../src/images/input-error.ts';

/** Bytes 01 20 00 00 00 00 00 00, 03 30 00 00 00 00 00 80 at 1000h, as each tool shows them. */
const FORMS: readonly (readonly [tool: string, text: string])[] = [
  ['xxd', '00001000: 0120 0000 0000 0000 0330 0000 0000 0080  . .......0......'],
  ['xxd -g 1', '00001000: 01 20 00 00 00 00 00 00 03 30 00 00 00 00 00 80  . .......0......'],
  ['xxd, characters that are digits', '00001000: 0120 0000 0000 0000 0330 0000 0000 0080  abcd 01 beef.. '],
  ['hexdump -C', '00001000  01 20 00 00 00 00 00 00  03 30 00 00 00 00 00 80  |. .......0......|\n00001010'],
  ['hexdump', '0001000 2001 0000 0000 0000 3003 0000 0000 8000\n0001010'],
  ['od -A x -t x8', '001000 0000000000002001 8000000000003003\n001010'],
  ['od -A x -t x1', '001000 01 20 00 00 00 00 00 00 03 30 00 00 00 00 00 80\n001010'],
  ['QEMU xp /2gx', '0000000000001000: 0x0000000000002001 0x8000000000003003'],
  ['QEMU xp /4wx', '0000000000001000: 0x00002001 0x00000000 0x00003003 0x80000000'],
  ['QEMU xp /8hx', '0000000000001000: 0x2001 0x0000 0x0000 0x0000 0x3003 0x0000 0x0000 0x8000'],
  ['U-Boot md', '00001000: 00002001 00000000 00003003 80000000    . .......0......'],
  ['U-Boot md.q', '00001000: 0000000000002001 8000000000003003    . .......0......'],
  ['UEFI shell mem', '  00001000: 01 20 00 00 00 00 00 00-03 30 00 00 00 00 00 80  *. .......0......*'],
];

const words = (text: string, offset = 0): number[] | undefined => {
  const into = new Uint32Array(4);
  return readHexDump(text, 'here').load(1, offset, into) ? [...into] : undefined;
};

describe('Hex dumps', () => {
  test.each(FORMS)('%s', (_, text) => {
    expect(isHexDump(text)).toBe(true);
    expect(words(text)).toEqual([0x2001, 0, 0x3003, 0x8000_0000]);
  });

  test('what is not shown refuses, also in the same page', () => {
    expect(words(FORMS[0]![1], 0x10)).toBeUndefined();
    expect(readHexDump(FORMS[0]![1], 'here').load(2, 0, new Uint32Array(2))).toBe(false);
  });

  test('* stands for the line before up to the next address', () => {
    const text = '00001000  ff 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |....|\n*\n00001030  01\n';
    expect(words(text, 0x20)).toEqual([0xff, 0, 0, 0]);
    expect(words(text, 0x40)).toBeUndefined();
  });

  test('other lines are passed over', () => {
    expect(words(`(qemu) xp /2gx 0x1000\n${FORMS[7]![1]}\n(qemu) quit`)).toEqual([0x2001, 0, 0x3003, 0x8000_0000]);
  });

  test('what is no dump is refused in a sentence', () => {
    expect(isHexDump('{"pages": {}}')).toBe(false);
    expect(isHexDump('')).toBe(false);
    expect(() => readHexDump('hello\nworld', 'here')).toThrow(
      'expected a hex dump in here: no line begins with an address',
    );
    expect(() => readHexDump('ffffffffffffffff: 0102', 'here')).toThrow(/^line 1 of here is at an address below 2\^52/);
    expect(() => readHexDump('1000: 01 02\n*\n900: 01', 'here')).toThrow(/^line 3 of here is behind a "\*"/);
  });

  test('any text is read or refused', () => {
    const piece = fc.oneof(
      fc.constantFrom(...FORMS.map(([, text]) => text), '*', '  ', '\n', '0x', ': ', 'ffffffffffffffff', '00'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        try {
          readHexDump(text, 'here');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
        isHexDump(text);
      }),
    );
  });
});
