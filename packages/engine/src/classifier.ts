import {
  FloatpathError,
  float32Tensor,
  rowsOf,
  sizeOf,
  type Bounds,
  type Classifier,
  type Engine,
  type Float32Tensor,
  type Kernel,
  type Network,
  type NoiseRows,
  type Objective,
} from '@floatpath/core';
import { differentiate, TARGET } from './differentiate.js';
import { toFloat32 } from './float32-output.js';
import { createLabelCounter } from './label-counter.js';
import { isBatched } from './types.js';

function oneHotRows(labels: Int32Array, classes: number): Float32Tensor {
  const out = float32Tensor([labels.length, classes]);
  labels.forEach((label, row) => {
    if (!(label >= 0 && label < classes)) {
      throw new FloatpathError(
        'invalid-argument',
        `gradient: expected labels in [0, ${classes}), got ${label}`,
      );
    }
    out.data[row * classes + label] = 1;
  });
  return out;
}

/**
 * A Classifier that runs `network` on `engine`. The first output holds the logits `[batch, classes]`.
 * Gradient and counting kernels are loaded when first used. Networks with a fixed batch of one run row by row.
 *
 * @throws {FloatpathError} `invalid-network` unless there is one input and a `[batch, classes]` output
 */
export async function createClassifier(
  engine: Engine,
  network: Network,
  options: { readonly bounds: Bounds },
): Promise<Classifier & AsyncDisposable> {
  const input = network.inputs[0];
  const output = network.outputs[0];
  if (input === undefined || output === undefined || network.inputs.length !== 1) {
    throw new FloatpathError(
      'invalid-network',
      `createClassifier: expected one input and at least one output, got ${network.inputs.length} and ${network.outputs.length}`,
    );
  }
  const inputShape = input.shape.slice(1).map(Number);
  const classes = Number(output.shape.at(-1));
  const batched = isBatched(network);
  const forward = await engine.load({ ...network, outputs: [output] });
  const loaded = new Map<string, Promise<Kernel>>();
  const kernelFor = (kind: Objective['kind']): Promise<Kernel> => {
    let kernel = loaded.get(kind);
    if (kernel === undefined) {
      kernel = engine.load(differentiate(network, kind));
      loaded.set(kind, kernel);
    }
    return kernel;
  };
  let counter: ReturnType<typeof createLabelCounter> | undefined;

  async function byRows(
    rows: number,
    run: (from: number, to: number) => Promise<readonly Float32Tensor[]>,
  ): Promise<readonly Float32Tensor[]> {
    if (batched || rows === 1) return run(0, rows);
    const parts: (readonly Float32Tensor[])[] = [];
    for (let row = 0; row < rows; row += 1) parts.push(await run(row, row + 1));
    return (parts[0] ?? []).map((first, slot) => {
      const stride = sizeOf(first.shape);
      const out = float32Tensor([rows, ...first.shape.slice(1)]);
      parts.forEach((part, row) => {
        if (part[slot]) out.data.set(part[slot].data, row * stride);
      });
      return out;
    });
  }

  function checkInput(x: Float32Tensor): number {
    const [rows = 0, ...shape] = x.shape;
    if (
      shape.length !== inputShape.length ||
      shape.some((extent, axis) => extent !== inputShape[axis])
    ) {
      throw new FloatpathError(
        'shape-mismatch',
        `classifier: expected rows of shape [${inputShape.join(', ')}], got [${shape.join(', ')}]`,
      );
    }
    return rows;
  }

  return {
    inputShape,
    classes,
    bounds: options.bounds,
    async logits(x) {
      const rows = checkInput(x);
      if (rows === 0) return float32Tensor([0, classes]);
      const [logits] = await byRows(rows, async (from, to) => {
        const fetches = await forward.run({ [input.name]: rowsOf(x, from, to) });
        return [toFloat32(fetches[output.name], output.name)];
      });
      return logits as Float32Tensor;
    },
    async gradient(x, objective) {
      const rows = checkInput(x);
      const target =
        objective.kind === 'cotangent'
          ? objective.cotangent
          : oneHotRows(objective.labels, classes);
      if (target.shape[0] !== rows) {
        throw new FloatpathError(
          'shape-mismatch',
          `gradient: expected ${rows} targets, got ${target.shape[0]}`,
        );
      }
      if (rows === 0) return { logits: float32Tensor([0, classes]), gradient: x };
      const kernel = await kernelFor(objective.kind);
      const [logits, gradient] = await byRows(rows, async (from, to) => {
        const fetches = await kernel.run({
          [input.name]: rowsOf(x, from, to),
          [TARGET]: rowsOf(target, from, to),
        });
        return [
          toFloat32(fetches[output.name], output.name),
          toFloat32(fetches['gradient'], 'gradient'),
        ];
      });
      return { logits: logits as Float32Tensor, gradient: gradient as Float32Tensor };
    },
    ...(batched
      ? {
          countLabels: async (x: Float32Tensor, noise: NoiseRows): Promise<Uint32Array> => {
            counter ??= createLabelCounter(
              engine,
              { ...network, outputs: [output] },
              {
                bounds: options.bounds,
                arithmetic: noise.arithmetic,
              },
            );
            const [counts] = await (await counter).countLabels(x, noise);
            return counts as Uint32Array;
          },
        }
      : {}),
    async [Symbol.asyncDispose]() {
      await forward[Symbol.asyncDispose]();
      for (const kernel of loaded.values()) await (await kernel)[Symbol.asyncDispose]();
      if (counter) await (await counter)[Symbol.asyncDispose]();
    },
  };
}
