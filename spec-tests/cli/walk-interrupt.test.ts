import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const LEGACY = image('legacy48');
const ask = (source: string, ...args: readonly string[]) =>
  vtd('walk', LEGACY, '--source', source, '--interrupt', ...args);

const folder = mkdtempSync(join(tmpdir(), 'vtd-walk-interrupt-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A unit with interrupt posting and HAW 39: a table of 16 entries at 1000h with one entry, a descriptor at 5000h. */
function raw(entry: readonly [bigint, bigint], descriptor: bigint, ...args: readonly string[]) {
  const memory = Buffer.alloc(0x6000);
  memory.writeBigUInt64LE(entry[0], 0x1030);
  memory.writeBigUInt64LE(entry[1], 0x1038);
  memory.writeBigUInt64LE(descriptor, 0x5020);
  const path = join(folder, 'raw.bin');
  writeFileSync(path, memory);
  const unit = ['--base', '0', '--cap', '8d2008c222f0606', '--ecap', 'f00f5a', '--haw', '39'];
  return vtd('walk', path, ...unit, '--irta', '1003', '--source', '00:1f.2', '--interrupt', ...args);
}

/** An entry that posts vector 40h into the descriptor at 5000h, from 00:1f.2. */
const POSTED = [0x5000_0040_8001n, 0x4_00fan] as const;

describe('vtd walk --interrupt (§5.1.4)', () => {
  test('what is asked for, the entry, and the message', async () => {
    const { status, out, err } = await ask('00:1f.2', '0xfee00398', '0x0');
    expect(err).toBe('');
    expect(status).toBe(0);
    expect(out).toBe(`Interrupt request by 00:1f.2: address 0xfee00398, data 0x0
  remappable format: handle 28, subhandle 0, so index 28

 1  Interrupt Remapping Table Entry (remapped) at 0x12001c0  §9.9
    0x00000100002e000d 0x00000000000400fa
    P=1 DM=1 RH=1 DLM=000b IM=0 V=0x2e DST=0x100 SID=0xfa SVT=01b
    DLM: Fixed
    SVT: source-id equal to SID under SQ
    for 00:1f.2

Outcome  goes on as an interrupt message: address 0xfee0100c, data 0x402e
         vector 0x2e to logical 0x1, RH; Fixed, edge; by entry 28
`);
  });

  test('26h: another source', async () => {
    const { status, out } = await ask('00:1f.3', '0xfee00398', '0x0');
    expect(status).toBe(0);
    expect(out).toContain(' 1  Interrupt Remapping Table Entry (remapped) at 0x12001c0  26h\n');
    expect(out).toContain(`Outcome  blocked, answered with Unsupported Request
         26h, fault reason 26h: source-id validation failed
         recorded, unless FPD is 1 in an entry on the way
`);
    expect(out).toContain('Usual causes\n  1. the requester is another function than the entry names');
  });

  test('22h: of an entry that is not present only P and FPD mean something', async () => {
    const { out } = await ask('00:1f.2', '0xfee00038', '0x1');
    expect(out).toContain('  remappable format: handle 1, subhandle 1, so index 2\n');
    expect(out).toContain(`(remapped) at 0x1200020  22h
    0x0000000000000000 0x0000000000000000
    P=0 FPD=0

Outcome  blocked`);
  });

  test('21h: a sum of handle and subhandle above 16 bits is no index', async () => {
    const { out } = await ask('00:1f.2', '0xfeeffffc', '0x1');
    expect(out).toContain('handle 65535, subhandle 1, so index 65536\n');
    expect(out).toContain('21h, fault reason 21h');
  });

  test('a request in compatibility format is taken apart, and blocked: 25h', async () => {
    const { out } = await ask('00:1f.2', '0xfee0100c', '0x4131');
    expect(out).toContain('  compatibility format: vector 0x31 to logical 0x1, RH; Lowest Priority, edge\n');
    expect(out).toContain('25h, fault reason 25h: compatibility-format request blocked');
  });

  test('with remapping off it goes on as it came', async () => {
    const path = join(folder, 'dump.json');
    writeFileSync(path, readFileSync(join(LEGACY, 'dump.json'), 'utf8').replace('"0xc7000000"', '"0xc5000000"'));
    const request = ['--source', '00:1f.2', '--interrupt', '0xfee0100c', '4031'];
    const { out } = await vtd('walk', path, '--haw', '48', ...request);
    expect(out).toContain(`Interrupt remapping is off in this image (GSTS_REG.IRES is 0).
Outcome  goes on as an interrupt message: address 0xfee0100c, data 0x4031
         vector 0x31 to logical 0x1, RH; Fixed, edge; as it came, in compatibility format
`);
  });

  test('24h: the reserved bits of the entry are named, by the mode that the unit is in', async () => {
    const { out } = await raw([0x2_0031_0001n, 0x4_00fan], 0n, '0xfee00078', '0');
    expect(out).toContain('24h, fault reason 24h');
    expect(out).toContain('    reserved bit 33 set\n');
  });

  test('posted: the descriptor as it was found, the bit, and the notification', async () => {
    const { out } = await raw(POSTED, 0x300_00f2_0000n, '0xfee00078', '0');
    expect(out.slice(out.indexOf(' 1  '))).toBe(` 1  Interrupt Remapping Table Entry (posted) at 0x1030  §9.10
    0x0000500000408001 0x00000000000400fa
    P=1 IM=1 VV=0x40 PDAL=0x140 SID=0xfa SVT=01b
    SVT: source-id equal to SID under SQ
    for 00:1f.2
 2  Posted Interrupt Descriptor at 0x5000  §9.11
    0x0000000000000000 0x0000000000000000 0x0000000000000000 0x0000000000000000 0x0000030000f20000
    0x0000000000000000 0x0000000000000000 0x0000000000000000
    ON=0 SN=0 NV=0xf2 NDST=0x300

Outcome  posted: bit 0x40 of PIR in the descriptor at 0x5000; by entry 3
         notification: vector 0xf2 to physical 0x3: address 0xfee03000, data 0x40f2
`);
  });

  test.each<[string, bigint, string]>([
    ['ON=1', 0x300_00f2_0001n, 'no notification: one is outstanding (ON=1)'],
    ['SN=1', 0x300_00f2_0002n, 'no notification: they are suppressed (SN=1), and the entry is not urgent (URG=0)'],
  ])('posted without a notification, %s', async (_, descriptor, says) => {
    expect((await raw(POSTED, descriptor, '0xfee00078', '0')).out).toContain(`         ${says}\n`);
  });

  test('28h: the reserved bits of the descriptor are named', async () => {
    const { out } = await raw(POSTED, 0x3_00f2_0004n, '0xfee00078', '0');
    expect(out).toContain(' 2  Posted Interrupt Descriptor at 0x5000  28h\n');
    expect(out).toContain('    reserved bits 289:288, 258 set\n');
  });

  test('--after: the interrupt entry cache answers', async () => {
    const { out } = await ask('00:1f.2', '0xfee00398', '0', '--after', '0xfee00398');
    const entry = '    interrupt entry cache: INDEX=0x1c, 0x00000000000400fa00000100002e000d\n';
    expect(out).toContain(`Cached by the requests before\n${entry}`);
    expect(out).toContain(`Answered by a cache in place of memory\n${entry}\nOutcome  goes on as an interrupt message`);
  });

  test('for programs it is JSON', async () => {
    const { out } = await ask('00:1f.2', '0xfee00398', '0', '--json');
    expect(JSON.parse(out)).toMatchObject({
      request: { source: '00:1f.2', address: '0xfee00398', data: '0x0', format: 'remappable', handle: 28, index: 28 },
      steps: [{ section: '§9.9', address: '0x12001c0', fields: { P: '0x1', V: '0x2e', SID: '0xfa' } }],
      outcome: { kind: 'delivered', index: 28, address: '0xfee0100c', data: 0x402e, vector: 0x2e, destination: 1 },
    });
    const blocked = JSON.parse((await ask('00:1f.3', '0xfee0100c', '4031', '--json')).out);
    expect(blocked).toMatchObject({
      request: { format: 'compatibility', vector: 0x31, destination: 1, destinationMode: 1 },
      steps: [],
      outcome: { kind: 'blocked', response: 'UR', fault: { code: '25h', reason: 0x25 } },
    });
    const posted = JSON.parse((await raw(POSTED, 0x300_00f2_0000n, '0xfee00078', '0', '--json')).out);
    expect(posted).toMatchObject({
      steps: [
        { section: '§9.10', fields: { VV: '0x40' } },
        { section: '§9.11', fields: { NV: '0xf2' } },
      ],
      outcome: { kind: 'posted', index: 3, descriptor: '0x5000', notification: { vector: 0xf2, destination: 3 } },
    });
  });

  test('a DMA write of a DWORD there is the same request', async () => {
    const { out } = await vtd('walk', LEGACY, '--source', '00:1f.2', '--address', '0xfee00398', '--access', 'write');
    expect(out).toContain('Write of 4 bytes at 0xfee00398 by 00:1f.2\n');
    expect(out).toContain(`Outcome  goes on as an interrupt message: address 0xfee0100c, data 0x402e
         vector 0x2e to logical 0x1, RH; Fixed, edge; by entry 28
         The data are taken to be 0: --interrupt takes others.
`);
  });

  test.each<[string, readonly string[], string]>([
    ['no data', ['0xfee00398'], 'vtd: --interrupt is followed by the address and the data of the write, got 1 value\n'],
    [
      'too much',
      ['0xfee00398', '0', '1'],
      'vtd: --interrupt is followed by the address and the data of the write, got 3 values\n',
    ],
    [
      'an address elsewhere',
      ['0xfef00000', '0'],
      'vtd: the address of an interrupt request is 0xfee00000 to 0xfeefffff, got 0xfef00000\n',
    ],
    ['wide data', ['0xfee00398', '100000000'], 'vtd: the data of --interrupt has at most 32 bits, got "100000000"\n'],
    ['no number', ['0xfee00398', 'x'], 'vtd: the data of --interrupt is a hexadecimal number, got "x"\n'],
    ['an address', ['0xfee00398', '0', '--address', '0'], 'vtd: --address does not go with --interrupt\n'],
    ['an access', ['0xfee00398', '0', '--access', 'write'], 'vtd: --access does not go with --interrupt\n'],
    ['no snooping', ['0xfee00398', '0', '--no-snoop'], 'vtd: --no-snoop does not go with --interrupt\n'],
    [
      'an address before that is elsewhere',
      ['0xfee00398', '0', '--after', '0x1000'],
      'vtd: the address of an interrupt request is 0xfee00000 to 0xfeefffff, got 0x1000\n',
    ],
  ])('%s is refused with a sentence', async (_, args, err) => {
    expect(await ask('00:1f.2', ...args)).toEqual({ status: 2, out: '', err });
  });

  test('neither an address nor an interrupt, and no source', async () => {
    const nothing = await vtd('walk', LEGACY, '--source', '00:1f.2');
    expect(nothing.err).toBe('vtd: expected --address, or --interrupt with address and data\n');
    const noSource = await vtd('walk', LEGACY, '--interrupt', '0xfee00398', '0');
    expect(noSource.err).toBe("vtd: required option '--source <bb:dd.f>' not specified\n");
    expect([nothing.status, noSource.status]).toEqual([2, 2]);
  });
});
