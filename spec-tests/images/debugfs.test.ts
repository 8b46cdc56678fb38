import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { isDebugfs, readDebugfs } from '../../src/images/debugfs.ts';
import { listedTables } from '../../src/images/debugfs-memory.ts';
import { openImage } from '../../src/images/image.ts';
import { InputError } from '../../src/images/input-error.ts';
import { compareListed } from '../../src/images/listed-differences.ts';
import { SparseMemory } from '../../src/platform/sparse-memory.ts';
import { image, vtd } from '../cli/vtd.ts';
import { debugfsOf } from './debugfs-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-debugfs-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const path = join(folder, 'listing.txt');
  writeFileSync(path, text);
  return path;
}

const read = (...lines: readonly string[]) => readDebugfs(`${lines.join('\n')}\n`, 'a.txt');
const Z = '0x0000000000000000';

const REGISTERS = [
  'IOMMU: dmar0 Register Base Address: fed90000',
  'Name\t\t\tOffset\t\tContents',
  'VER             \t0x00\t\t0x0000000000000010',
  'GSTS            \t0x1c\t\t0x00000000c3000000',
  'CAP             \t0x08\t\t0x00d2008c222f0606',
  'ECAP            \t0x10\t\t0x0000000000f00f5a',
  'RTADDR          \t0x20\t\t0x0000000000001000',
  'IRTA            \t0xb8\t\t0x000000000020000f',
  '',
];
/** 00:05.0 in legacy mode: AW=2 and DID=1 in the upper word, its tables at 3000h. */
const TRANSLATIONS = [
  'IOMMU dmar0: Root Table Address: 0x1000',
  'B.D.F\tRoot_entry\t\t\t\tContext_entry\t\t\t\tPASID\tPASID_table_entry',
  `00:05.0\t${Z}:0x0000000000002001\t0x0000000000000102:0x0000000000003001\t-1    \t${Z}:${Z}:${Z}`,
  '',
];
/** Page 40201h at 7000h, and the 2 MiB page at 40400000h, whose page number is 40400h: index 2 of the same table. */
const DOMAIN = [
  'Device 0000:00:05.0 @0x3000',
  'IOVA_PFN\t\tPML5E\t\t\tPML4E\t\t\tPDPE\t\t\tPDE\t\t\tPTE',
  `0x0000000040201 |\t${Z}\t0x0000000000004003\t0x0000000000005003\t0x0000000000006003\t0x0000000000007003`,
  `0x0000000040400 |\t${Z}\t0x0000000000004003\t0x0000000000005003\t0x0000000000800083\t${Z}`,
  '',
];
const INTERRUPTS = [
  'Remapped Interrupt supported on IOMMU: dmar0',
  ' IR table address:200000',
  ' Entry SrcID   DstID    Vct IRTE_high\t\tIRTE_low',
  ' 3     00:05.0 00000200 35  0000000000040028\t0000020000350001',
  '',
  '****',
  '',
  'Posted Interrupt supported on IOMMU: dmar0',
  ' IR table address:200000',
  ' Entry SrcID   PDA_high PDA_low  Vct IRTE_high\t\tIRTE_low',
  ' 4     00:06.0 00000000 00009000 41  0000000000040030\t0000900000418001',
  '',
];
const QUEUE = [
  'Invalidation queue on IOMMU: dmar0',
  ' Base: 0x8000\tHead: 1\tTail: 2',
  'Index\t\tqw0\t\t\tqw1\t\t\tstatus',
  '    0\t0000000000010031\t0000000000000000\t0000000000000002',
  '    1\t0000000100000025\t0000000000009000\t0000000000000001',
  '',
];
const ALL = [...REGISTERS, ...TRANSLATIONS, ...DOMAIN, ...INTERRUPTS, ...QUEUE];

