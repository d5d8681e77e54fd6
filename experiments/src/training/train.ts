import {
  float32Tensor,
  numbersOf,
  type Engine,
  type Float32Tensor,
  type Network,
} from '@floatpath/core';
import { TARGET } from '@floatpath/engine';
import type { Batch, Batches } from './batches.js';
import type { Descent } from './descent.js';
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
  /** At the first step; falls linearly to 0. */
  readonly rate: number;
  /** Makes the descent of a parameter of so many numbers. */
  readonly descent: (size: number) => Descent;
}

export interface Trained {
  readonly network: Network;
  /** Mean cross-entropy over the last tenth of the steps. */
  readonly loss: number;
  /** Mean of every parameter of the design's own. */
  readonly learned: readonly number[];
}

/** Trains every network on the same batches in the same order, each with parameters of its own, from the same weights. */
export async function trainAll(
  engine: Engine,
  trainables: readonly Trainable[],
  { steps, at }: Batches,
  { rate, descent }: TrainOptions,
): Promise<ReadonlyMap<string, Trained>> {
  const trainers = await Promise.all(
    trainables.map((made) => createTrainer(engine, made, descent)),
  );
  const losses = trainers.map((): number[] => []);
  for (let step = 0; step < steps; step += 1) {
    const batch = await at(step);
    for (const [k, { update }] of trainers.entries()) {
      losses[k]?.push(await update(batch, rate * (1 - step / steps)));
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

async function createTrainer(
  engine: Engine,
  { network, parameters }: Trainable,
  descent: TrainOptions['descent'],
) {
  const source = weightGradients(
    network,
    parameters.map(({ tensor }) => tensor),
  );
  const kernel = await engine.load(source);
  const values = parameters.map(({ tensor }) => float32Tensor(tensor.shape, tensor.data.slice()));
  const descents = parameters.map(({ tensor }) => descent(tensor.data.length));
  const means = values.map(({ data }) => new Float32Array(data.length));
  const [logits, ...gradients] = source.outputs.map(({ name }) => name) as [string, ...string[]];
  const feeds = Object.fromEntries(values.map((value, k) => [parameterInput(k), value]));
  return {
    async update({ images, target }: Batch, rate: number): Promise<number> {
      const fetches = await kernel.run({
        ...feeds,
        [network.inputs[0]?.name ?? '']: images,
        [TARGET]: target,
      });
      const rows = target.shape[0] as number;
      gradients.forEach((name, k) => {
        const slope = numbersOf(fetches[name] as Float32Tensor);
        const mean = means[k] as Float32Array;
        for (let i = 0; i < mean.length; i += 1) mean[i] = (slope[i] as number) / rows;
        descents[k]?.(values[k]?.data as Float32Array, mean, rate * (parameters[k]?.haste ?? 1));
      });
      return meanCrossEntropy(numbersOf(fetches[logits] as Float32Tensor), target);
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

/** Of rows of logits against a distribution each. */
function meanCrossEntropy(logits: ArrayLike<number>, { shape, data }: Float32Tensor): number {
  const [rows = 0, classes = 0] = shape;
  let loss = 0;
  for (let r = 0; r < rows; r += 1) {
    const row = Array.from({ length: classes }, (_, j) => logits[r * classes + j] as number);
    const most = Math.max(...row);
    const total = row.reduce((sum, v) => sum + Math.exp(v - most), 0);
    const wanted = row.reduce((sum, v, j) => sum + v * (data[r * classes + j] as number), 0);
    loss += (Math.log(total) + most - wanted) / rows;
  }
  return loss;
}
