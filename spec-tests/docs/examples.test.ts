import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { vtd } from '../cli/vtd.ts';
import { ROOT, textsBelow } from '../harness/repository.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const examples = textsBelow('docs/examples', (path) => path.endsWith('.ts'));

/** The text of every fenced block of a language. */
function blocksOf(language: string): readonly string[] {
  return [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter(([, it]) => it === language).map((it) => it[2]!);
}

/** What a `console` block shows: `$ command`, then lines of its output, where `...` stands for lines left out. */
const shown = blocksOf('console').map((block) => {
  const [prompt = '', ...lines] = block.trimEnd().split('\n');
  return { command: prompt.replace(/^\$ /, ''), lines };
});

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

async function outputOf(command: string): Promise<string> {
  const [program, ...args] = command.split(' ');
  if (program === 'vtd') return (await vtd(...args)).out;
  expect(command).toMatch(/^npx tsx docs\/examples\//);
  return execFileSync(process.execPath, ['--import', 'tsx', args[1]!], { cwd: ROOT, encoding: 'utf8' });
}

describe('README.md', () => {
  test('each TypeScript block is a file of docs/examples/, and each of these is shown', () => {
    expect([...blocksOf('ts')].sort()).toEqual([...examples.values()].sort());
  });

  test('each example is run', () => {
    const commands = shown.map(({ command }) => command);
    for (const path of examples.keys()) expect(commands).toContain(`npx tsx ${path}`);
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