describe('What Linux lists in debugfs, as data', () => {
  test('each listing by hand', () => {
    const { units, domains } = read(...ALL, 'whatever else is printed');
    expect(units).toEqual([
      {
        name: 'dmar0',
        registers: new Map([
          [0x00, 0x10n],
          [0x1c, 0xc300_0000n],
          [0x08, 0xd2008c222f0606n],
          [0x10, 0xf00f5an],
          [0x20, 0x1000n],
          [0xb8, 0x20000fn],
        ]),
        root: 0x1000n,
        translations: [{ sourceId: 0x28, root: [0x2001n, 0n], context: [0x3001n, 0x102n] }],
        interruptTable: 0x200000n,
        interrupts: [
          { index: 3, words: [0x20000350001n, 0x40028n] },
          { index: 4, words: [0x900000418001n, 0x40030n] },
        ],
        queue: {
          base: 0x8000n,
          head: 1,
          tail: 2,
          descriptors: [
            [0x10031n, 0n],
            [0x100000025n, 0x9000n],
          ],
        },
      },
    ]);
    expect(domains).toEqual([
      {
        device: '0000:00:05.0',
        table: 0x3000n,
        rows: [
          { page: 0x40201, entries: [0x7003n, 0x6003n, 0x5003n, 0x4003n, 0n] },
          { page: 0x40400, entries: [0n, 0x800083n, 0x5003n, 0x4003n, 0n] },
        ],
      },
    ]);
  });

  test('PASIDs, descriptors of 256 bits, several units, and one with translation off', () => {
    const { units, domains } = read(
      'DMA Remapping is not enabled on dmar0',
      'IOMMU dmar1: Root Table Address: 0x1000',
      `00:15.1\t0x0000000000003001:0x0000000000002001\t0x0000000000000002:0x0000000000004001\t65    \t0x0000000000000003:0x0000000000000002:0x0000000000000001`,
      '',
      'Invalidation queue on IOMMU: dmar1',
      ' Base: 0x8000\tHead: 0\tTail: 0',
      '    0\t0000000000000001\t0000000000000002\t0000000000000003\t0000000000000004\t0000000000000000',
      '',
      'Device 0000:00:15.1 with pasid 1f @0x9000',
      '',
    );
    expect(units.map(({ name, root }) => [name, root])).toEqual([
      ['dmar0', undefined],
      ['dmar1', 0x1000n],
    ]);
    expect(units[1]!.translations).toEqual([
      {
        sourceId: 0xa9,
        root: [0x2001n, 0x3001n],
        context: [0x4001n, 0x2n],
        pasid: { number: 65, words: [1n, 2n, 3n] },
      },
    ]);
    expect(units[1]!.queue!.descriptors).toEqual([[1n, 2n, 3n, 4n]]);
    expect(domains).toEqual([{ device: '0000:00:15.1', pasid: 0x1f, table: 0x9000n, rows: [] }]);
  });

  test.each<[string, readonly string[], RegExp]>([
    [
      'half a row',
      [...TRANSLATIONS.slice(0, 2), '00:05.0\t0x0000'],
      /^line 3 of a\.txt is no row of the listing that it stands in: "00:05\.0/,
    ],
    [
      'a device that is none',
      [TRANSLATIONS[0]!, TRANSLATIONS[2]!.replace('00:05.0', '00:25.0')],
      /^line 2 of a\.txt is no row/,
    ],
    [
      'a table askew',
      ['IOMMU dmar0: Root Table Address: 0x1008'],
      /^line 1 of a\.txt has a table at 0x1008, expected a multiple of 0x1000 below 2\^52$/,
    ],
    ['a table nowhere', ['Device x @0x10000000000000'], /^line 1 of a\.txt has a table at 0x10000000000000, /],
    ['a descriptor left out', [...QUEUE.slice(0, 3), QUEUE[4]!], /^line 4 of a\.txt is no row/],
    [
      'an entry beyond the table',
      [...INTERRUPTS.slice(0, 3), INTERRUPTS[3]!.replace('3 ', '65536')],
      /^line 4 of a\.txt is no row/,
    ],
  ])('%s is told in one sentence', (_, lines, sentence) => {
    expect(() => read(...lines)).toThrow(InputError);
    expect(() => read(...lines)).toThrow(sentence);
  });

  test('other texts are no listing', () => {
    expect(isDebugfs('{"registers": {}}')).toBe(false);
    expect(isDebugfs('0x1000: 00 01 02')).toBe(false);
    expect(isDebugfs('\nDMA Remapping is not enabled on dmar0\n')).toBe(true);
  });

  test('any lines are read or refused with one sentence, and their tables can be built', () => {
    const line = fc.oneof(
      fc.constantFrom(...ALL),
      fc.string({ maxLength: 30 }),
      fc.constantFrom(...ALL).chain(altered),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        try {
          const listing = read(...lines);
          for (const unit of listing.units) compareListed(listedTables(listing, unit), new SparseMemory());
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^line \d+ of a\.txt /);
        }
      }),
    );
  });
});

/** A line with one character that is another one. */
const altered = (line: string) =>
  fc
    .tuple(fc.nat(Math.max(line.length - 1, 0)), fc.constantFrom('f', '0', 'x', ' ', '-'))
    .map(([at, letter]) => `${line.slice(0, at)}${letter}${line.slice(at + 1)}`);

