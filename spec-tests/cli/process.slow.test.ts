import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { image } from './vtd.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = ['--import', 'tsx', 'src/cli/main.ts'];

/** The command as a process of its own, from the root of the checkout. */
function spawned(...args: readonly string[]) {
  return spawnSync(process.execPath, [...MAIN, ...args], { cwd: root, encoding: 'utf8' });
}

describe('vtd as a process', () => {
  test('the tour ends with status 0 and shows every command', () => {
    const { status, stdout, stderr } = spawned('tour');
    expect(stderr).toBe('');
    expect(status).toBe(0);
    for (const command of ['list', 'walk', 'interrupts', 'replay', 'decode']) {
      expect(stdout).toMatch(new RegExp(`^\\$ vtd ${command} `, 'm'));
    }
    expect(stdout).toContain('$ vtd list fixtures/linux/legacy48 --summary\n');
    expect(stdout).toContain('  94 as the model translates\n  0 otherwise\n');
    expect(stdout).toContain('26h, fault reason 26h: source-id validation failed');
    expect(stdout).toContain('  14 as the model remaps\n  0 otherwise\n');
    expect(stdout).toContain('$ vtd list fixtures/linux/v10-first-stage --summary\n');
    expect(stdout).toContain('  222 as the model translates\n  0 otherwise\n');
  });

  test('a mistake is one sentence on standard error and status 2', () => {
    const { status, stdout, stderr } = spawned('decode', 'ss-ptee', '1');
    expect(stdout).toBe('');
    expect(stderr).toBe('vtd: there is no structure or register "ss-ptee"; did you mean ss-pte?\n');
    expect(status).toBe(2);
  });

  test('a reader that stops early is no failure', () => {
    const command = `"$0" --import tsx src/cli/main.ts list '${image('legacy48')}' | head -n 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath], { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Image .*\n0\n$/);
  });
});
