import { createRequire } from 'node:module';
import { fillUniform, float32Tensor, numbersOf, type Network, type Tensor } from '@floatpath/core';
import { TARGET, targetRows } from '@floatpath/engine';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { wienerDenoiser } from '@floatpath/sc-rfp';
import { expect, test } from 'vitest';
import { denoisedLook } from '../designs/look.js';
import { secondDesigns } from '../second/designs.js';
import { thirdDesigns } from '../third/designs.js';
import { noisyBatches } from './batches.js';
import { adam, momentum } from './descent.js';
import { trainAll } from './train.js';
import { parameterInput, weightGradients } from './weight-gradients.js';

const engine = ortEngine(
  createRequire(import.meta.url)('onnxruntime-node') as OrtModule,
  'onnxruntime-node',
);

function random(shape: readonly number[], draw: number, scale = 1) {
  const out = new Float64Array(shape.reduce((a, b) => a * b, 1));
  fillUniform(out, { seed: 4, purpose: 'calibration', image: 0, draw });
  return float32Tensor(
    shape,
    Float32Array.from(out, (u) => scale * (2 * u - 1)),
  );
}

const node = (name: string, op: string, inputs: string[], output: string, attributes = {}) => ({
  ...{ name, op, inputs, attributes },
  outputs: [output],
});
/** 1 x 8 x 8 images, a convolution of stride 2 that leaves a column over, and two dense layers. */
const network: Network = {
  name: 'small',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 8, 8] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3] }],
  nodes: [
    node('conv', 'Conv', ['x', 'W0', 'b0'], 'z0', { strides: [2, 2], pads: [1, 1, 0, 0] }),
    node('g0', 'Relu', ['z0'], 'h0'),
    node('flatten', 'Flatten', ['h0'], 'f', { axis: 1 }),
    node('a', 'Gemm', ['f', 'W1', 'b1'], 'z1', { transB: 1 }),
    node('g1', 'Relu', ['z1'], 'h1'),
    node('c', 'Gemm', ['h1', 'W2', 'b2'], 'y', { transB: 1 }),
  ],
  constants: new Map<string, Tensor>([
    ['W0', random([2, 1, 4, 4], 1, 0.5)],
    ['b0', random([2], 2)],
    ['W1', random([5, 18], 3, 0.5)],
    ['b1', random([5], 4)],
    ['W2', random([3, 5], 5)],
    ['b2', random([3], 6)],
  ]),
};
const images = random([40, 1, 8, 8], 7);
/** Rows of one value each, so that the denoiser is no mere scaling and units switch behind it. */
const striped = float32Tensor(
  images.shape,
  images.data.map((_, i, all) => all[i - (i % 8)] as number),
);
const look = denoisedLook(network, wienerDenoiser(striped, { kind: 'conv', sigma: 0.5 }));
const deviations = new Map([
  ['g0', new Float32Array(18).fill(0.6)],
  ['g1', new Float32Array(5).fill(0.6)],
]);
const base = { network, look, deviations };
const inSecond = secondDesigns(base);
const known = new Set(inSecond.map(({ name }) => name));
const inThird = thirdDesigns(base);
const designs = [...inSecond, ...inThird.filter(({ name }) => !known.has(name))];
const labels = Int32Array.from({ length: 40 }, (_, i) => i % 3);

const HARD = new Set([
  ...['repressed', 'unit-lambda', 'three-way', 'restored'],
  ...['switched', 'crossed', 'bent', 'how-float', 'arbitrated'],
]);

test.each(designs)('$name: the gradients are those of finite differences', async (design) => {
  const tensors = design.parameters.map(({ tensor }) => tensor);
  const source = weightGradients(design.network, tensors);
  await using kernel = await engine.load(source);
  const at = async (values: readonly Tensor[]) => {
    const fetches = await kernel.run({
      ...Object.fromEntries(values.map((value, k) => [parameterInput(k), value])),
      x: images,
      [TARGET]: targetRows({ kind: 'cross-entropy', labels }, 3),
    });
    return source.outputs.map(({ name }) => Array.from(numbersOf(fetches[name] as Tensor)));
  };
  const loss = (logits: readonly number[]): number =>
    labels.reduce((sum, label, r) => {
      const row = logits.slice(3 * r, 3 * r + 3);
      return sum + Math.log(row.reduce((t, v) => t + Math.exp(v), 0)) - (row[label] as number);
    }, 0);
  const [, ...slopes] = await at(tensors);
  expect(slopes.some((slope) => slope.some((v) => Math.abs(v) > 0.1))).toBe(true);
  // Along the gradient of one parameter at a time. Hard partitions jump where weights below a gate move, and are held still by
  // the gradient; the last layer and the numbers of a design's own do not move them.
  const hard = HARD.has(design.name);
  const last = [network.constants.get('W2'), network.constants.get('b2')];
  const step = 1e-3;
  for (const [k, tensor] of tensors.entries()) {
    if (hard && design.parameters[k]?.haste === 1 && !last.includes(tensor)) continue;
    const slope = slopes[k] as number[];
    const length = Math.hypot(...slope);
    const moved = (sign: number) =>
      tensors.map((other, j) =>
        j === k
          ? float32Tensor(
              tensor.shape,
              tensor.data.map((v, i) => v + (sign * step * (slope[i] as number)) / length),
            )
          : other,
      );
    const [up, down] = await Promise.all([at(moved(1)), at(moved(-1))]);
    const measured = (loss(up[0] as number[]) - loss(down[0] as number[])) / (2 * step);
    // Float32 logits of 40 rows at this step, and kinks within it.
    expect(Math.abs(measured - length)).toBeLessThan(0.02 * length + 0.02);
  }
});

test.each([
  ['second', inSecond, momentum, 0.02],
  ['third', inThird, adam, 0.005],
] as const)(
  'training lowers the loss of every design of the %s round, and leaves the untrained networks as they were',
  async (_, made, descent, rate) => {
    const data = { images, labels, ids: Uint32Array.from({ length: 40 }, (_, i) => i) };
    const trainedFor = (epochs: number) =>
      trainAll(engine, made, noisyBatches(data, 3, { sigma: 0.1, batch: 20, seed: 0, epochs }), {
        rate,
        descent,
      });
    const [short, long] = [await trainedFor(1), await trainedFor(40)];
    for (const { name } of made) {
      expect([name, (long.get(name)?.loss ?? NaN) < (short.get(name)?.loss ?? NaN)]).toEqual([
        name,
        true,
      ]);
    }
    expect(network.constants.get('b2')).toEqual(random([3], 6));
  },
);