describe('The tables of a listing', () => {
  test('entries stand where the kernel read them; what was not listed is zero, other pages refuse', () => {
    const listing = read(...ALL);
    const { memory } = listedTables(listing, listing.units[0]!);
    const qword = (address: number) => {
      const words = new Uint32Array(2);
      return memory.load(address >>> 12, address & 0xfff, words) ? words[0] : 'refused';
    };
    // 40201h: bits 35:27 are 0, 26:18 are 1, 17:9 are 1, 8:0 are 1; 40400h: 17:9 are 2.
    const places = [0x1000, 0x2280, 0x2288, 0x3000, 0x4008, 0x5008, 0x5010, 0x6008, 0x200030, 0x200048, 0x8010, 0x5000];
    expect(places.map(qword)).toEqual([
      0x2001, 0x3001, 0x102, 0x4003, 0x5003, 0x6003, 0x800083, 0x7003, 0x350001, 0x40030, 0x25, 0,
    ]);
    expect([0x7000, 0x9000, 0x300000].map(qword)).toEqual(['refused', 'refused', 'refused']);
  });

  test.each([
    ['legacy48', []],
    ['v10-first-stage', ['--choice', 'addressWidthWithoutSecondStage=ignored']],
    ['v11-scalable-ss', ['--choice', 'addressWidthWithoutSecondStage=ignored']],
  ] as const)('%s: what the kernel would print of an image lists as the image does', async (name, choices) => {
    const path = written(debugfsOf(openImage(image(name))));
    for (const command of ['list', 'interrupts']) {
      const [ofImage, ofListing] = [
        await vtd(command, image(name)),
        await vtd(command, path, '--haw', '48', ...choices),
      ];
      const body = (out: string) => out.slice(out.indexOf('\n'));
      expect(ofListing.status).toBe(ofImage.status);
      expect(body(ofListing.out)).toBe(body(ofImage.out));
    }
    const compared = await vtd('list', image(name), '--compare', path);
    expect(compared.status).toBe(0);
    expect(compared.out).toMatch(/^\d+ entries of dmar0 in .*\n {2}\d+ as the image has them\n {2}0 otherwise\n$/);
  });

  test('vtd walk goes through a listing', async () => {
    const { status, out } = await vtd(
      'walk',
      written(ALL.join('\n')),
      '--haw',
      '48',
      '--source',
      '00:05.0',
      '--address',
      '0x40201234',
    );
    expect(status).toBe(0);
    expect(out).toContain('0x7234');
  });

  test.each<[string, readonly string[], readonly string[], RegExp]>([
    ['no width', ALL, [], /^vtd: a debugfs listing does not say all of a unit: give --haw for /],
    ['no registers', TRANSLATIONS, ['--haw', '48'], /: give --cap, --ecap \(or iommu_regset in it\) and --haw for /],
    [
      'two units',
      [...ALL, 'DMA Remapping is not enabled on dmar1'],
      ['--haw', '48'],
      / lists the units dmar0, dmar1: say which with --unit\n$/,
    ],
    ['another unit', ALL, ['--haw', '48', '--unit', 'dmar7'], / lists the units dmar0, not "dmar7"\n$/],
    ['no unit', DOMAIN, ['--haw', '48'], /^vtd: expected a listing of a unit in .*, such as iommu_regset\n$/],
  ])('%s is told in one sentence', async (_, lines, options, sentence) => {
    const { status, err } = await vtd('list', written(lines.join('\n')), ...options);
    expect(status).toBe(2);
    expect(err).toMatch(sentence);
  });

  test('one unit of several', async () => {
    const path = written([...ALL, 'DMA Remapping is not enabled on dmar1'].join('\n'));
    const { status } = await vtd('list', path, '--haw', '48', '--unit', 'dmar0');
    expect(status).toBe(0);
  });
});

describe('vtd list --compare', () => {
  /** The memory of the listing, with one entry changed, one that is not listed, and a table that leads to no page. */
  test('entries that differ, that are not listed and that memory refuses', () => {
    const listing = read(...ALL);
    const tables = listedTables(listing, listing.units[0]!);
    const memory = new SparseMemory({ unwritten: 'refused' });
    for (const { address, qwords } of tables.entries) if (address < 0x200000n) memory.writeQwords(address, qwords);
    memory.writeQwords(0x6008n, [0x9003n]);
    memory.writeQwords(0x6010n, [0xa003n]);
    memory.writeQwords(0x5018n, [0xb003n]);
    memory.writeQwords(0xb000n, [0n]);
    const { same, different } = compareListed(tables, memory);
    // Root, context, four of paging, two descriptors are listed and there.
    expect(same).toBe(8);
    expect(different).toEqual([
      { kind: 'paging entry', address: 0x6008n, listed: [0x7003n], memory: [0x9003n] },
      { kind: 'paging entry', address: 0x6010n, memory: [0xa003n] },
      { kind: 'interrupt remapping table entry', address: 0x200030n, listed: [0x20000350001n, 0x40028n] },
      { kind: 'interrupt remapping table entry', address: 0x200040n, listed: [0x900000418001n, 0x40030n] },
    ]);
  });

  test('differences are printed, and the exit status is 1', async () => {
    const path = written(ALL.join('\n'));
    const other = join(folder, 'other.txt');
    writeFileSync(
      other,
      ALL.join('\n').replace('0x0000000000007003', '0x0000000000009003').replace('Address: 0x1000', 'Address: 0xa000'),
    );
    const { status, out } = await vtd('list', path, '--haw', '48', '--compare', other);
    expect(status).toBe(1);
    expect(out).toContain('  RTADDR_REG: the table is listed at 0xa000, that of the image is at 0x1000\n');
    expect(out).toContain('  paging entry at 0x6008: listed as 0x0000000000009003, in the image 0x0000000000007003\n');
    const json = JSON.parse((await vtd('list', path, '--haw', '48', '--compare', other, '--json')).out);
    expect(json.different).toContainEqual({
      kind: 'paging entry',
      address: '0x6008',
      listed: ['0x9003'],
      memory: ['0x7003'],
    });
  });
});
