import {
  argmaxRows,
  float32Tensor,
  float64Tensor,
  gridGaussian,
  numbersOf,
  type Float32Tensor,
  type Network,
  type NoiseRows,
  type Tensor,
} from '@floatpath/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onRuntime } from '../test/support/engines.js';
import { addNoise, createFixedPointCounter, fixedPointLayer, fixedPointNames } from './index.js';
import { createGraphBuilder } from './graph-builder.js';
import { referenceEngine } from './reference.js';

const INPUTS = 12;
const WIDTH = 5;
const CLASSES = 3;
const bounds = [-1, 1.5] as const;
/** Two standard deviations: the clip acts in most rows. */
const clip = [-255, 510] as const;
const grid = gridGaussian(0.5 * 2.5, 2.5);

const filled = (shape: readonly number[], salt: number): Float32Tensor =>
  float32Tensor(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(7 * i + salt)),
  );

/** Preprocessing, two affine layers without a gate between them, and an MLP on that. */
function network(salt: number, bias = filled([WIDTH], salt + 2)): Network {
  const graph = createGraphBuilder();
  const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', INPUTS] });
  const constant = graph.constant;
  const scaled = graph.add('Div', [graph.add('Sub', [x, graph.scalar(0.3)]), graph.scalar(0.7)]);
  const first = graph.add('Gemm', [
    scaled,
    constant(filled([INPUTS, 9], salt)),
    constant(filled([9], salt + 1)),
  ]);
  const second = graph.add('Gemm', [first, constant(filled([9, WIDTH], salt + 1)), constant(bias)]);
  const hidden = graph.add('Relu', [second]);
  const last = graph.add('Gemm', [hidden, constant(filled([WIDTH, CLASSES], salt + 3))]);
  return graph.build('mlp', [{ name: last, dtype: 'float32', shape: ['batch', CLASSES] }]);
}

function draws(from: number, to: number, limits: readonly [number, number] = clip): NoiseRows {
  const values = new Float32Array((to - from) * INPUTS);
  for (let draw = from; draw < to; draw += 1) {
    const stream = { seed: 3, purpose: 'estimation', image: 0, draw } as const;
    grid.fill(values, (draw - from) * INPUTS, INPUTS, stream);
  }
  return { arithmetic: 'grid', rows: to - from, values, clip: limits };
}

const image = (salt: number): { x: Float32Tensor; levels: number[] } => {
  const levels = Array.from({ length: INPUTS }, (_, i) => (37 * i * salt + 11 * salt) % 256);
  return {
    x: float32Tensor(
      [1, INPUTS],
      levels.map((u) => -1 + (2.5 * u) / 255),
    ),
    levels,
  };
};

/** The declared f, one draw after the other: sums over clipped levels in whole numbers of any size. */
async function direct(
  made: Network,
  levels: readonly number[],
  noise: NoiseRows,
): Promise<number[]> {
  const layer = fixedPointLayer(made, bounds, clip);
  await using rest = await onRuntime.load(layer.rest);
  const counts = new Array<number>(CLASSES).fill(0);
  for (let row = 0; row < noise.rows; row += 1) {
    const sums = Array.from(layer.offsets, (offset, j) => {
      let sum = BigInt(offset);
      levels.forEach((u, i) => {
        const level = Math.min(
          Math.max(u + (noise.values[row * INPUTS + i] as number), clip[0]),
          clip[1],
        );
        sum += BigInt(layer.weights[i * WIDTH + j] as number) * BigInt(level);
      });
      const size = sum < 0n ? -sum : sum;
      expect(size <= 2n ** 53n).toBe(true);
      return Number(sum);
    });
    const fetches = await rest.run({
      [fixedPointNames.center]: float64Tensor([1, WIDTH]),
      [fixedPointNames.response]: float64Tensor([1, WIDTH], sums),
    });
    const [label = 0] = argmaxRows(Object.values(fetches)[0] as Float32Tensor);
    counts[label] = (counts[label] as number) + 1;
  }
  return counts;
}

