import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Float32Tensor } from '@floatpath/core';
import { ortEngine } from '@floatpath/engine/ort';
import { readOnnx, writeOnnx } from '@floatpath/model-io';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as ort from 'onnxruntime-node';
import { afterAll, expect, test } from 'vitest';
import { testDigits } from '../digits.js';
import { createLayers, logitsOf, toNetwork } from './architecture.js';
import { bundled } from './bundled.js';

const folder = mkdtempSync(join(tmpdir(), 'floatpath-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Trained {
  readonly record: { readonly rightOfFirst1000: number; readonly sha256: string };
  readonly losses: readonly number[];
  readonly bytes: Uint8Array;
}

/** The command at a tiny size: 200 images, on the backend for every machine. */
function train(file: 'run.mjs' | '../dist/train/main.js', ...args: readonly string[]): Trained {
  const out = join(folder, 'net.onnx');
  const script = new URL(file, import.meta.url).pathname;
  const size = ['--images', '200', '--epochs', '2', '--out', out];
  const env = { ...process.env, FLOATPATH_TFJS_NODE: '' };
  const { stdout, stderr } = spawnSync(process.execPath, [script, ...size, ...args], {
    encoding: 'utf8',
    env,
  });
  const losses = [...stderr.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
  return { record: JSON.parse(stdout) as Trained['record'], losses, bytes: readFileSync(out) };
}

test('the same settings give the same bytes, any other seed others', { timeout: 180_000 }, () => {
  const once = train('run.mjs', '--sigma', '0.25');
  // What run.mjs has bundled.
  const again = '../dist/train/main.js';
  expect(once.losses[1]).toBeLessThan(once.losses[0] as number);
  expect(once.record.rightOfFirst1000).toBeGreaterThan(200);
  expect(train(again, '--sigma', '0.25').bytes).toEqual(once.bytes);
  expect(train(again, '--sigma', '0.25', '--seed', '1').bytes).not.toEqual(once.bytes);
});

test('the exported network computes what was trained', async () => {
  await tf.setBackend('cpu');
  const stream = { seed: 3, purpose: 'calibration', image: 0, draw: 0, lane: 1 } as const;
  const layers = createLayers(tf, stream);
  const { images } = testDigits(5);
  const inside = logitsOf(tf, layers, tf.tensor(images.data, [5, 28, 28, 1])).dataSync();
  await using kernel = await ortEngine(ort).load(readOnnx(writeOnnx(toNetwork(layers, 'tiny'))));
  const { logits } = await kernel.run({ input: images });
  // Sums of at most 1568 float32 terms of size below 10, in another order.
  (logits as Float32Tensor).data.forEach((value, i) => {
    expect(value).toBeCloseTo(inside[i] as number, 4);
  });
});

test('the seeds of the bundled networks are recorded', () => {
  expect(bundled.map(({ name, training }) => [name, training.sigma, training.seed])).toEqual([
    ['mnist-cnn-sigma0', 0, 0],
    ['mnist-cnn-sigma0.25', 0.25, 0],
  ]);
});
