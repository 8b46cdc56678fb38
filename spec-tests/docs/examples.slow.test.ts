import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SparseMemory } from '../../src/index.ts';
import { MOST_WAYS } from '../../src/permitted/explore.ts';
import { vtd } from '../cli/vtd.ts';
import { ROOT, textsBelow } from '../harness/repository.ts';
import { Peer } from '../oracle-protocol/peer.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const staleAnswers = readFileSync(join(ROOT, 'docs/stale-answers.md'), 'utf8');
const interruptSources = readFileSync(join(ROOT, 'docs/interrupt-sources.md'), 'utf8');
const pageRequests = readFileSync(join(ROOT, 'docs/page-requests.md'), 'utf8');
const deviceTlb = readFileSync(join(ROOT, 'docs/device-tlb.md'), 'utf8');
const conformance = readFileSync(join(ROOT, 'docs/conformance.md'), 'utf8');
const dmar = readFileSync(join(ROOT, 'docs/dmar.md'), 'utf8');
const matchersPage = readFileSync(join(ROOT, 'docs/matchers.md'), 'utf8');
const lintPage = readFileSync(join(ROOT, 'docs/lint.md'), 'utf8');
const sharedAdapter = readFileSync(join(ROOT, 'docs/shared-adapter.md'), 'utf8');
const traces = readFileSync(join(ROOT, 'docs/traces.md'), 'utf8');
const debugfs = readFileSync(join(ROOT, 'docs/debugfs.md'), 'utf8');
const vectorsPage = readFileSync(join(ROOT, 'docs/vectors.md'), 'utf8');
const performanceMonitoring = readFileSync(join(ROOT, 'docs/performance-monitoring.md'), 'utf8');
const snapshots = readFileSync(join(ROOT, 'docs/snapshots.md'), 'utf8');
const examples = textsBelow('docs/examples', (path) => path.endsWith('.ts'));
const recorded = readFileSync(join(ROOT, 'docs/examples/recorded.jsonl'), 'utf8').trimEnd().split('\n');

/** The text of every fenced block of a language, or of none, in a page. */
function blocksOf(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter(([, it]) => it === language).map((it) => it[2]!);
}

/** What a `console` block shows: `$ command`, then lines of its output, where `...` stands for lines left out. */
const shown = [
  readme,
  staleAnswers,
  interruptSources,
  pageRequests,
  deviceTlb,
  conformance,
  vectorsPage,
  dmar,
  lintPage,
  sharedAdapter,
  traces,
  snapshots,
  debugfs,
  performanceMonitoring,
].flatMap((page) =>
  blocksOf(page, 'console').map((block) => {
    const [prompt = '', ...lines] = block.trimEnd().split('\n');
    return { command: prompt.replace(/^\$ /, ''), lines };
  }),
);

/** Whether the output is the lines as they are shown, nothing else being left out than `...` says. */
function isShown(output: string, lines: readonly string[]): boolean {
  const rest = output.trimEnd().split('\n');
  let leavesOut = false;
  for (const line of lines) {
    if (leavesOut) rest.splice(0, rest.indexOf(line));
    leavesOut = line === '...';
    if (!leavesOut && rest.shift() !== line) return false;
  }
  return leavesOut || rest.length === 0;
}

/** The words of a command, some of them in single quotes. */
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word);

