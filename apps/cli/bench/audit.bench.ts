// `npm run bench -- apps/cli`: CPU seconds of the audit without arguments, in this process. Goal: at most 40.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bench, describe } from 'vitest';
import { run } from '../src/program.js';

const GOAL = 40;

const quiet = { write: () => true };

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

describe('the audit without arguments', () => {
  bench(
    'two bundled networks, 100 images',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'floatpath-bench-'));
      const start = cpuSeconds();
      const code = await run(['audit', '--workers', '1', '--out', join(folder, 'report')], {
        stdout: quiet,
        stderr: quiet,
        env: {},
        signal: new AbortController().signal,
        clock: () => cpuSeconds() * 1000,
      });
      const used = cpuSeconds() - start;
      rmSync(folder, { recursive: true });
      if (code !== 0) throw new Error(`audit: expected exit code 0, got ${code}`);
      process.stdout.write(
        `audit without arguments: ${used.toFixed(1)} CPU seconds, ${(used / GOAL).toFixed(2)} of the goal of ${GOAL}\n`,
      );
    },
    { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 },
  );
});
