import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { image, type Ran, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true }));
const LEGACY = image('legacy48');
const RUNS = process.env.VTD_LONG === undefined ? 1 : 40;

/** What holds of every run, whatever was typed. */
function checkManners({ status, err }: Ran): void {
  expect([0, 1, 2]).toContain(status);
  expect(err).not.toMatch(/unexpected|\n\s+at |Error:|undefined|NaN|\[object/);
  // Bare `vtd` shows its help; everything else is one sentence.
  if (err !== '' && !err.startsWith('Usage:')) expect(err).toMatch(/^vtd: [^\n]+\n$/);
  if (status === 2) expect(err).not.toBe('');
}

describe('Bad input', () => {
  test.each<[readonly string[], string]>([
    [['list', 'nowhere'], 'vtd: there is no nowhere, expected a memory image\n'],
    [
      ['list', LEGACY, '--device', '00:20.0'],
      'vtd: a device is written bb:dd.f (00:1f.2) or as a 16-bit source-id (0xfa), got "00:20.0"\n',
    ],
    [['list', LEGACY, '--domain', '65536'], 'vtd: a domain-id is a number from 0 to 65535, got "65536"\n'],
    [['list', LEGACY, '--haw', '64'], 'vtd: --haw is a number from 32 to 52, got "64"\n'],
    [['list', LEGACY, '--haw', '40', '--root', '10000000000'], 'vtd: --root is below 2^40, got 0x10000000000\n'],
    [['interrupts', LEGACY, '--haw', '40', '--irta', '10000000000'], 'vtd: --irta is below 2^40, got 0x10000000000\n'],
    [
      ['interrupts', LEGACY, '--ecap', 'f42'],
      `vtd: ${LEGACY}: the unit has no interrupt remapping (ECAP_REG.IR is 0)\n`,
    ],
    [['list', LEGACY, '--base', '0'], `vtd: a base address goes with a raw file, and ${LEGACY} is a folder\n`],
    [
      ['list', 'docs/examples/debugfs.txt', '--haw', '48', '--region', `${LEGACY}/dmar.bin@0`],
      'vtd: --region goes with a raw file, an ELF core or a dump of makedumpfile\n',
    ],
    [
      ['lint', LEGACY, '--msi', '00:1f.2=fee003b8'],
      'vtd: --msi is device=address:data, and *4 for four messages (00:1f.2=fee003b8:0*4), got "00:1f.2=fee003b8"\n',
    ],
    [
      ['lint', LEGACY, '--msi', '00:1f.2=fed003b8:0'],
      'vtd: --msi "00:1f.2=fed003b8:0": the address of an interrupt request is 0xfee00000 to 0xfeefffff, got 0xfed003b8\n',
    ],
    [
      ['lint', LEGACY, '--msi', '00:1f.2=fee003b8:0*3'],
      'vtd: --msi is device=address:data, and *4 for four messages (00:1f.2=fee003b8:0*4), got "00:1f.2=fee003b8:0*3"\n',
    ],
    [['lint', LEGACY, '--rte', 'f0:1f.0'], 'vtd: --rte is device=entry (f0:1f.0=0001000000010931), got "f0:1f.0"\n'],
    [['lsit', LEGACY], "vtd: unknown command 'lsit' (Did you mean list?)\n"],
    [['list', LEGACY, '--jsn'], "vtd: unknown option '--jsn' (Did you mean --json?)\n"],
    [['walk', LEGACY], "vtd: required option '--source <bb:dd.f>' not specified\n"],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', '0x1fffg'],
      'vtd: --address is a hexadecimal number, got "0x1fffg"\n',
    ],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', '1ffffffffffffffff'],
      'vtd: --address has at most 64 bits, got "1ffffffffffffffff"\n',
    ],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', '0', '--access', 'reed'],
      'vtd: an access is read, write or atomic, got "reed"\n',
    ],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', '0', '--length', '0'],
      'vtd: --length is a number from 1 to 4096, got "0"\n',
    ],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', '0', '--type', 'x'],
      'vtd: a request is untranslated, translation or translated, got "x"\n',
    ],
    [
      ['walk', LEGACY, '--source', '00:04.0', '--address', 'fffffffffffffffe'],
      'vtd: the request runs past the end of the address space\n',
    ],
    [['list', LEGACY, '--choice', 'pageCrossing=maybe'], 'vtd: choice pageCrossing is split or blocked, got "maybe"\n'],
  ])('%j is answered with one sentence and status 2', async (args, sentence) => {
    expect(await vtd(...args)).toEqual({ status: 2, out: '', err: sentence });
  });

  test('a terminal does not obey what is quoted', async () => {
    const { err } = await vtd('list', '\u001b[2Jnowhere\u0007');
    expect(err).toBe('vtd: there is no ?[2Jnowhere?, expected a memory image\n');
  });

  test('any bytes as a dump are refused or read', async () => {
    const path = join(folder, 'dump.json');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.uint8Array(), fc.json(), almostDumps(), almostInterrupts()), async (content) => {
        writeFileSync(path, content);
        checkManners(await vtd('list', path, '--haw', '48', '--limit', '2000'));
        checkManners(await vtd('interrupts', path, '--haw', '48'));
        checkManners(await vtd('lint', path, '--haw', '48', '--limit', '2000'));
        checkManners(await vtd('replay', LEGACY, path));
      }),
      { numRuns: 50 * RUNS },
    );
  });

  test('any bytes as raw memory are listed', async () => {
    const path = join(folder, 'raw.bin');
    const registers = ['--cap', 'd2008c222f0606', '--ecap', 'f00f4a', '--root', '0', '--haw', '48'];
    const qword = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.constantFrom(1n, 3n, 0x1001n, 0x1003n, 0x83n, 0x102n));
    await fc.assert(
      fc.asyncProperty(fc.array(qword, { minLength: 1, maxLength: 1200 }), async (qwords) => {
        writeFileSync(path, BigUint64Array.from(qwords));
        checkManners(await vtd('list', path, '--base', '0', ...registers, '--limit', '2000'));
        checkManners(await vtd('walk', path, '--base', '0', ...registers, '--source', '0x0', '--address', '0'));
        checkManners(await vtd('interrupts', path, '--base', '0', ...registers, '--irta', '9'));
        checkManners(await vtd('lint', path, '--base', '0', ...registers, '--irta', '9', '--limit', '2000'));
      }),
      { numRuns: 15 * RUNS },
    );
  });

  test('any words on the command line are answered or refused', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        'list',
        'walk',
        'diff',
        'interrupts',
        'lint',
        'decode',
        'replay',
        'help',
        LEGACY,
        '00:04.0',
        '0xfffff000',
        'write',
        '--',
        '-',
      ),
      fc.constantFrom('--source', '--address', '--access', '--length', '--json', '--domain', '--device', '--help'),
      fc.constantFrom('--interrupt', '--after', '0xfee00398', '0x0'),
      fc.constantFrom(
        '--rmrr',
        '1000-1fff=00:04.0',
        '--msi',
        '00:04.0=fee003b8:0*4',
        '--rte',
        '0:4.0=1',
        '--explain',
        '--rules',
        '--sarif',
        '--severity',
        '--fail-on',
      ),
      fc.constantFrom('--pasid', '--privileged', '--execute', '--no-snoop', '--no-write', '--type', '--summary'),
      fc.constantFrom(
        '--base',
        '--cap',
        '--ecap',
        '--root',
        '--irta',
        '--haw',
        '--choice',
        '--limit',
        '--list',
        '--version',
      ),
      fc.constantFrom('context-entry', 'GSTS_REG', 'pageCrossing=split', '1', '48', 'f00f4a', 'd2008c222f0606'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
        // `serve` would read the test's own input, and `tour` is the same commands over again.
        fc.pre(words[0] !== 'serve' && words[0] !== 'tour');
        checkManners(await vtd(...words));
      }),
      { numRuns: 125 * RUNS },
    );
  });
});