async function outputOf(command: string): Promise<string> {
  const [program, ...args] = wordsOf(command);
  if (command === 'vtd serve < docs/examples/recorded.jsonl') return served(recorded);
  if (program === 'vtd') return (await vtd(...args)).out;
  expect(command).toMatch(/^npx tsx docs\/examples\//);
  return execFileSync(process.execPath, ['--import', 'tsx', args[1]!], { cwd: ROOT, encoding: 'utf8' });
}

/** What a server answers to these lines. */
function served(lines: readonly string[]): string {
  const peer = new Peer();
  return lines.map((line) => peer.line(line)).join('');
}

describe('README.md and the pages that show what commands print', () => {
  test('each TypeScript block of README.md is a file of docs/examples/', () => {
    for (const block of blocksOf(readme, 'ts')) expect([...examples.values()]).toContain(block);
  });

  test.each([
    ['docs/stale-answers.md', staleAnswers, 'docs/examples/unmap-without-invalidating.ts'],
    ['docs/interrupt-sources.md', interruptSources, 'docs/examples/raise-an-interrupt.ts'],
    ['docs/page-requests.md', pageRequests, 'docs/examples/answer-page-requests.ts'],
    ['docs/performance-monitoring.md', performanceMonitoring, 'docs/examples/count-events.ts'],
    ['docs/device-tlb.md', deviceTlb, 'docs/examples/forgotten-device-tlb.ts'],
    ['docs/dmar.md', dmar, 'docs/examples/build-a-dmar-table.ts'],
    ['docs/matchers.md', matchersPage, 'docs/examples/driver.test.ts'],
    ['docs/lint.md', lintPage, 'docs/examples/driver.test.ts'],
  ])('each TypeScript block of %s stands in its example', (_, page, path) => {
    const blocks = blocksOf(page, 'ts');
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(examples.get(path)).toContain(block);
  });

  test('each example is run', () => {
    const commands = shown.map(({ command }) => command);
    // Those that are tests are run with the others; a folder has the parts of one.
    const programs = [...examples.keys()].filter((path) => /^docs\/examples\/[^/]+(?<!\.test)\.ts$/.test(path));
    for (const path of programs) expect(commands).toContain(`npx tsx ${path}`);
  });

  test.each(shown)('$command answers as it is shown', async ({ command, lines }) => {
    const output = await outputOf(command);
    expect(isShown(output, lines), output).toBe(true);
  });

  test('a line that is not there, and one left out without saying so, are found', () => {
    const output = 'a (1)\nb\nc\nd\n';
    expect(isShown(output, ['a (1)', '...', 'd'])).toBe(true);
    expect(isShown(output, ['a (1)', 'b', 'd'])).toBe(false);
    expect(isShown(output, ['a (1)', '...', 'e'])).toBe(false);
    expect(isShown(output, ['a (1)', 'b', 'c'])).toBe(false);
  });
});

describe('docs/stale-answers.md', () => {
  const exchanges = blocksOf(staleAnswers, '').map((block) => block.trimEnd().split('\n'));
  const tables = recorded.slice(
    0,
    recorded.findIndex((line) => line.includes('"method":"dma"')),
  );

  test('has its exchanges', () => {
    expect(exchanges.map((lines) => lines.length)).toEqual([10, 12]);
  });

  test.each(exchanges)('the exchange that begins with %s runs as it is printed', (...lines) => {
    const peer = new Peer();
    for (const line of tables) expect(peer.line(line)).toBe('');
    for (let i = 0; i < lines.length; i += 2) {
      const [request = '', reply = ''] = [lines[i], lines[i + 1]];
      expect([request.slice(0, 2), reply.slice(0, 2)]).toEqual(['> ', '< ']);
      expect(peer.line(request.slice(2))).toBe(`${reply.slice(2)}\n`);
    }
  });

  test('with the tail up to the wait old and new answers are permitted, past it the new one alone', () => {
    const memory = new SparseMemory();
    const peer = new Peer();
    for (const line of tables) peer.line(line);
    const dma = { source: '00:05.0', address: '0x40201234', access: 'read' };
    const old = { outcome: 'completed', address: '0x7234' };
    const write = (offset: string, width: number, value: string) =>
      peer.ask('register.write', { offset, width, value });
    const classOf = (observed: object) => peer.ask('permitted', { method: 'dma', request: dma, observed }).class;
    memory.writeQwords(0n, [0x1_0032n, 0x4020_1040n, 0x1_0000_0025n, 0x9000n]);
    const data = Buffer.from(memory.read(0n, 32)).toString('hex');
    peer.ask('memory.write', { address: '0x8000', data });
    write('0x90', 64, '0x8000');
    write('0x18', 32, '0x84000000');
    peer.ask('dma', dma);
    peer.ask('memory.write', { address: '0x6008', data: '0000000000000000' });
    write('0x88', 64, '0x10');
    expect([classOf(old), classOf({ outcome: 'UR' })]).toEqual(['stale', 'fresh']);
    write('0x88', 64, '0x20');
    expect([classOf(old), classOf({ outcome: 'UR' })]).toEqual(['forbidden', 'fresh']);
    expect(peer.ask('memory.read', { address: '0x9000', length: 4 })).toEqual({ data: '01000000' });
  });

  test('names the bound of a judgement', () => {
    expect(staleAnswers).toContain(MOST_WAYS.toLocaleString('en'));
  });
});
