import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { image, vtd } from './vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Record {
  readonly in_tables: boolean;
  readonly gpa: string;
}
const traceOf = (name: string): readonly Record[] =>
  JSON.parse(readFileSync(join(image(name), 'translations.json'), 'utf8'));

describe('vtd replay of translations', () => {
  test.each(['legacy48', 'legacy48-lazy', 'v10-legacy-eim', 'v10-first-stage', 'v11-scalable-ss'])(
    '%s: the model translates as QEMU did, wherever the tables still say so',
    async (name) => {
      const { status, out } = await vtd('replay', image(name), '--json');
      expect(status).toBe(0);
      const { matches, mismatches, onlyInCache } = JSON.parse(out);
      const recorded = traceOf(name);
      expect(matches).toBe(recorded.filter(({ in_tables }) => in_tables).length);
      expect(mismatches).toEqual([]);
      expect(onlyInCache).toHaveLength(recorded.filter(({ in_tables }) => !in_tables).length);
    },
  );

  test('v10-first-stage: a unit that judges AW where it has no second stage agrees with none', async () => {
    const path = image('v10-first-stage');
    const { status, out } = await vtd('replay', path, '--choice', 'addressWidthWithoutSecondStage=reserved');
    expect(status).toBe(1);
    expect(out).toContain('  0 as the model translates\n  222 otherwise\n');
  });

  test('what lived only in a cache is listed with what the tables say now', async () => {
    const { out } = await vtd('replay', image('legacy48-lazy'));
    expect(out).toContain('  79 as the model translates\n  0 otherwise\n  251 only in a cache');
    expect(out).toMatch(/02:00\.0 0xffdc0000 +-> 0x30e7000 +the tables say LGN\.3, no read permission/);
  });

  test('a translation that the tables do not make is a mismatch, and the exit status is 1', async () => {
    const [first, ...others] = traceOf('legacy48');
    const trace = written('wrong.json', [{ ...first, gpa: '0x1234000', domain: '0x9' }, ...others]);
    const { status, out } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(1);
    expect(out).toContain('  93 as the model translates\n  1 otherwise\n');
    expect(out).toContain(
      '  00:04.0 0xfffff000         -> 0x1234000      the tables say 0x1bbf4000, page of 4 KiB (the domain was 9)\n',
    );
  });

  test.each<[string, unknown, RegExp]>([
    ['an object', {}, /^vtd: expected an array of translations in .*object.json, got an object\n$/],
    ['a number in it', [5], /^vtd: expected an object at entry 0 of .*, got a number\n$/],
    [
      'no address',
      [{ sid: '0x20', mask: '0xfff' }],
      /^vtd: expected a string at "iova" of entry 0 of .*, got nothing\n$/,
    ],
    [
      'a mask that is none',
      [{ sid: '0x20', mask: '0xff0' }],
      /^vtd: "mask" of entry 0 of .* is a page size less one, got 0xff0\n$/,
    ],
    ['half', '[{"sid":', /^vtd: expected JSON in .*half.json, but it ends in the middle of a value \(cut off\?\)\n$/],
  ])('a trace with %s is refused with a sentence', async (name, content, sentence) => {
    const trace = written(`${name.split(' ').at(-1)}.json`, content);
    const { status, err } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(2);
    expect(err).toMatch(sentence);
  });

  test('an image that is a file brings no trace', async () => {
    const { err } = await vtd('replay', join(image('legacy48'), 'dump.json'));
    expect(err).toMatch(/^vtd: expected a trace: only a folder brings its own/);
  });
});

/** A record of `interrupts.json`. */
interface InterruptRecord {
  readonly address: string;
  readonly out_address: string;
  readonly out_data: string;
  readonly seq: number;
  readonly index?: number;
  readonly traced_irte?: readonly string[];
  readonly irte_as_in_dump?: boolean;
}
const interruptsOf = (name: string): readonly InterruptRecord[] =>
  JSON.parse(readFileSync(join(image(name), 'interrupts.json'), 'utf8'));

