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

describe('vtd replay', () => {
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

  test('a trace of interrupts is not replayed by this version', async () => {
    const trace = join(image('legacy48'), 'interrupts.json');
    expect(await vtd('replay', image('legacy48'), trace)).toEqual({
      status: 2,
      out: '',
      err: `vtd: ${trace} is a trace of interrupts, and this version replays translations only\n`,
    });
  });

  test('an image that is a file brings no trace', async () => {
    const { err } = await vtd('replay', join(image('legacy48'), 'dump.json'));
    expect(err).toMatch(/^vtd: expected a trace: only a folder brings its own/);
  });
});