/** Dumps that are nearly right: the shape is there, and something in it is not. */
function almostDumps(): fc.Arbitrary<string> {
  const hex = fc.oneof(
    fc.bigInt(0n, 2n ** 66n).map((value) => `0x${value.toString(16)}`),
    fc.constantFrom('0x0', '0x8', '0x10', '0x1c', '0x20', '0x1000', '0xd2008c222f0606', '0xf00f4a', '0xc7000000'),
    fc.string(),
  );
  const page = fc.oneof(fc.constant(Buffer.alloc(4096, 3).toString('base64')), fc.base64String(), fc.jsonValue());
  return fc
    .record(
      {
        registers: fc.oneof(fc.dictionary(hex, fc.oneof(hex, fc.jsonValue())), fc.jsonValue()),
        pages: fc.oneof(fc.dictionary(hex, page), fc.jsonValue()),
        zero_pages: fc.oneof(fc.array(hex), fc.jsonValue()),
        kernel: fc.oneof(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    .map((dump) => JSON.stringify(dump));
}

/** Traces of interrupts that are nearly right. */
function almostInterrupts(): fc.Arbitrary<string> {
  const hex = fc.oneof(
    fc.bigInt(0n, 2n ** 66n).map((value) => `0x${value.toString(16)}`),
    fc.nat(0xf_ffff).map((value) => `0x${(0xfee0_0000 + value).toString(16)}`),
    fc.constantFrom('0x0', '0xfee00030', '0xfee0100c', '0x4030'),
  );
  const number = fc.oneof(fc.nat(0xffff), fc.jsonValue());
  const record = fc.record(
    {
      address: hex,
      data: hex,
      out_address: hex,
      out_data: hex,
      seq: number,
      index: number,
      traced_irte: fc.oneof(fc.array(hex, { maxLength: 3 }), fc.jsonValue()),
      irte_as_in_dump: fc.oneof(fc.boolean(), fc.jsonValue()),
    },
    { requiredKeys: ['out_address'] },
  );
  return fc.array(record, { minLength: 1, maxLength: 4 }).map((records) => JSON.stringify(records));
}