describe('vtd replay of interrupts (§5.1.4)', () => {
  test.each([
    ['legacy48', 14],
    ['legacy48-lazy', 14],
    ['v10-legacy-eim', 16],
    ['v10-first-stage', 16],
    ['v11-scalable-ss', 14],
  ] as const)(
    '%s: the model remaps as QEMU did, all %i, but for one from before remapping was on',
    async (name, count) => {
      const { status, out } = await vtd('replay', image(name), '--json');
      expect(status).toBe(0);
      const { interrupts } = JSON.parse(out);
      expect(interruptsOf(name).filter(({ index }) => index !== undefined)).toHaveLength(count);
      expect(interrupts).toMatchObject({ requests: count + 1, matches: count, mismatches: [], changed: [] });
      expect(interrupts.withRemappingOff).toEqual([
        {
          recorded: { address: '0xfee00000', data: 0, outAddress: '0xfee00000', outData: 0 },
          source: '00:00.0',
          model: '25h, compatibility-format request blocked',
          differences: ['it went on as a message'],
        },
      ]);
    },
  );

  test('both traces of a folder, one after the other', async () => {
    const path = image('legacy48');
    const { status, out } = await vtd('replay', path);
    expect(status).toBe(0);
    expect(out).toContain(`
15 interrupt requests in ${path}/interrupts.json
  14 as the model remaps
  0 otherwise
  1 without an entry, before all that have one: with remapping off (IRES=0) the model does the same

Without an entry
  0xfee00000 0x0 -> 0xfee00000 0x0  the unit as dumped says 25h, compatibility-format request blocked
`);
    expect(out.startsWith(`94 translations in ${path}/translations.json\n`)).toBe(true);
  });

  test.each<[string, Partial<InterruptRecord>, string]>([
    ['the address', { out_address: '0xfee0200c' }, 'the address was 0xfee0200c'],
    ['the data', { out_data: '0xc030' }, 'the data were 0xc030'],
    ['the index', { index: 2 }, 'the index was 2'],
    ['the entry', { traced_irte: ['0x4ff00', '0x1000031000d'] }, 'the entry was 0x000000000004ff00000001000031000d'],
  ])('%s that differs is a mismatch, and the exit status is 1', async (_, change, says) => {
    const [before, first, ...others] = interruptsOf('legacy48');
    const trace = written('wrong.json', [before, { ...first, ...change }, ...others]);
    const { status, out } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(1);
    expect(out).toContain('  13 as the model remaps\n  1 otherwise\n');
    expect(out).toContain(`the unit as dumped says 0xfee0100c 0x4030, by entry 1 (${says})\n`);
    expect(out).toContain(' --source ff:00.0 --interrupt 0xfee00030 0x2 shows why\n');
  });

  test('an entry that is another one now is listed apart', async () => {
    const [before, first, ...others] = interruptsOf('legacy48');
    const change = { irte_as_in_dump: false, out_data: '0x4031' };
    const trace = written('changed.json', [before, { ...first, ...change }, ...others]);
    const { status, out } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(0);
    expect(out).toContain('  13 as the model remaps\n  0 otherwise\n');
    expect(out).toContain('  1 by an entry that the table no longer has\n');
  });

  test('a request that passed while others were remapped is a mismatch: CFIS is 0', async () => {
    const [before, ...others] = interruptsOf('legacy48');
    const trace = written('passed.json', [{ ...before, seq: 2_000_000 }, ...others]);
    const { status, out } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(1);
    expect(out).toContain('  14 as the model remaps\n  1 otherwise\n  0 without an entry');
    expect(out).toContain('25h, compatibility-format request blocked (others had been remapped before)\n');
  });

  test('one from before remapping was on that did not pass unchanged is a mismatch', async () => {
    const [before, ...others] = interruptsOf('legacy48');
    const trace = written('altered.json', [{ ...before, out_data: '0x4000' }, ...others]);
    const { status, out } = await vtd('replay', image('legacy48'), trace);
    expect(status).toBe(1);
    expect(out).toContain('  14 as the model remaps\n  1 otherwise\n  0 without an entry');
  });

  test('x2APIC mode: bits 31:8 of the destination are bits 63:40 of the address', async () => {
    const memory = Buffer.alloc(0x2000);
    // Vector 31h, level, to the APIC 12345678h; from buses 04 to 08.
    memory.writeBigUInt64LE(0x1234_5678_0031_0011n, 0x1030);
    memory.writeBigUInt64LE(0x8_0408n, 0x1038);
    const path = join(folder, 'raw.bin');
    writeFileSync(path, memory);
    const unit = ['--base', '0', '--cap', 'd2008c222f0606', '--ecap', 'f00f5a', '--haw', '39', '--irta', '1803'];
    const record = { address: '0xfee00070', data: '0x0', out_data: '0xc031', seq: 1, index: 3 };
    const trace = (out_address: string) => written('x2apic.json', [{ ...record, out_address }]);
    const right = await vtd('replay', path, trace('0x12345600fee78000'), ...unit);
    expect(right.out).toContain('  1 as the model remaps\n  0 otherwise\n');
    expect(right.status).toBe(0);
    const cut = await vtd('replay', path, trace('0xfee78000'), ...unit);
    expect(cut.out).toContain('says 0x12345600fee78000 0xc031, by entry 3 (the address was 0xfee78000)\n');
    expect(cut.out).toContain(' --source 04:00.0 --interrupt 0xfee00070 0x0 shows why\n');
    expect(cut.status).toBe(1);
  });

  const record = { address: '0xfee00000', data: '0x0', out_address: '0xfee00000', out_data: '0x0', seq: 1 };
  test.each<[string, unknown, RegExp]>([
    [
      'no sequence',
      [{ ...record, seq: undefined }],
      /^vtd: "seq" of entry 0 of .* is a whole number up to \d+, got nothing\n$/,
    ],
    [
      'an index that is none',
      [{ ...record, index: 65536 }],
      /^vtd: "index" of entry 0 of .* is a whole number up to 65535, got 65536\n$/,
    ],
    [
      'an address elsewhere',
      [{ ...record, address: '0x1000' }],
      /^vtd: "address" of entry 0 of .* is 0xfee00000 to 0xfeefffff, got 0x1000\n$/,
    ],
    [
      'half an entry',
      [{ ...record, traced_irte: ['0x1'] }],
      /^vtd: "traced_irte" of entry 0 of .* is two words of 64 bits, the upper first\n$/,
    ],
    ['no data', [{ ...record, data: undefined }], /^vtd: expected a string at "data" of entry 0 of .*, got nothing\n$/],
  ])('a trace with %s is refused with a sentence', async (_, content, sentence) => {
    const { status, err } = await vtd('replay', image('legacy48'), written('bad.json', content));
    expect(status).toBe(2);
    expect(err).toMatch(sentence);
  });
});
