import {
  float32Tensor,
  numbersOf,
  type Engine,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { TARGET, targetRows } from '@floatpath/engine';
import type { LabelledImages } from '@floatpath/sc-rfp';
import { noisyImages } from '../noisy-images.js';
import { shuffled } from '../shuffled.js';
import { parameterInput, weightGradients } from './weight-gradients.js';

/** A constant that is trained, and how much faster than the plan's rate. */
export interface Parameter {
  readonly tensor: Float32Tensor;
  readonly haste: number;
}

/** A network whose parameters are among its constants. */
export interface Trainable {
  readonly name: string;
  readonly network: Network;
  readonly parameters: readonly Parameter[];
}

export interface TrainOptions {
  readonly sigma: number;
  readonly epochs: number;
  readonly rate: number;
  readonly batch: number;
  readonly seed: number;
}

export interface Trained {
  readonly network: Network;
  /** Mean cross-entropy over the last tenth of the steps. */
  readonly loss: number;
  /** Mean of every parameter of the design's own. */
  readonly learned: readonly number[];
}

/** Trains every network on the same noisy images in the same order, each with parameters of its own, from the same weights. */
export async function trainAll(
  engine: Engine,
  trainables: readonly Trainable[],
  data: LabelledImages,
  options: TrainOptions,
): Promise<ReadonlyMap<string, Trained>> {
  const { epochs, batch, rate, seed } = options;
  const trainers = await Promise.all(trainables.map((made) => createTrainer(engine, made)));
  const perEpoch = Math.floor(data.ids.length / batch);
  const steps = epochs * perEpoch;
  const losses = trainers.map((): number[] => []);
  for (let step = 0; step < steps; step += 1) {
    const round = Math.floor(step / perEpoch);
    const first = (step % perEpoch) * batch;
    const rows = shuffled(data.ids.length, seed, round).slice(first, first + batch);
    const { images, labels } = noisyBatch(data, rows, { ...options, round });
    for (const [k, { update }] of trainers.entries()) {
      losses[k]?.push(await update(images, labels, rate * (1 - step / steps)));
    }
  }
  const made = new Map<string, Trained>();
  for (const [k, trainer] of trainers.entries()) {
    const last = losses[k]?.slice(-Math.ceil(steps / 10)) ?? [];
    const loss = last.reduce((a, b) => a + b, 0) / last.length;
    made.set((trainables[k] as Trainable).name, { ...(await trainer.finish()), loss });
  }
  return made;
}

function noisyBatch(
  { images, labels, ids }: LabelledImages,
  rows: readonly number[],
  options: { readonly sigma: number; readonly seed: number; readonly round: number },
) {
  const size = images.data.length / ids.length;
  const clean = float32Tensor([rows.length, ...images.shape.slice(1)]);
  rows.forEach((row, k) =>
    clean.data.set(images.data.subarray(row * size, (row + 1) * size), k * size),
  );
  const which = Uint32Array.from(rows, (row) => ids[row] as number);
  return {
    images: noisyImages(clean, which, options),
    labels: Int32Array.from(rows, (row) => labels[row] as number),
  };
}

/** Stochastic gradient descent with momentum .9. */
async function createTrainer(engine: Engine, { network, parameters }: Trainable) {
  const source = weightGradients(
    network,
    parameters.map(({ tensor }) => tensor),
  );
  const kernel = await engine.load(source);
  const values = parameters.map(({ tensor }) => float32Tensor(tensor.shape, tensor.data.slice()));
  const speeds = parameters.map(({ tensor }) => new Float32Array(tensor.data.length));
  const [logits, ...gradients] = source.outputs.map(({ name }) => name) as [string, ...string[]];
  const feeds = Object.fromEntries(values.map((value, k) => [parameterInput(k), value]));
  return {
    async update(images: Float32Tensor, labels: Int32Array, rate: number): Promise<number> {
      const classes = Number(source.outputs[0]?.shape.at(-1));
      const fetches = await kernel.run({
        ...feeds,
        [network.inputs[0]?.name ?? '']: images,
        [TARGET]: targetRows({ kind: 'cross-entropy', labels }, classes),
      });
      gradients.forEach((name, k) => {
        const slope = numbersOf(fetches[name] as Float32Tensor);
        const [value, speed] = [values[k]?.data as Float32Array, speeds[k] as Float32Array];
        const scale = (rate * (parameters[k]?.haste ?? 1)) / labels.length;
        for (let i = 0; i < value.length; i += 1) {
          speed[i] = 0.9 * (speed[i] as number) - scale * (slope[i] as number);
          value[i] = (value[i] as number) + (speed[i] as number);
        }
      });
      return meanCrossEntropy(numbersOf(fetches[logits] as Float32Tensor), labels);
    },
    async finish() {
      await kernel[Symbol.asyncDispose]();
      const constants = new Map(network.constants);
      for (const [name, tensor] of network.constants) {
        const k = parameters.findIndex((parameter) => parameter.tensor === tensor);
        if (k >= 0) constants.set(name, values[k] as Float32Tensor);
      }
      const learned = values
        .filter((_, k) => parameters[k]?.haste !== 1)
        .map(({ data }) => data.reduce((a, b) => a + b, 0) / data.length);
      return { network: { ...network, constants }, learned };
    },
  };
}

function meanCrossEntropy(logits: ArrayLike<number>, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  let loss = 0;
  labels.forEach((label, r) => {
    const row = Array.from({ length: classes }, (_, j) => logits[r * classes + j] as number);
    const most = Math.max(...row);
    const total = row.reduce((sum, v) => sum + Math.exp(v - most), 0);
    loss += (Math.log(total) + most - (row[label] as number)) / labels.length;
  });
  return loss;
}
