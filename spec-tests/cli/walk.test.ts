import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const LEGACY = image('legacy48');
const walk = (...args: readonly string[]) => vtd('walk', LEGACY, '--source', '00:04.0', ...args);

const folder = mkdtempSync(join(tmpdir(), 'vtd-walk-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('vtd walk', () => {
  test('each entry of a walk that ends at a page, then the host address', async () => {
    const { status, out } = await walk('--address', '0xfffff010');
    expect(status).toBe(0);
    expect(out).toBe(`Read of 4 bytes at 0xfffff010 by 00:04.0

 1  Root Entry at 0x2663000  §9.1
    0x000000000267c001 0x0000000000000000
    P=1 CTP=0x267c000
 2  Context Entry at 0x267c200  §9.3
    0x000000000267f001 0x0000000000000302
    P=1 TT=00b SSPTPTR=0x267f000 AW=010b DID=3
    TT: second stage; translation and translated requests blocked
    AW: 48-bit AGAW, 4-level second stage
 3  SS-PML4E at 0x267f000  §9.8
    0x000000001bbd6003
    R=1 W=1 ADDR=0x1bbd6000
 4  SS-PDPE (next table) at 0x1bbd6018  §9.8
    0x000000001bbdc003
    R=1 W=1 ADDR=0x1bbdc000
 5  SS-PDE (next table) at 0x1bbdcff8  §9.8
    0x000000001bbdb003
    R=1 W=1 ADDR=0x1bbdb000
 6  SS-PTE at 0x1bbdbff8  §9.8
    0x000000001bbf4003
    R=1 W=1 ADDR=0x1bbf4000

Outcome  goes on to host address 0x1bbf4010
         page of 4 KiB, read and write; snooped, memory type WB
`);
  });

  test('LGN.2: the entry at fault, the answers and the usual causes', async () => {
    const { status, out } = await walk('--address', '0x1000', '--access', 'write');
    expect(status).toBe(0);
    expect(out.slice(out.indexOf(' 4  '))).toBe(` 4  SS-PDPE (next table) at 0x1bbd6000  LGN.2
    0x0000000000000000
    R=0 W=0
    neither R nor W: nothing is mapped here

Outcome  blocked, answered with Unsupported Request
         LGN.2, fault reason 05h: no write permission
         recorded, unless FPD is 1 in an entry on the way

Answers of this condition
  untranslated request              Unsupported Request
  translation request               Success, what is permitted

Usual causes
  1. the address is not mapped, or no longer: the device went on after its buffer was unmapped
  2. the buffer was mapped for reading by the device only (the DMA direction is wrong)
  3. a region that firmware uses (RMRR) has no identity mapping
`);
  });

  test('LRT.2: a bus that nobody set up', async () => {
    const { out } = await vtd('walk', LEGACY, '--source', '7f:00.0', '--address', '0');
    expect(out).toContain('LRT.2, fault reason 01h: root entry not present');
    expect(out).toContain('recorded whatever FPD says');
  });

  test('LGN.1.1: an address wider than the tables is explained and not refused', async () => {
    const { out, status } = await walk('--address', '0x1000000000000');
    expect(out).toContain('LGN.1.1, fault reason 04h');
    expect(status).toBe(0);
  });

  test('SPT.3: the reserved bits that are set are named', async () => {
    // Linux puts AW into PASID-table entries of a unit without second stage, where it is reserved.
    const choice = ['--choice', 'addressWidthWithoutSecondStage=reserved'];
    const request = ['--source', '00:04.0', '--address', '0xffff4000'];
    const { out } = await vtd('walk', image('v10-first-stage'), ...request, ...choice);
    expect(out).toContain('SPT.3, fault reason 5Ah: reserved bits set in the PASID-table entry');
    expect(out).toContain('    reserved bit 3 set\n');
  });

  test('a request that goes over a page boundary is walked in two parts', async () => {
    const { out } = await walk('--address', '0xffffeffe', '--length', '4');
    expect(out).toContain('The part in the next 4 KiB');
    expect(out).toContain('12  SS-PTE at 0x1bbdbff8');
  });

  test('a write of a DWORD to FEEx_xxxxh is an interrupt request, and a read is condition 29h', async () => {
    const write = await walk('--address', '0xfee00000', '--access', 'write');
    expect(write.out).toContain('25h, fault reason 25h: compatibility-format request blocked');
    const read = await walk('--address', '0xfee00000');
    expect(read.out).toContain('29h, fault reason 29h: illegal request to the interrupt address range');
  });

  test('LCT.5: a translation request to a device without ATS', async () => {
    const { out } = await walk('--address', '0xfffff000', '--type', 'translation');
    expect(out).toContain('LCT.5, fault reason 0Dh');
  });

  test('a unit with translation off lets the request pass, and says so', async () => {
    const path = join(folder, 'dump.json');
    writeFileSync(path, readFileSync(join(LEGACY, 'dump.json'), 'utf8').replace('"0xc7000000"', '"0x40000000"'));
    const { out } = await vtd('walk', path, '--source', '00:04.0', '--address', '0x1234', '--haw', '48');
    expect(out).toContain('Translation is off in this image (GSTS_REG.TES is 0).');
    expect(out).toContain('Outcome  goes on to host address 0x1234\n         no tables were walked');
  });

  test('scalable mode is walked as well', async () => {
    const { out } = await vtd('walk', image('v11-scalable-ss'), '--source', '00:04.0', '--address', '0xfffff000');
    expect(out).toContain('Scalable-Mode PASID Table Entry');
    expect(out).toContain('Outcome  goes on to host address 0x2d41000');
  });

  test('for programs it is JSON', async () => {
    const good = await walk('--address', '0xfffff010', '--json');
    expect(JSON.parse(good.out)).toMatchObject({
      request: { source: '00:04.0', address: '0xfffff010', access: 'read', length: 4 },
      outcome: { kind: 'completed', address: '0x1bbf4010', mapping: { pageSize: 4096, read: true, write: true } },
    });
    const bad = await walk('--address', '0x1000', '--json');
    expect(JSON.parse(bad.out)).toMatchObject({
      steps: [
        { structure: 'Root Entry', fields: { P: '0x1', CTP: '0x267c' } },
        { structure: 'Context Entry' },
        { structure: 'SS-PML4E' },
        { structure: 'SS-PDPE (next table)', address: '0x1bbd6000', rule: 'LGN.3' },
      ],
      outcome: { kind: 'blocked', response: 'UR', fault: { code: 'LGN.3', reason: 6, answers: {} } },
    });
  });
});
