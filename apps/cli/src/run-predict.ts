import { randomInt } from 'node:crypto';
import { requirePixels, secondsPerPass } from '@floatpath/audit';
import { FloatpathError, rowsOf } from '@floatpath/core';
import { noiseOf, predict, type NoiseKind } from '@floatpath/smoothing';
import { roundUp } from '@floatpath/statistics';
import { announce } from './announce.js';
import type { Io } from './io.js';
import { loadImages } from './load-data.js';
import { openSubject } from './open-subject.js';
import type { SharedFlags } from './shared-flags.js';
import { createProgressLines } from './terminal.js';

/** What the person wrote, flag by flag. */
export interface PredictFlags extends SharedFlags {
  readonly secretHeader?: Readonly<Record<string, string>>;
  readonly sigma?: number;
  readonly noise: NoiseKind;
  readonly n: number;
  readonly alpha: number;
  readonly seed?: number;
  readonly dryRun?: true;
  readonly quiet?: true;
}

function required<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new FloatpathError('invalid-argument', `predict: expected ${flag}, got none; give it`);
}

/** Prints one line per image; the seed is drawn after the images are there. */
export async function runPredict(file: string, flags: PredictFlags, io: Io): Promise<void> {
  const { bounds, n, alpha, batchSize } = flags;
  const sigma = required(flags.sigma, '--sigma');
  const noise = noiseOf({ kind: flags.noise, sigma }, bounds);
  const data = await loadImages(required(flags.data, '--data'), flags);
  requirePixels(data, bounds, 'predict');
  await using open = await openSubject(file, data.images, flags, io);
  const { images } = open;
  const { classifier } = open.subject;
  const total = data.ids.length;
  const intention = {
    command: 'predict',
    resumable: false,
    steps: [
      `ask ${open.subject.name} for ${n} noisy copies of each of ${total} images of ${data.name}`,
    ],
    writes: [],
    seconds:
      open.loaded === undefined || total === 0
        ? null
        : total *
          n *
          (await secondsPerPass(classifier, images, { batchSize, clock: io.clock, noise })),
    engine: open.engine,
  };
  if (announce(intention, flags, io)) return;
  const progress = createProgressLines(io, flags.quiet === true);
  const seed = flags.seed ?? randomInt(2 ** 48 - 1);
  const rows: object[] = [];
  for (const [index, image] of data.ids.entries()) {
    const x = rowsOf(images, index, index + 1);
    const options = { noise, n, alpha, seed, image, batchSize, signal: io.signal };
    const { kind, label, pValue, draws } = await predict(classifier, x, options);
    const answer = kind === 'label' ? label : null;
    const counts = Array.from(draws.counts[0] ?? []);
    const known = data.labels?.[index] ?? null;
    // On a terminal the lines themselves are the progress.
    if (io.stdout.isTTY !== true) progress.show({ stage: 'predict', done: index + 1, total });
    rows.push({ image, label: known, predicted: answer, pValue, counts });
    if (!flags.json) {
      if (index === 0) io.stdout.write(`seed ${seed}\nimage  label  smoothed label  p at most\n`);
      io.stdout.write(
        `${String(image).padEnd(7)}${String(known ?? '-').padEnd(7)}${String(answer ?? 'abstains').padEnd(16)}${roundUp(pValue, 6)}\n`,
      );
    }
  }
  if (flags.json)
    io.stdout.write(`${JSON.stringify({ seed, n, alpha, sigma, noise: flags.noise, rows })}\n`);
}
