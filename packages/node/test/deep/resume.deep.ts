import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { certificationReport, readWholeCounts } from '@floatpath/smoothing';
import { fillWords } from '@floatpath/core';
import { expect, test } from 'vitest';
import { writeEvidence } from '../../../../scripts/evidence.js';
import { bundledModule } from '../counting-worker-module.js';

const shared = new URL('../../../../../shared/', import.meta.url);
const path = (name: string): string => fileURLToPath(new URL(name, shared));
const missing = !existsSync(path('networks/mnist-t1k'));

const IMAGES = 500;
const DRAWS = 10_000;

/** Seconds until the k-th kill: whole random milliseconds up to eight seconds, after the start of Node. */
function patience(k: number): number {
  const words = new Uint32Array(1);
  fillWords(words, { seed: 0, purpose: 'attack', image: 0, draw: k });
  return 1.5 + ((words[0] ?? 0) % 8_000) / 1_000;
}

test.skipIf(missing)(
  '500 images x 10,000 draws with a kill -9 every few seconds give the bytes of a run without',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'floatpath-resume-'));
    const module = await bundledModule('test/deep/certify-child.ts');
    try {
      const argv = (out: string): string[] => [
        fileURLToPath(module.entry),
        path('models/mnist-cnn-sigma0.25.onnx'),
        path('networks/mnist-t1k/t1k-images-idx3-ubyte.gz'),
        path('networks/mnist-t1k/t1k-labels-idx1-ubyte.gz'),
        String(IMAGES),
        String(DRAWS),
        out,
      ];
      const straight = join(folder, 'straight.jsonl');
      const killed = join(folder, 'killed.jsonl');
      await promisify(execFile)(process.execPath, argv(straight));
      let kills = 0;
      for (let attempt = 0; !existsSync(killed); attempt += 1) {
        const run = spawn(process.execPath, argv(killed), { stdio: 'inherit' });
        const ended = new Promise((resolve) => run.once('exit', resolve));
        const timer = setTimeout(() => run.kill('SIGKILL'), 1_000 * patience(attempt));
        await ended;
        clearTimeout(timer);
        if (run.signalCode === 'SIGKILL') kills += 1;
        else expect(run.exitCode).toBe(0);
      }
      const same = readFileSync(killed).equals(readFileSync(straight));
      const counts = readWholeCounts(readFileSync(killed, 'latin1'));
      const report = certificationReport(counts, { radii: [0, 0.25, 0.5, 0.75] });
      writeEvidence('smoothing-resume', {
        claim: `${IMAGES} images x ${DRAWS} draws, killed (SIGKILL) again and again and resumed, give the bytes of one run`,
        command: 'npm run test:deep -- packages/node',
        seed: 0,
        numbers: { images: IMAGES, draws: DRAWS, kills, same, report },
      });
      expect(kills).toBeGreaterThan(3);
      expect(same).toBe(true);
    } finally {
      module.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
