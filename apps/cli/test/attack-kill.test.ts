import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { expect, it } from 'vitest';
import { builtProgram } from './support/built-program.js';
import { brightQuarters, quarterNetwork } from './support/models.js';
import { temporaryFolder } from './support/temporary-folder.js';

const inFolder = temporaryFolder();
const COUNT = 200;
/** 4 parts at 2 radii. */
const LINES = 8;
writeFileSync(inFolder('model.onnx'), writeOnnx(quarterNetwork()));
writeFileSync(
  inFolder('data.npz'),
  writeNpz({
    x: float32Tensor([COUNT, 4], brightQuarters(COUNT)),
    y: int64Tensor(
      [COUNT],
      Array.from({ length: COUNT }, (_, i) => i % 4),
    ),
  }),
);

it('a run that is killed again and again ends with the bytes and the table of one that was not', async () => {
  const program = await builtProgram();
  try {
    const call = (out: string): string[] => [
      ...[program.file, 'attack', inFolder('model.onnx')],
      ...['--data', `npz:${inFolder('data.npz')}`, '--limit', String(COUNT), '--norm', 'linf'],
      ...['--epsilon', '.15,.3', '--attack', 'apgd-ce,fab-t', '--quiet', '--out', inFolder(out)],
    ];
    const straight = await promisify(execFile)(process.execPath, call('straight.npz'));
    const partial = inFolder('killed.npz.partial');
    const written = (): number =>
      existsSync(partial) ? readFileSync(partial, 'latin1').split('\n').length : 0;
    let [kills, wanted] = [0, 2];
    while (!existsSync(inFolder('killed-0.3.npz'))) {
      const run = spawn(process.execPath, [...call('killed.npz'), '--resume'], { stdio: 'ignore' });
      const ended = once(run, 'exit');
      // Some time after a further part is on the disk: in the middle of the next, or of its being written.
      while (run.exitCode === null && written() < wanted && wanted < LINES) await pause(5);
      if (wanted < LINES) {
        await pause(7 * kills);
        if (run.kill('SIGKILL')) kills += 1;
      }
      await ended;
      wanted = written() + 2;
    }
    expect(kills).toBeGreaterThan(1);
    for (const epsilon of ['0.15', '0.3']) {
      const [a, b] = ['killed', 'straight'].map((name) =>
        readFileSync(inFolder(`${name}-${epsilon}.npz`)),
      );
      expect(a?.equals(b as Buffer)).toBe(true);
    }
    const again = await promisify(execFile)(process.execPath, [...call('straight.npz'), '--force']);
    expect(again.stdout).toBe(straight.stdout);
    expect(existsSync(partial)).toBe(false);
  } finally {
    program.remove();
  }
}, 120_000);
