import { describe, expect, test } from 'vitest';
import { REGISTERS } from '../../src/registers/index.ts';
import { STRUCTURES } from '../../src/structures/index.ts';
import { vtd } from './vtd.ts';

describe('vtd decode', () => {
  test('a context entry as 64-bit words, lowest first', async () => {
    const { status, out } = await vtd('decode', 'context-entry', '0x267f001', '0x302');
    expect(status).toBe(0);
    expect(out).toBe(`Context Entry, §9.3, 128 bits: 0x0000000000000302000000000267f001
  bits    name     value      meaning
  127:88  -        0x0        reserved
  87:72   DID      3          Domain Identifier
  71      -        0x0        reserved
  70:67   -        0x0        ignored
  66:64   AW       010b       Address Width: 48-bit AGAW, 4-level second stage
  63:12   SSPTPTR  0x267f000  Second Stage Page Translation Pointer
  11:4    -        0x0        reserved
  3:2     TT       00b        Translation Type: second stage; translation and translated requests blocked
  1       FPD      0          Fault Processing Disable: qualified faults are recorded
  0       P        1          Present
`);
  });

  test('one big number says the same', async () => {
    const words = await vtd('decode', 'context-entry', '0x267f001', '0x302');
    const number = await vtd('decode', 'Context-Entry', '0302_0000_0000_0267_f001'.replace('0302', '302'));
    expect(number.out).toBe(words.out);
  });

  test('a register by its name in any case, without _REG, with an index', async () => {
    const { out } = await vtd('decode', 'gsts_reg', 'c7000000');
    expect(out).toContain('31     TES    1      Translation Enable Status (RO)');
    expect((await vtd('decode', 'GSTS', 'c7000000')).out).toBe(out);
    expect((await vtd('decode', 'frcd_reg[0]', '0')).out).toContain('FRCD_REG');
  });

  test('reserved bits that are set are pointed out', async () => {
    const { out } = await vtd('decode', 'root-entry', '0x2003', '0x8000000000000000');
    expect(out).toContain('11:1    -     0x1                 reserved, and set');
    expect(out).toMatch(/\nReserved bits 127, 1 set\n$/);
  });

  test('what is reserved in one unit is judged by its widths and capabilities', async () => {
    const { out } = await vtd('decode', 'ss-pte', '0x8000000803', '--haw', '39', '--ecap', 'f00f4a');
    expect(out).toContain('Judged for a unit with HAW 39');
    expect(out).toMatch(/\nReserved bits 39, 11 set\n$/);
    const plain = await vtd('decode', 'ss-pte', '0x8000000803');
    expect(plain.out).not.toContain('Reserved');
  });

  test('a pass-through context entry may have anything in SSPTPTR', async () => {
    const { out } = await vtd('decode', 'context-entry', '0xffff00000000f009', '2', '--haw', '48');
    expect(out).not.toContain('Reserved');
  });

  test('a register field that the unit lacks is named with what it needs', async () => {
    const { out } = await vtd('decode', 'gcmd_reg', '0x8000000', '--cap', 'd2008c222f0606', '--ecap', 'f00f4a');
    expect(out).toContain('reserved here: needs CAP_REG.RWBF');
    expect(out).toMatch(/\nReserved bit 27 set\n$/);
  });

  test('for programs it is JSON', async () => {
    const { out } = await vtd('decode', 'root-entry', '2003', '--json');
    expect(JSON.parse(out)).toEqual({
      id: 'root-entry',
      title: 'Root Entry',
      section: '§9.1',
      width: 128,
      value: '0x00000000000000000000000000002003',
      fields: [
        { name: 'CTP', bits: '63:12', title: 'Context-table Pointer', value: '0x2' },
        { name: 'P', bits: '0', title: 'Present', value: '0x1' },
      ],
      reservedBitsSet: [1],
    });
  });

  test('--list names every structure and register, and each can be decoded with all bits set', async () => {
    const { out } = await vtd('decode', '--list');
    for (const name of [...Object.keys(STRUCTURES), ...Object.keys(REGISTERS)]) {
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
      const { width } = { ...STRUCTURES, ...REGISTERS }[name] ?? { width: 0 };
      const decoded = await vtd('decode', name, 'f'.repeat(width / 4), '--haw', '46');
      expect(decoded.status).toBe(0);
      expect(decoded.out).toContain(`${width} bits: 0x${'f'.repeat(width / 4)}\n`);
    }
  });

  test.each<[readonly string[], string]>([
    [['decode'], 'vtd: expected the name of a structure or register (vtd decode --list)\n'],
    [
      ['decode', 'context-entry'],
      'vtd: context-entry is one number of 128 bits or 2 words of 64 bits, got no values\n',
    ],
    [['decode', 'ss-pte', '1', '2'], 'vtd: ss-pte is one number, got 2 values\n'],
    [['decode', 'ss-pte', '0x3g'], 'vtd: ss-pte is a hexadecimal number, got "0x3g"\n'],
    [['decode', 'ss-pte', '10000000000000000'], 'vtd: ss-pte has at most 64 bits, got "10000000000000000"\n'],
    [
      ['decode', 'context-enrty', '0'],
      'vtd: there is no structure or register "context-enrty"; did you mean context-entry?\n',
    ],
    [['decode', 'zzzzzz', '0'], 'vtd: there is no structure or register "zzzzzz"; vtd decode --list names them all\n'],
    [['decode', 'ss-pte', '0', '--haw', '60'], 'vtd: --haw is a number from 32 to 52, got "60"\n'],
    [['decode', 'ss-pte', '--list'], 'vtd: --list takes no name; it names everything\n'],
  ])('%j is refused with a sentence', async (args, sentence) => {
    expect(await vtd(...args)).toEqual({ status: 2, out: '', err: sentence });
  });
});
