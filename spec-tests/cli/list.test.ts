import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-list-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('vtd list', () => {
  test('a device and its domain, with every range', async () => {
    const path = image('legacy48');
    const { status, out, err } = await vtd('list', path, '--device', '00:04.0');
    expect(err).toBe('');
    expect(status).toBe(0);
    expect(out).toBe(`Image    ${path}: Linux 6.1.0-56-amd64 under QEMU 7.2.22

1 device
  device   source  TT            domain  AW                 SSPTPTR
  00:04.0  0x0020  second stage       3  48 bits, 4 levels  0x267f000

Domain 3: 48 bits, 4 levels from 0x267f000
  used by 00:04.0
  input addresses                output from     rights      size  leaves
  0x0000ffffe000-0x0000ffffefff  0x00001bbe4000  rw         4 KiB  1 x 4K
  0x0000fffff000-0x0000ffffffff  0x00001bbf4000  rw         4 KiB  1 x 4K

No problems

Totals   1 bus, 1 device, 1 domain, no problems
         2 ranges of 8 KiB in all; leaves: 2 x 4K
`);
  });

  test('the unit is decoded, and lines stay within 120 columns', async () => {
    const { out } = await vtd('list', image('legacy48'));
    expect(out).toContain('Unit     version 1.0, CAP 0x00d2008c222f0606, ECAP 0x0000000000f00f4a\n');
    expect(out).toContain('         HAW 48, MGAW 48; AGAW 39 bits (3 levels), 48 bits (4 levels)\n');
    expect(out).toContain('         second-stage pages 4K, 2M, 1G; 16-bit domain-ids; 1 fault record\n');
    expect(out).toContain('Tables   root table at 0x2663000, legacy mode, translation on\n');
    const [image_ = '', ...lines] = out.split('\n');
    expect(image_).toMatch(/^Image/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(120);
    expect(out.match(/ {2}nothing is mapped/g)).toHaveLength(3);
  });

  test('a summary has no ranges', async () => {
    const { out } = await vtd('list', image('legacy48'), '--summary');
    expect(out).not.toContain('Domain 3');
    expect(out).toContain('Totals   4 buses, 12 devices, 8 domains, no problems\n');
    expect(out).toContain('leaves: 4920 x 4K\n');
  });

  test('for programs it is JSON, addresses in hexadecimal', async () => {
    const { out } = await vtd('list', image('legacy48'), '--domain', '3', '--json');
    const listing: unknown = JSON.parse(out);
    expect(listing).toMatchObject({
      unit: { hostAddressWidth: 48, capabilities: '0xd2008c222f0606', mode: 'legacy', translationEnabled: true },
      devices: [{ source: '00:04.0', TT: 0, AW: 2, DID: 3, SSPTPTR: '0x267f000' }],
      domains: [
        {
          domainId: 3,
          mappings: [
            { input: '0xffffe000', output: '0x1bbe4000', bytes: 4096, access: 'rw', leaves: { '4K': 1 } },
            { input: '0xfffff000', output: '0x1bbf4000', bytes: 4096, access: 'rw' },
          ],
        },
      ],
      problems: [],
    });
  });

  test('a limit that was met is said', async () => {
    const { out, status } = await vtd('list', image('legacy48'), '--limit', '600');
    expect(out).toContain('Stopped after 600 entries');
    expect(status).toBe(0);
  });

  test('a unit that was never given a root table has nothing to list', async () => {
    const path = join(folder, 'dump.json');
    writeFileSync(path, readFileSync(join(image('legacy48'), 'dump.json'), 'utf8').replace('"0xc7000000"', '"0x0"'));
    const err = `vtd: ${path}: software has not given the unit a root table (GSTS_REG.RTPS is 0)\n`;
    expect(await vtd('list', path, '--haw', '48')).toEqual({ status: 2, out: '', err });
  });

  test('entries that would fault come as problems, with the bits at fault', async () => {
    const memory = Buffer.alloc(0x6000);
    // Root, context (domain 5, 39 bits), two tables, and a page table with SNP set, which ECAP_REG.SC=0 reserves.
    const words = { 0: 0x1001n, 4096: 0x2001n, 4104: 0x501n, 8192: 0x3003n, 12288: 0x4003n, 16392: 0x5803n };
    for (const [address, word] of Object.entries(words)) memory.writeBigUInt64LE(word, Number(address));
    const path = join(folder, 'raw.bin');
    writeFileSync(path, memory);
    const registers = ['--cap', 'd2008c222f0606', '--ecap', 'f00f4a', '--root', '0', '--haw', '48'];
    const { out } = await vtd('list', path, '--base', '0', ...registers);
    expect(out).toContain(`Problems
  LSS.2 (reason 0Ch): reserved bits set in a second-stage entry
    SS-PTE at 0x4008: 0x0000000000005803, reserved bit 11 set
    met by domain 5 at 0x1000-0x1fff
`);
    expect(out).toContain('Totals   1 bus, 1 device, 1 domain, 1 problem\n');
  });
});
