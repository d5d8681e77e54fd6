import { randomInt } from 'node:crypto';
import { smoothableModel } from '@floatpath/audit';
import { FloatpathError, rowsOf, type Preprocessing } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { loadEngine } from '@floatpath/node';
import { noiseOf, predict, type NoiseKind } from '@floatpath/smoothing';
import { roundUp } from '@floatpath/statistics';
import type { Io } from './io.js';
import { loadData } from './load-data.js';
import { readModelFile } from './load-models.js';
import type { SharedFlags } from './shared-flags.js';

/** What the person wrote, flag by flag. */
export interface PredictFlags extends SharedFlags {
  readonly sigma?: number;
  readonly noise: NoiseKind;
  readonly n: number;
  readonly alpha: number;
  readonly seed?: number;
}

function required<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `predict: expected ${flag}, got none; give it`);
}

/** Prints one line per image; the seed is drawn after the images are there. */
export async function runPredict(file: string, flags: PredictFlags, io: Io): Promise<void> {
  const { bounds, mean, std, layout, n, alpha, batchSize } = flags;
  const sigma = required(flags.sigma, '--sigma');
  const noise = noiseOf({ kind: flags.noise, sigma }, bounds);
  const preprocessing: Preprocessing = {
    bounds,
    layout,
    ...(mean && { mean }),
    ...(std && { std }),
  };
  const model = await readModelFile(file);
  const data = await loadData(required(flags.data, '--data'), flags);
  const { engine } = await loadEngine(flags.engine);
  const { network, images } = await smoothableModel(model, data, preprocessing, engine);
  const seed = flags.seed ?? randomInt(2 ** 48 - 1);
  await using classifier = await createClassifier(engine, network, { bounds });
  const rows: object[] = [];
  if (!flags.json) io.stdout.write(`seed ${seed}\nimage  label  smoothed label  p\n`);
  for (const [index, image] of data.ids.entries()) {
    const x = rowsOf(images, index, index + 1);
    const options = { noise, n, alpha, seed, image, batchSize, signal: io.signal };
    const { kind, label, pValue, draws } = await predict(classifier, x, options);
    const answer = kind === 'label' ? label : null;
    const counts = Array.from(draws.counts[0] ?? []);
    rows.push({ image, label: data.labels[index], predicted: answer, pValue, counts });
    if (!flags.json) {
      io.stdout.write(
        `${String(image).padEnd(7)}${String(data.labels[index]).padEnd(7)}${String(answer ?? 'abstains').padEnd(16)}${roundUp(pValue, 6)}\n`,
      );
    }
  }
  if (flags.json)
    io.stdout.write(`${JSON.stringify({ seed, n, alpha, sigma, noise: flags.noise, rows })}\n`);
}
