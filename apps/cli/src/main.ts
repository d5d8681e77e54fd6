import process from 'node:process';
import { run } from './program.js';
import { stopSignal } from './signals.js';

for (const stream of [process.stdout, process.stderr]) {
  // A reader that closes its end early (`| head`) is no failure of the program.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  signal: stopSignal(process),
  clock: () => performance.now(),
});