describe('counts with the first layer in fixed point', () => {
  test('are those of a direct evaluation of every draw, whatever the batches', async () => {
    let several = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 90 }),
        async (salt, size) => {
          const made = network(salt);
          await using counter = createFixedPointCounter(onRuntime, made, { bounds });
          const batches: NoiseRows[] = [];
          for (let from = 0; from < 90; from += size)
            batches.push(draws(from, Math.min(90, from + size)));
          for (const { x, levels } of [image(salt + 1), image(salt + 2)]) {
            const sum = new Array<number>(CLASSES).fill(0);
            for (const batch of batches) {
              const [counts] = await counter.countLabels(x, batch);
              counts?.forEach((count, j) => (sum[j] = (sum[j] as number) + count));
            }
            expect(sum).toEqual(await direct(made, levels, draws(0, 90)));
            if (sum.filter((count) => count > 0).length > 1) several += 1;
          }
        },
      ),
      { numRuns: 12 },
    );
    expect(several).toBeGreaterThan(5);
  });

  test('are those of the input that memory holds now', async () => {
    const made = network(4);
    await using counter = createFixedPointCounter(onRuntime, made, { bounds });
    const noise = draws(0, 60);
    const [one, two] = [image(2), image(5)];
    const x = float32Tensor([1, INPUTS], one.x.data.slice());
    const [before] = await counter.countLabels(x, noise);
    x.data.set(two.x.data);
    const [after] = await counter.countLabels(x, noise);
    expect([...(before ?? [])]).toEqual(await direct(made, one.levels, noise));
    expect([...(after ?? [])]).toEqual(await direct(made, two.levels, noise));
    expect(after).not.toEqual(before);
  });

  test('control: without the clip they are others', async () => {
    const wide = [-4000, 4000] as const;
    await using counter = createFixedPointCounter(onRuntime, network(1), { bounds });
    await using other = createFixedPointCounter(onRuntime, network(1), { bounds });
    const { x } = image(2);
    expect(await counter.countLabels(x, draws(0, 500))).not.toEqual(
      await other.countLabels(x, draws(0, 500, wide)),
    );
  });

  test('come from logits next to those of the network in float64', async () => {
    const made = network(5);
    const layer = fixedPointLayer(made, bounds, clip);
    await using rest = await onRuntime.load(layer.rest);
    await using response = await onRuntime.load(layer.response);
    await using plain = await referenceEngine().load(addNoise(made, 'grid', bounds));
    const noise = draws(0, 50, [-4000, 4000]);
    const { levels } = image(3);
    const values = float32Tensor([50, INPUTS], noise.values);
    const expected = Object.values(
      await plain.run({
        center: float32Tensor([1, INPUTS], levels),
        noise: values,
        clip_low: float32Tensor([], [-4000]),
        clip_high: float32Tensor([], [4000]),
      }),
    )[0] as Tensor;
    const center = layer.offsets.map((offset, j) =>
      levels.reduce((sum, u, i) => sum + u * (layer.weights[i * WIDTH + j] as number), offset),
    );
    const sums = Object.values(
      await response.run({ [fixedPointNames.levels]: values }),
    )[0] as Tensor;
    const got = Object.values(
      await rest.run({
        [fixedPointNames.center]: float64Tensor([1, WIDTH], center),
        [fixedPointNames.response]: sums,
      }),
    )[0] as Tensor;
    numbersOf(expected).forEach((value, i) => {
      // Four float32 layers of values up to some hundred.
      expect(Math.abs(value - (numbersOf(got)[i] as number))).toBeLessThan(1e-3);
    });
  });

  test('are refused where they cannot be made, and NaN is no vote', async () => {
    const { x } = image(1);
    await using counter = createFixedPointCounter(onRuntime, network(1), { bounds });
    const float: NoiseRows = { arithmetic: 'float', rows: 1, values: new Float32Array(INPUTS) };
    await expect(counter.countLabels(x, float)).rejects.toThrow('expected grid noise');
    await counter.countLabels(x, draws(0, 2));
    await expect(counter.countLabels(x, draws(0, 2, [-510, 765]))).rejects.toThrow(
      'make a counter per noise',
    );
    const outside = float32Tensor([1, INPUTS], new Float32Array(INPUTS).fill(2));
    await expect(counter.countLabels(outside, draws(0, 2))).rejects.toThrow('within the bounds');
    const broken = network(1);
    const constants = new Map(
      [...broken.constants].map(([name, tensor]) => [
        name,
        tensor.shape.join() === `${WIDTH},${CLASSES}` ? filledWithNaN(tensor) : tensor,
      ]),
    );
    await using nan = createFixedPointCounter(onRuntime, { ...broken, constants }, { bounds });
    await expect(nan.countLabels(x, draws(0, 2))).rejects.toMatchObject({ code: 'not-finite' });
  });
});

function filledWithNaN(tensor: Tensor): Tensor {
  return float32Tensor(tensor.shape, new Float32Array(tensor.data.length).fill(NaN));
}
