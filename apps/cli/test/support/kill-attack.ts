import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { float32Tensor, int64Tensor } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { writeNpz } from '@floatpath/model-io/datasets';
import { expect } from 'vitest';
import { builtProgram } from './built-program.js';
import { brightQuarters, quarterNetwork } from './models.js';

/** Attacks are run in parts of so many images. */
const PART = 50;

/**
 * Attacks `images` images at two radii, killed at every `every`-th part that reaches the disk until it ends; the rows must be those of a
 * run that was not.
 *
 * @returns how often it was killed
 */
export async function killAttack(
  inFolder: (name: string) => string,
  { images, every, attacks }: { images: number; every: number; attacks: string },
): Promise<number> {
  const lines = 2 * (images / PART);
  writeFileSync(inFolder('model.onnx'), writeOnnx(quarterNetwork()));
  const labels = Array.from({ length: images }, (_, i) => i % 4);
  const x = float32Tensor([images, 4], brightQuarters(images));
  writeFileSync(inFolder('data.npz'), writeNpz({ x, y: int64Tensor([images], labels) }));
  const program = await builtProgram();
  try {
    const call = (out: string): string[] => [
      ...[program.file, 'attack', inFolder('model.onnx')],
      ...['--data', `npz:${inFolder('data.npz')}`, '--limit', String(images), '--norm', 'linf'],
      ...['--epsilon', '.15,.3', '--attack', attacks, '--quiet', '--out', inFolder(out)],
    ];
    const straight = await promisify(execFile)(process.execPath, call('straight.npz'));
    const partial = inFolder('killed.npz.partial');
    const written = (): number =>
      existsSync(partial) ? readFileSync(partial, 'latin1').split('\n').length : 0;
    let [kills, wanted, table] = [0, 2, ''];
    while (!existsSync(inFolder('killed-0.3.npz'))) {
      const run = spawn(process.execPath, [...call('killed.npz'), '--resume'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      table = '';
      run.stdout.on('data', (text: Buffer) => (table += text.toString()));
      const ended = once(run, 'close');
      // Some time after a further part is on the disk: in the middle of the next, or of its being written.
      while (run.exitCode === null && written() < wanted && wanted < lines) await pause(5);
      if (wanted < lines) {
        await pause(7 * kills);
        if (run.kill('SIGKILL')) kills += 1;
      }
      await ended;
      wanted = written() + every;
    }
    for (const epsilon of ['0.15', '0.3']) {
      const [a, b] = ['killed', 'straight'].map((name) =>
        readFileSync(inFolder(`${name}-${epsilon}.npz`)),
      );
      expect(a?.equals(b as Buffer)).toBe(true);
    }
    expect(table).toBe(straight.stdout);
    expect(existsSync(partial)).toBe(false);
    return kills;
  } finally {
    program.remove();
  }
}
