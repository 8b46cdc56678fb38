import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { writeNestedImage } from './nested-image.ts';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-scalable-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NESTED = writeNestedImage(folder);

const FIRST_STAGE = image('v10-first-stage');
const list = (...args: readonly string[]) => vtd('list', NESTED, '--haw', '46', ...args);
const walk = (...args: readonly string[]) => vtd('walk', NESTED, '--haw', '46', '--source', '00:02.0', ...args);

describe('vtd list in scalable mode', () => {
  test('a device, its PASIDs, then what each domain maps: nested with guest and host addresses', async () => {
    const { status, out } = await list('--pasid', '7');
    expect(status).toBe(0);
    expect(out).toBe(`Image    ${NESTED}

Devices
  00:02.0  PASID directory at 0x3000, room for 8192 PASIDs; DTE PASIDE; requests without PASID have 5
    PASID 7        domain 8      nested, first stage 4 levels from 0x10000, second stage 3 levels from 0x5000; SRE WPE PWSNP

Domain 8: nested, first stage 4 levels from 0x10000, second stage 3 levels from 0x5000
  used by 00:02.0 PASID 7
  rights are those of user-level requests, and after s: of supervisor-level ones
  input addresses                guest from    output from     rights           size  leaves
  0x000040000000-0x000040000fff  0x0000020000  0x000000120000  rw s:rw         4 KiB  1 x 4K
  0x000040001000-0x000040001fff  0x0000021000  0x000000121000  -- s:r-         4 KiB  1 x 4K

Problems
  SSS.2 (reason 79h): second stage gives no permission
    SS-PTE at 0x7110: 0x0000000000000000
    met by domain 8 at 0x40002000-0x40002fff

Totals   no buses, 1 device, 1 PASID-table entry, 1 domain, 1 problem
         2 ranges of 8 KiB in all; leaves: 2 x 4K
`);
  });

  test('pass-through, and what requests without PASID come to', async () => {
    const { out } = await list();
    expect(out).toContain('    without PASID  domain 9      pass-through\n');
    expect(out).toContain('Domain 9: pass-through\n  used by 00:02.0\n');
    expect(out).toContain('  0xfee00000-0xfeefffff is for interrupts and never looked up (§3.15)\n');
    expect(out).toContain('Totals   1 bus, 1 device, 2 PASID-table entries, 2 domains, 1 problem\n');
  });

  test('an image that QEMU made says which choices it brings, and --choice goes before them', async () => {
    const { out } = await vtd('list', FIRST_STAGE, '--summary');
    expect(out).toMatch(/^Image .* under QEMU 10\.0\.13; as QEMU does it: addressWidthWithoutSecondStage=ignored\n/);
    expect(out).toContain('No problems\n\nTotals   3 buses, 11 devices, 11 PASID-table entries, 9 domains');
    const strict = await vtd('list', FIRST_STAGE, '--choice', 'addressWidthWithoutSecondStage=reserved');
    expect(strict.out).toMatch(/^Image .* under QEMU 10\.0\.13\n/);
    expect(strict.out).toContain('reserved bit 3 set\n    met by 00:04.0 with PASID 0\n');
    // Another choice leaves those of the image alone.
    const other = await vtd('list', FIRST_STAGE, '--summary', '--choice', 'pageCrossing=blocked');
    expect(other.out).toBe(out);
  });

  test('for programs it is JSON', async () => {
    const { out } = await list('--json', '--pasid', '7');
    expect(JSON.parse(out)).toMatchObject({
      unit: { mode: 'scalable mode' },
      devices: [
        {
          source: '00:02.0',
          DTE: 1,
          PASIDE: 1,
          RID_PASID: 5,
          PASIDDIRPTR: '0x3000',
          pasids: [{ pasid: 7, withoutPasid: false, PGTT: 3, DID: 8, SRE: 1, AW: 1, PWSNP: 1 }],
        },
      ],
      domains: [
        {
          domainId: 8,
          firstStage: { FSPTPTR: '0x10000', levels: 4 },
          secondStage: { SSPTPTR: '0x5000', levels: 3 },
          users: [{ source: '00:02.0', pasid: 7, withoutPasid: false }],
          mappings: [
            { input: '0x40000000', guest: '0x20000', output: '0x120000', access: 'rw', supervisorAccess: 'rw' },
            { input: '0x40001000', guest: '0x21000', output: '0x121000', access: '--', supervisorAccess: 'r-' },
          ],
        },
      ],
      problems: [{ code: 'SSS.2', address: '0x7110', of: { domainId: 8, input: '0x40002000' } }],
    });
    const qemu = await vtd('list', FIRST_STAGE, '--json', '--device', '00:04.0');
    expect(JSON.parse(qemu.out)).toMatchObject({ image: { choices: { addressWidthWithoutSecondStage: 'ignored' } } });
  });
});

