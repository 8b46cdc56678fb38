import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conform } from '../../src/conformance/conform.ts';
import { subjectsOf } from '../../src/conformance/suite.ts';
import { transcriptOf } from '../../src/conformance/transcript.ts';
import { loadVectors } from '../../src/vectors/load.ts';
import { ROOT, textsBelow } from '../harness/repository.ts';

const CLIENTS = join(ROOT, 'docs/examples/clients');
/** What `vtd serve` runs. */
const SERVE = [process.execPath, '--import', 'tsx', 'spec-tests/oracle-protocol/server.ts'];
const SERVE_TEXT = [...SERVE, '--text'];
/** What the clients that show one page print. */
const SHOWN = 'read: completed 0x7678\nwrite: UR LGN.2\nrefused: source takes\n';

const folder = mkdtempSync(join(tmpdir(), 'vtd-clients-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Toolchains that are not on the machine are skipped, by name. */
const lacks = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined;

/** Standard output and status of a program that may take as long as it needs. */
function run(command: readonly string[], input = ''): { readonly out: string; readonly status: number | null } {
  const [program = '', ...args] = command;
  const { stdout, stderr, status } = spawnSync(program, args, { cwd: ROOT, input, encoding: 'utf8' });
  return { out: status === 0 || status === 1 ? stdout : stdout + stderr, status };
}

function compile(command: readonly string[]): void {
  const { out, status } = run(command);
  if (status !== 0 || out !== '') throw new Error(`${command.join(' ')}: ${out}`);
}

const STRICT = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-O2'];
const compileC = (name: string): void =>
  compile(['cc', ...STRICT, '-o', join(folder, name), join(CLIENTS, `${name}.c`)]);

const files = loadVectors(join(ROOT, 'fixtures'));

describe.skipIf(lacks('cc'))('The clients in C (cc)', () => {
  const REPLAY = join(folder, 'replay');
  const REGISTERS = join(CLIENTS, 'registers.transcript');
  beforeAll(() => {
    compileC('replay');
    compileC('adapter');
  });

  test('replay.c replays a transcript, and tells what was answered otherwise', () => {
    expect(run([REPLAY, REGISTERS, ...SERVE_TEXT])).toEqual({ out: '19 requests, 0 wrong\n', status: 0 });
    const text = '> readl 0x1000\n< OK 0x*1\n< OK 0x*2\n> foo\n> version\n';
    const { out, status } = run([REPLAY, '-', ...SERVE_TEXT], text);
    expect(status).toBe(1);
    expect(out).toMatch(
      /^line 1: readl 0x1000\n {2}answered OK 0x0{16}\n {2}expected OK 0x\*1\n {2}or {7}OK 0x\*2\nline 4: foo\n {2}answered FAIL there is no .*\n {2}expected OK\n3 requests, 2 wrong\n$/,
    );
  });

  test('replay.c replays vectors', () => {
    const subjects = subjectsOf(files, { filters: ['faults/', 'LGN.2'] }).filter((_, n) => n % 20 === 0);
    const lines = subjects.flatMap(({ run: one }) => transcriptOf(one));
    const requests = lines.filter((line) => line.startsWith('> ')).length;
    expect(requests).toBeGreaterThan(200);
    const replayed = run([REPLAY, '-', ...SERVE_TEXT], `${lines.join('\n')}\n`);
    expect(replayed).toEqual({ out: `${requests} requests, 0 wrong\n`, status: 0 });
  });

  test('replay.c says when a peer cannot be started, or ends', () => {
    expect(run([REPLAY, REGISTERS, join(folder, 'nobody')])).toMatchObject({ status: 2 });
    expect(run([REPLAY, REGISTERS, 'true'])).toMatchObject({ status: 2 });
  });

  test.skipIf(lacks('qemu-system-x86_64'))('replay.c drives QEMU by the same lines (qemu-system-x86_64)', () => {
    const [, options = ''] =
      /replay registers\.transcript qemu-system-x86_64 ([\s\S]*?)\n#?\n/.exec(readFileSync(REGISTERS, 'utf8')) ?? [];
    const words = options.split(/[\s\\#]+/).filter((word) => word !== '');
    expect(words).toContain('intel-iommu');
    const { out, status } = run([REPLAY, REGISTERS, 'qemu-system-x86_64', ...words]);
    expect({ out, status }).toEqual({ out: '19 requests, 0 wrong\n', status: 0 });
  });

  test('adapter.c is judged by vtd conform --text', async () => {
    const ids = ['LCT.2-4', 'LCT.2-10', 'off-1', 'off-2', 'off-3', 'LGN.3-1', 'fault-collapse-1', 'context-haw39-5'];
    const outcome = await conform(subjectsOf(files, { ids }), {
      command: join(folder, 'adapter'),
      timeout: 20_000,
      startTimeout: 20_000,
      inFlight: 4,
      form: 'text',
      restarts: 0,
      caches: undefined,
      choices: {},
    });
    if (typeof outcome === 'string') throw new Error(outcome);
    expect(outcome.target.unit).toMatchObject({ capabilities: '0x222f0406', hostAddressWidth: 46 });
    const verdicts = new Map(outcome.results.map(({ subject, verdict }) => [subject.run.id, verdict.kind]));
    for (const id of ids.slice(0, 5)) expect([id, verdicts.get(id)]).toEqual([id, 'passed']);
    // It is written for a choice that the adapter does not name.
    expect(verdicts.get('fault-collapse-1')).toBe('skipped');
    expect([...verdicts.values()].filter((kind) => kind === 'lost')).toEqual([]);
  });
});

test.skipIf(lacks('rustc'))('client.rs (rustc)', () => {
  const client = join(folder, 'client-rs');
  compile(['rustc', '--edition', '2021', '-D', 'warnings', '-o', client, join(CLIENTS, 'client.rs')]);
  expect(run([client, ...SERVE_TEXT])).toEqual({ out: SHOWN, status: 0 });
});

test.skipIf(lacks('go'))('client.go (go)', () => {
  const client = join(folder, 'client-go');
  compile(['go', 'build', '-o', client, join(CLIENTS, 'client.go')]);
  expect(run([client, ...SERVE])).toEqual({ out: SHOWN, status: 0 });
});

test.skipIf(lacks('python3'))('client.py (python3)', () => {
  expect(run(['python3', join(CLIENTS, 'client.py'), ...SERVE])).toEqual({ out: SHOWN, status: 0 });
});

test('every file of docs/examples/clients/ is tried here', () => {
  const here = readFileSync(new URL(import.meta.url), 'utf8');
  for (const path of textsBelow('docs/examples/clients', (path) => !path.endsWith('.md')).keys()) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    expect(here.includes(name) || here.includes(`compileC('${name.replace(/\.c$/, '')}')`), name).toBe(true);
  }
});
