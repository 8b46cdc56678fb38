import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from './harness/repository.ts';

test('the command has help, and says in one sentence what is wrong with what it was given', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'spec-tests/harness/vectors-cli.ts', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
  expect(run('--help')).toMatchObject({ status: 0, stderr: '' });
  expect(run('lint', 'gone.json')).toMatchObject({
    status: 2,
    stderr: 'vectors: gone.json cannot be read: ENOENT\n',
  });
});