describe('vtd walk in scalable mode', () => {
  test('nested: the second stage stands below the entry whose address it translates', async () => {
    const { out } = await walk('--pasid', '7', '--address', '0x40000010');
    const lines = out.split('\n');
    expect(lines[0]).toBe('Read of 4 bytes at 0x40000010 by 00:02.0 (PASID 7)');
    expect(out).toContain(` 8  PML4E at 0x110000  §9.7
    0x0000000000011067
    P=1 R/W=1 U/S=1 A=1 ADDR=0x11000
    ADDR is a guest address, which the second stage translates:
     9  SS-PDPE (next table) at 0x5000  §9.8
        0x0000000000006003
        R=1 W=1 ADDR=0x6000
`);
    expect(out).toContain('    FSPTPTR is a guest address, which the second stage translates:\n     5  SS-PDPE');
    expect(lines.filter((line) => /^ {4}[ \d]\d {2}SS-/.test(line))).toHaveLength(5 * 3);
    expect(out).toContain('Outcome  goes on to host address 0x120010\n');
  });

  test('SGN.2 and --privileged: a supervisor page', async () => {
    const page = ['--pasid', '7', '--address', '0x40001000'];
    const user = await walk(...page);
    expect(user.out).toContain('SGN.2, fault reason 81h: user request to a supervisor page');
    expect(user.out).toContain('Usual causes\n  1. ');
    const supervisor = await walk(...page, '--privileged');
    expect(supervisor.out).toMatch(/^Read of 4 bytes at 0x40001000 by 00:02\.0 \(PASID 7, supervisor\)\n/);
    expect(supervisor.out).toContain('Outcome  goes on to host address 0x121000\n');
  });

  test('SPT.5: --execute', async () => {
    const { out } = await walk('--pasid', '7', '--address', '0x40000000', '--execute');
    expect(out).toContain('SPT.5, fault reason 5Ch: execute requested without support');
  });

  test('--no-snoop: not snooped unless the tables say so', async () => {
    const snooped = await walk('--address', '0x1000');
    expect(snooped.out).toContain('no tables were walked; snooped');
    const { out } = await walk('--address', '0x1000', '--no-snoop');
    expect(out).toMatch(/^Read of 4 bytes at 0x1000 by 00:02\.0 \(no snoop\)\n/);
    expect(out).toContain('no tables were walked; not snooped');
  });

  test('--type translation asks for a page, --no-write for one to read, --type translated brings one', async () => {
    const page = ['--pasid', '7', '--address', '0x40000000'];
    const whole = await walk(...page, '--type', 'translation');
    expect(whole.out).toMatch(/^Read of 8 bytes at 0x40000000 by 00:02\.0 \(translation request, PASID 7\)\n/);
    expect(whole.out).toContain('translation completion with Success: 4 KiB from 0x120000\n         read and write');
    const reads = await walk(...page, '--type', 'translation', '--no-write');
    expect(reads.out).toMatch(/^Read .* \(translation request, PASID 7, no write\)\n/);
    const translated = await walk('--address', '0x120000', '--type', 'translated');
    expect(translated.out).toContain('Outcome  goes on to host address 0x120000\n');
  });

  test('for programs all that was asked is in it', async () => {
    const { out } = await walk('--pasid', '7', '--address', '0x40000000', '--privileged', '--json');
    expect(JSON.parse(out)).toMatchObject({
      request: { source: '00:02.0', pasid: 7, privileged: true, execute: false, noSnoop: false, noWrite: false },
      outcome: { kind: 'completed', address: '0x120000' },
    });
  });
});

