import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-interrupts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Raw memory of 8 pages: two words for each index of a table at 1000h, and what stands elsewhere. */
function raw(table: Readonly<Record<number, readonly [bigint, bigint]>>, more: Readonly<Record<number, bigint>> = {}) {
  const memory = Buffer.alloc(0x8000);
  for (const [index, words] of Object.entries(table)) {
    for (const [n, word] of words.entries()) memory.writeBigUInt64LE(word, 0x1000 + 16 * Number(index) + 8 * n);
  }
  for (const [address, word] of Object.entries(more)) memory.writeBigUInt64LE(word, Number(address));
  const path = join(folder, 'raw.bin');
  writeFileSync(path, memory);
  return path;
}

/** QEMU's unit with interrupt posting. */
const WITH_POSTING = ['--base', '0', '--cap', '8d2008c222f0606', '--ecap', 'f00f5a', '--haw', '39'];

describe('vtd interrupts', () => {
  test('state, then a row for each present entry', async () => {
    const path = image('legacy48');
    const { status, out, err } = await vtd('interrupts', path);
    expect(err).toBe('');
    expect(status).toBe(0);
    const [first = '', ...lines] = out.split('\n');
    expect(first).toBe(`Image    ${path}: Linux 6.1.0-56-amd64 under QEMU 7.2.22`);
    expect(lines.slice(0, 7).join('\n')).toBe(`Table    at 0x1200000, 65536 entries, xAPIC mode (EIME=0)
         interrupt remapping on (IRES=1); requests in compatibility format are blocked (CFIS=0)

19 present entries
  index  mode      vector  destination      delivery  trigger  from
      0  remapped  0x26    logical 0x1, RH  Fixed     edge     ff:00.0
      1  remapped  0x30    logical 0x1, RH  Fixed     edge     ff:00.0`);
    expect(lines).toContain('     22  remapped  0x2b    logical 0x1, RH  Fixed     edge     bus 03');
    expect(lines).toContain('     28  remapped  0x2e    logical 0x1, RH  Fixed     edge     00:1f.2');
    expect(out).toMatch(/\n\nNothing suspicious\n$/);
  });

  test('x2APIC mode has destinations of 32 bits, and blocks requests in compatibility format', async () => {
    const { out } = await vtd('interrupts', image('v10-legacy-eim'));
    expect(out).toContain('Table    at 0x1300000, 65536 entries, x2APIC mode (EIME=1)\n');
    expect(out).toContain('requests in compatibility format are blocked (EIME=1)\n');
    expect(out).toContain('     11  remapped  0x22    logical 0x2, RH  Fixed     edge     ff:00.0\n');
  });

  test.each(['legacy48', 'legacy48-lazy', 'v10-legacy-eim', 'v10-first-stage', 'v11-scalable-ss'])(
    '%s: Linux has nothing suspicious, and every entry that the trace used is there',
    async (name) => {
      const { out } = await vtd('interrupts', image(name), '--json');
      const { entries, findings } = JSON.parse(out) as {
        entries: { index: number; value: string }[];
        findings: unknown[];
      };
      expect(findings).toEqual([]);
      const trace: { index?: number; dump_irte?: [string, string] }[] = JSON.parse(
        readFileSync(join(image(name), 'interrupts.json'), 'utf8'),
      );
      for (const { index, dump_irte } of trace) {
        if (index === undefined || dump_irte === undefined) continue;
        const [low = 0n, high = 0n] = dump_irte.map(BigInt);
        const value = `0x${((high << 64n) | low).toString(16).padStart(32, '0')}`;
        expect(entries).toContainEqual(expect.objectContaining({ index, value }));
      }
    },
  );

  test('who may ask, in each way of SVT and SQ; posted entries; what blocks; neighbours alike in one row', async () => {
    const path = raw(
      {
        0: [0x0000_0200_0031_0001n, 0x4_00fan],
        1: [0x0000_0200_0032_0001n, 0x5_00fan],
        2: [0x0000_0200_0033_0001n, 0x6_00fan],
        3: [0x0000_0200_0034_0001n, 0x7_00fan],
        4: [0x0000_0200_0035_0001n, 0x8_0408n],
        5: [0x0000_0200_0036_0001n, 0n],
        6: [0x0000_5000_0040_8001n, 0x4_00fan],
        7: [0x0000_5000_0041_c001n, 0x4_00fan],
        8: [0x0000_0002_0031_0001n, 0x4_00fan],
        9: [0x0000_0002_0031_0001n, 0x4_00fan],
        10: [0x0000_0000_0000_0081n, 0x4_00fan],
        11: [0x0000_0000_0000_00e1n, 0x4_00fan],
        // Reversed.
        12: [0x0000_0200_0037_0011n, 0x8_0804n],
      },
      { 20512: 0x0000_0300_00f2_0000n },
    );
    const { out, status } = await vtd('interrupts', path, ...WITH_POSTING, '--irta', '1003');
    expect(status).toBe(0);
    expect(out.slice(out.indexOf('\n') + 1)).toBe(`Table    at 0x1000, 16 entries, xAPIC mode (EIME=0)
         interrupt remapping on (IRES=1); requests in compatibility format are blocked (CFIS=0)

13 present entries
  index  mode      vector  destination                        delivery  trigger  from                    blocked
      0  remapped  0x31    physical 0x2                       Fixed     edge     00:1f.2
      1  remapped  0x32    physical 0x2                       Fixed     edge     00:1f.2,6 (SQ=01b)
      2  remapped  0x33    physical 0x2                       Fixed     edge     00:1f.0,2,4,6 (SQ=10b)
      3  remapped  0x34    physical 0x2                       Fixed     edge     00:1f.0-7 (SQ=11b)
      4  remapped  0x35    physical 0x2                       Fixed     edge     buses 04 to 08
      5  remapped  0x36    physical 0x2                       Fixed     edge     any source
      6  posted    0x40    descriptor 0x5000, NV 0xf2 to 0x3  -         -        00:1f.2
      7  posted    0x41    descriptor 0x5000, NV 0xf2 to 0x3  urgent    -        00:1f.2
    8-9  remapped  0x31    physical 0x0                       Fixed     edge     00:1f.2                 24h
     10  remapped  0x00    physical 0x0                       NMI       edge     00:1f.2
     11  remapped  -       physical 0x0                       ExtINT    edge     00:1f.2
     12  remapped  0x37    physical 0x2                       Fixed     level    buses 08 to 04          26h

Suspicious
  24h     entries 8 and 9: reserved bit 33 set (with EIME=0 DST is bits 47:40 alone)
  26h     entry 12: SID has buses 08 to 04, the first above the last: no source passes
  §9.9    entry 5: SVT is 00b: any source may ask for it
`);
  });

  test('a long list of entries is cut', async () => {
    const open = (index: number): [bigint, bigint] => [0x0000_0200_0000_0001n | (BigInt(index / 4 + 0x20) << 16n), 0n];
    const path = raw(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [4 * n, open(4 * n)])));
    const { out } = await vtd('interrupts', path, ...WITH_POSTING, '--irta', '1007');
    expect(out).toContain('  §9.9    entries 0, 4, 8, 12, 16, 20, 24, 28 and more, 60 in all: SVT is 00b');
  });

  test('remapping that is off, and a table that is not there', async () => {
    const path = join(folder, 'dump.json');
    const dump = readFileSync(join(image('legacy48'), 'dump.json'), 'utf8');
    writeFileSync(path, dump.replace('"0xc7000000"', '"0x1000000"'));
    const { out } = await vtd('interrupts', path, '--haw', '48');
    expect(out).toContain('         interrupt remapping off (IRES=0)\n');
    expect(out).toContain('  §5.1.4  IRES is 0: the table is not looked at, and any device may ask for any vector\n');
    writeFileSync(path, dump.replace('"0xc7000000"', '"0xc0000000"'));
    expect(await vtd('interrupts', path, '--haw', '48')).toEqual({
      status: 2,
      out: '',
      err: `vtd: ${path}: software has not given the unit an interrupt remapping table (GSTS_REG.IRTPS is 0)\n`,
    });
  });

  test('for programs it is JSON, with every field and every finding', async () => {
    const path = raw({ 3: [0x0000_5000_0040_8001n, 0n] }, { 20512: 0x0000_0300_00f2_0000n });
    const { out } = await vtd('interrupts', path, ...WITH_POSTING, '--irta', '1003', '--json');
    expect(JSON.parse(out)).toMatchObject({
      table: { address: '0x1000', entries: 16, EIME: false },
      IRES: true,
      CFIS: false,
      entries: [
        {
          index: 3,
          mode: 'posted',
          from: 'any source',
          value: '0x00000000000000000000500000408001',
          fields: { P: 1, FPD: 0, IM: 1, URG: 0, VV: 0x40, SVT: 0 },
          descriptor: { address: '0x5000', NV: 0xf2, NDST: 0x300, ON: 0, SN: 0, PIR: '0x0' },
        },
      ],
      findings: [{ name: 'any-source', rule: '§9.10', blocks: false, indices: [3] }],
    });
  });
});
