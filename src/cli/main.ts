#!/usr/bin/env node
import { run } from './program.ts';

// The reader of a pipe may have seen enough (`vtd list IMAGE | head`). That is no failure of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 2);
  });
}

const colour = process.stdout.isTTY ? process.stdout.hasColors() : (process.env.FORCE_COLOR ?? '0') !== '0';
process.exitCode = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr, colour });