describe('vtd decode of entries of scalable mode', () => {
  const ECAP = '0x23e99886000fc6';

  test.each<[string, readonly string[], string]>([
    ['fields that capabilities would make', ['sm-context-entry', '0x301d', '5', '0', '0'], 'bits 66, 64, 4:2'],
    ['the address bits of a PASID-directory entry', ['sm-pasid-directory-entry', '0x800000001001'], 'bit 47'],
    ['a first-stage page of 1 GiB', ['fs-pdpe-1g', '0x40000083'], 'bit 7'],
    ['a host permission entry', ['hptl4e', '0x8', '0x800000000000'], 'bits 111, 3'],
  ])('%s', async (_, args, bits) => {
    const { out } = await vtd('decode', ...args, '--haw', '46', '--cap', 'd2000c22380e06', '--ecap', 'f00f4a');
    expect(out).toMatch(new RegExp(`\\nReserved ${bits} set\\n$`));
  });

  test('a half of a root entry that is not present has no reserved bits', async () => {
    const absent = await vtd('decode', 'sm-root-entry', '0x2001', '0xffe', '--ecap', ECAP);
    expect(absent.out).not.toContain('Reserved');
    const present = await vtd('decode', 'sm-root-entry', '0x2001', '0xfff', '--ecap', ECAP);
    expect(present.out).toMatch(/\nReserved bits 75:65 set\n$/);
  });

  test('IW is reserved in second-stage entries, unless with --ssirwe', async () => {
    const entry = ['decode', 'ss-pte', '0x6000000000001003', '--haw', '46'];
    expect((await vtd(...entry)).out).toMatch(/\nReserved bit 62 set\n$/);
    expect((await vtd(...entry, '--ssirwe')).out).not.toContain('Reserved');
  });
});

describe('Bad input', () => {
  const asked = ['--source', '00:02.0', '--address', '0'];
  test.each<[readonly string[], string]>([
    [['list', '--pasid', '1048576'], 'a PASID is a number from 0 to 1048575, got "1048576"'],
    [['walk', ...asked, '--pasid', 'x'], 'a PASID is a number from 0 to 1048575, got "x"'],
    [['walk', ...asked, '--privileged'], '--privileged goes with --pasid'],
    [['walk', ...asked, '--execute'], '--execute goes with --pasid'],
    [['walk', ...asked, '--no-write'], '--no-write goes with --type translation'],
    [['walk', ...asked, '--no-snoop', '--type', 'translation'], '--no-snoop does not go with --type translation'],
  ])('%j is answered with one sentence and status 2', async ([command = '', ...args], sentence) => {
    const ran = await vtd(command, NESTED, '--haw', '46', ...args);
    expect(ran).toEqual({ status: 2, out: '', err: `vtd: ${sentence}\n` });
  });

  test('--pasid has no meaning in legacy mode', async () => {
    const path = image('legacy48');
    const err = `vtd: --pasid goes with scalable mode, and the unit of ${path} is in legacy mode\n`;
    expect(await vtd('list', path, '--pasid', '1')).toEqual({ status: 2, out: '', err });
  });

  test('--ssirwe needs the capability', async () => {
    const err = 'vtd: --ssirwe needs ECAP_REG.SSIRWS, and --ecap has it 0\n';
    expect(await vtd('decode', 'ss-pte', '1', '--ecap', ECAP_WITHOUT, '--ssirwe')).toEqual({ status: 2, out: '', err });
  });
});

const ECAP_WITHOUT = 'f00f4a';
