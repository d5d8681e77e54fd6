import {
  FloatpathError,
  float32Tensor,
  rowsOf,
  type Arithmetic,
  type Bounds,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type Kernel,
  type Network,
  type NoiseRows,
  type Objective,
  type ValueInfo,
} from '@floatpath/core';
import { differentiate, TARGET } from './differentiate.js';
import { toFloat32 } from './float32-output.js';
import { createKernelCache } from './kernel-cache.js';
import { createLabelCounter, type EngineLabelCounter } from './label-counter.js';
import { objectivesOf } from './logits-cotangent.js';
import { rowByRow, type RunRows } from './row-by-row.js';
import { targetRows } from './target-rows.js';
import { isBatched } from './types.js';

function inputAndOutput(network: Network): { input: ValueInfo; output: ValueInfo } {
  const input = network.inputs[0];
  const output = network.outputs[0];
  const rows = input?.shape[0];
  const fits =
    (rows === 'batch' || rows === 1) && output?.shape.length === 2 && output.shape[0] === rows;
  if (input === undefined || output === undefined || network.inputs.length !== 1 || !fits) {
    const shapes = (values: readonly ValueInfo[]): string =>
      values.map(({ name, shape }) => `"${name}" [${shape.join(', ')}]`).join(', ') || 'none';
    throw new FloatpathError(
      'invalid-network',
      `createClassifier: expected one input [batch, ...] and an output [batch, classes], both with a free batch axis or a batch of one, got inputs ${shapes(network.inputs)} and outputs ${shapes(network.outputs)}`,
    );
  }
  return { input, output };
}

/**
 * A Classifier that runs `network` on `engine`. The first output holds the logits `[batch, classes]`.
 * Gradient and counting kernels are loaded when first used. Networks with a fixed batch of one run row by row
 * and do not count in the graph.
 *
 * @throws {FloatpathError} `invalid-network` unless there is one input and a `[batch, classes]` output; later
 * `kernel-disposed`, `shape-mismatch`, `no-gradient`, and `invalid-argument` for a label that is no class
 */
export async function createClassifier(
  engine: Engine,
  network: Network,
  options: { readonly bounds: Bounds },
): Promise<Classifier & AsyncDisposable> {
  const { input, output } = inputAndOutput(network);
  const inputShape = input.shape.slice(1).map(Number);
  const classes = Number(output.shape.at(-1));
  const batched = isBatched(network);
  const logitsOnly = { ...network, outputs: [output] };
  const forward = await engine.load(logitsOnly);
  const gradients = createKernelCache<Objective['kind'], Kernel>();
  const counters = createKernelCache<Arithmetic, EngineLabelCounter>();

  const runRows = (rows: number, run: RunRows): Promise<readonly Float32Tensor[]> =>
    batched || rows === 1 ? run(0, rows) : rowByRow(rows, run);

  function rowsIn(x: Float32Tensor): number {
    const [rows = 0, ...shape] = x.shape;
    const same = shape.length === inputShape.length && shape.every((e, i) => e === inputShape[i]);
    if (x.shape.length > 0 && same) return rows;
    throw new FloatpathError(
      'shape-mismatch',
      `classifier: expected rows of shape [${inputShape.join(', ')}], got ${x.shape.length === 0 ? 'a scalar' : `[${shape.join(', ')}]`}`,
    );
  }

  return {
    inputShape,
    classes,
    bounds: options.bounds,
    objectives: objectivesOf(classes),
    async logits(x) {
      const rows = rowsIn(x);
      if (rows === 0) return float32Tensor([0, classes]);
      const [logits] = await runRows(rows, async (from, to) => {
        const fetches = await forward.run({ [input.name]: rowsOf(x, from, to) });
        return [toFloat32(fetches[output.name], output.name)];
      });
      return logits as Float32Tensor;
    },
    async gradient(x, objective) {
      const rows = rowsIn(x);
      const target = targetRows(objective, classes);
      if (target.shape[0] !== rows) {
        throw new FloatpathError(
          'shape-mismatch',
          `gradient: expected ${rows} targets, got ${target.shape[0]}`,
        );
      }
      if (rows === 0) return { logits: float32Tensor([0, classes]), gradient: x };
      const kernel = await gradients.get(objective.kind, async () =>
        engine.load(differentiate(logitsOnly, objective.kind)),
      );
      const [logits, gradient] = await runRows(rows, async (from, to) => {
        const fetches = await kernel.run({
          [input.name]: rowsOf(x, from, to),
          [TARGET]: rowsOf(target, from, to),
        });
        return kernel.network.outputs.map(({ name }) => toFloat32(fetches[name], name));
      });
      return { logits: logits as Float32Tensor, gradient: gradient as Float32Tensor };
    },
    ...(batched
      ? {
          countLabels: async (x: Float32Tensor, noise: NoiseRows): Promise<Uint32Array> => {
            const { arithmetic } = noise;
            const counter = await counters.get(arithmetic, () =>
              createLabelCounter(engine, logitsOnly, { bounds: options.bounds, arithmetic }),
            );
            const [counts] = await counter.countLabels(x, noise);
            return counts as Uint32Array;
          },
        }
      : {}),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [forward, gradients, counters].map((owned) => owned[Symbol.asyncDispose]()),
      );
    },
  };
}
