import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Field, Words } from '../../src/bits/field.ts';
import { REGISTERS } from '../../src/registers/all.ts';
import { STRUCTURES } from '../../src/structures/index.ts';
import { vtd } from '../cli/vtd.ts';

const folder = mkdtempSync(join(tmpdir(), 'vtd-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Toolchains that are not on the machine are skipped, by name. */
const lacks = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args.length === 0 ? ['--version'] : args).error !== undefined;

/** Standard output of a program that must succeed and complain of nothing. */
function run(program: string, ...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0 || stderr !== '') throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

async function put(language: string, name: string): Promise<void> {
  const { status, out, err } = await vtd('export', '--language', language);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  writeFileSync(join(folder, name), out);
}

interface Declared {
  readonly width: number;
  readonly fields: Readonly<Record<string, Field>>;
}

/** Names in capitals, worked out apart from the export. */
const capitals = (name: string): string =>
  [...name.toUpperCase()]
    .map((letter) => (/[A-Z0-9]/.test(letter) ? letter : '_'))
    .join('')
    .replace(/_+/g, '_')
    .replace(/_$/, '');

/**
 * All fields with the words that they are in once all of their bits are set, by the model's own writers: what a program
 * in another language has to print that sets each field to all ones. PIR is too wide for a word, and has four names.
 */
const EXPECTED = [...Object.entries(STRUCTURES), ...Object.entries(REGISTERS)].flatMap(
  ([id, { width, fields }]: [string, Declared]) =>
    Object.entries(fields).flatMap(([name, field]) => {
      const parts = name === 'PIR' ? [0, 1, 2, 3] : [undefined];
      return parts.map((part) => {
        const words = new Uint32Array(width / 32);
        const bits = part === undefined ? field.high - field.low + 1 : 64;
        const ones = (1n << BigInt(bits)) - 1n;
        const value = ones << BigInt(64 * (part ?? 0));
        (field.put as (words: Words, value: unknown) => void)(words, field.kind === 'wide' ? value : Number(value));
        const known = part === undefined ? capitals(name) : `${capitals(name)}_${part}`;
        return { layout: capitals(id), field: known, words: textOf(words), ones: ones.toString(16), width };
      });
    }),
);

function textOf(words: Words): string {
  const values = words.length === 1 ? [BigInt(words[0]!)] : [...new BigUint64Array(words.slice().buffer)];
  return values.map((value) => value.toString(16)).join(' ');
}

/** A line a field: its name, its words with all of its bits set, and its value in words of all ones. */
const LINES = EXPECTED.map(({ layout, field, words, ones }) => `${layout} ${field} ${words} ${ones}\n`).join('');

describe('Layouts for other languages', () => {
  test('there are fields of every structure and register', () => {
    expect(EXPECTED.length).toBeGreaterThan(500);
  });

  test.skipIf(lacks('cc'))('C (cc): constants and accessors agree with the model', async () => {
    await put('c', 'vtd_layouts.h');
    const body = EXPECTED.map(({ layout, field, width }) => {
      const name = `VTD_${layout}_${field}`;
      const count = Math.max(width / 64, 1);
      const printed = Array.from({ length: count }, (_, n) => `(unsigned long long)words[${n}]`).join(', ');
      return `  { ${width === 32 ? 'uint32_t' : 'uint64_t'} words[${count}] = { 0 }; VTD_SET(words, ${name}, -1);
    printf("${layout} ${field}${' %llx'.repeat(count)}", ${printed});
    for (unsigned n = 0; n < ${count}; n++) words[n] = (${width === 32 ? 'uint32_t' : 'uint64_t'})~UINT64_C(0);
    printf(" %llx\\n", (unsigned long long)VTD_GET(words, ${name})); }`;
    });
    writeFileSync(
      join(folder, 'main.c'),
      `#include <stdio.h>\n#include "vtd_layouts.h"\nint main(void) {\n${body.join('\n')}\n  return 0;\n}\n`,
    );
    run('cc', '-std=c11', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-Wno-conversion', '-o', 'main-c', 'main.c');
    expect(run(join(folder, 'main-c'))).toBe(LINES);
  });

  test.skipIf(lacks('rustc'))('Rust (rustc): constants and accessors agree with the model', async () => {
    await put('rust', 'vtd_layouts.rs');
    const body = EXPECTED.map(({ layout, field, width }) => {
      const count = Math.max(width / 64, 1);
      return `    show::<${count}>("${layout} ${field}", vtd_layouts::${layout.toLowerCase()}::${field}, ${width});`;
    });
    writeFileSync(
      join(folder, 'main.rs'),
      `mod vtd_layouts;
fn show<const N: usize>(name: &str, field: vtd_layouts::Field, width: u32) {
    let mut words = [0u64; N];
    field.set(&mut words, u64::MAX >> field.shift);
    print!("{name}");
    for word in words { print!(" {word:x}"); }
    println!(" {:x}", field.get(&[if width == 32 { 0xffff_ffff } else { u64::MAX }; N]));
}
fn main() {
${body.join('\n')}
}
`,
    );
    run('rustc', '--edition', '2021', '-D', 'warnings', '-o', 'main-rust', 'main.rs');
    expect(run(join(folder, 'main-rust'))).toBe(LINES);
  });

  test.skipIf(lacks('python3'))('Python (python3): constants and accessors agree with the model', async () => {
    await put('python', 'vtd_layouts.py');
    const body = EXPECTED.map(
      ({ layout, field, width }) =>
        `show("${layout} ${field}", vtd_layouts.${layout}.${field}, ${Math.max(width / 64, 1)}, ${width})`,
    );
    writeFileSync(
      join(folder, 'main.py'),
      `import vtd_layouts
def show(name, field, count, width):
    words = [0] * count
    field.set(words, (1 << 64) - 1 >> field.shift)
    ones = [(1 << min(width, 64)) - 1] * count
    print(name, *["%x" % word for word in words], "%x" % field.get(ones))
${body.join('\n')}
`,
    );
    expect(run('python3', 'main.py')).toBe(LINES);
  });

  test.skipIf(lacks('go', 'version'))('Go (go): constants and accessors agree with the model', async () => {
    await put('go', 'vtd.go');
    const body = EXPECTED.map(
      ({ layout, field, width }) =>
        `	show("${layout} ${field}", ${layout}_${field}, ${Math.max(width / 64, 1)}, ${width})`,
    );
    writeFileSync(join(folder, 'go.mod'), 'module vtd\n\ngo 1.18\n');
    writeFileSync(
      join(folder, 'vtd_test.go'),
      `package vtd
import ("fmt"; "testing"; "os")
func show(name string, field Field, count int, width int) {
	words := make([]uint64, count)
	field.Set(words, ^uint64(0)>>field.Shift)
	fmt.Fprint(out, name)
	for n := range words { fmt.Fprintf(out, " %x", words[n]); words[n] = ^uint64(0) >> (64 - min64(width)) }
	fmt.Fprintf(out, " %x\\n", field.Get(words))
}
func min64(width int) int { if width < 64 { return width }; return 64 }
var out *os.File
func TestLayouts(t *testing.T) {
	out, _ = os.Create("go.txt")
${body.join('\n')}
	out.Close()
}
`,
    );
    run('go', 'test', './...');
    expect(run('cat', 'go.txt')).toBe(LINES);
  });

  test('JSON has every field with its bits, section and attribute', async () => {
    const { out } = await vtd('export', '--language', 'json');
    const { layouts } = JSON.parse(out) as { layouts: { id: string; section: string; fields: { name: string }[] }[] };
    const fsts = layouts.find(({ id }) => id === 'FSTS_REG');
    expect(fsts).toMatchObject({ section: '§11.4.7.1', width: 32, offset: 0x34 });
    expect(fsts?.fields).toContainEqual(
      expect.objectContaining({ name: 'PPF', high: 1, low: 1, mask: '0x2', attribute: 'ROS' }),
    );
    expect(layouts.reduce((sum, { fields }) => sum + fields.length, 0)).toBe(EXPECTED.length);
  });

  test('a language that there is not', async () => {
    const { status, err } = await vtd('export', '--language', 'cobol');
    expect(status).toBe(2);
    expect(err).toContain('--language is one of c, rust, go, python, json, got "cobol"');
  });
});
