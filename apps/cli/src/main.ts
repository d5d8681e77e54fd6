import process from 'node:process';
import { exitCode } from '@floatpath/core';
import { run } from './program.js';
import { stopSignal } from './signals.js';
import { watchOutput } from './watch-output.js';

const output = watchOutput(process, () => (process.exitCode = exitCode.failed));

const status = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: stopSignal(process),
  clock: () => performance.now(),
});
if (!output.lost) process.exitCode = status;
