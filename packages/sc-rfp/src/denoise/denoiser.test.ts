import { float32Tensor, numbersOf, sizeOf, type Float32Tensor, type Tensor } from '@floatpath/core';
import { createGraphBuilder, referenceEngine, type GraphBuilder } from '@floatpath/engine';
import { expect, test } from 'vitest';
import { emitDenoised, FILTER, type Denoiser } from './denoiser.js';

const filled = (shape: readonly number[], salt: number): Float32Tensor =>
  float32Tensor(
    shape,
    Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(3 * i + salt)),
  );

async function filtered(
  shape: readonly number[],
  z: Float32Tensor,
  emit: (graph: GraphBuilder) => string,
): Promise<Float64Array> {
  const graph = createGraphBuilder();
  graph.input({ name: 'z', dtype: 'float32', shape: ['batch', ...shape] });
  const name = emit(graph);
  const output = { name, dtype: 'float32', shape: ['batch', ...shape] } as const;
  await using kernel = await referenceEngine().load(graph.build('filter', [output]));
  return numbersOf((await kernel.run({ z }))[name] as Tensor);
}

// Images lower than the filter, others, and one whose rows are too many to be taken for channels.
test.each([
  [1, 2, 5],
  [1, 8, 8],
  [1, 9, 12],
  [3, 8, 4],
  [2, 65, 3],
])('a filter of %d channels on %d x %d places is the plain convolution', async (...imageShape) => {
  const [channels] = imageShape;
  const denoiser: Denoiser = {
    kind: 'conv',
    sigma: 1,
    imageShape,
    weights: filled([channels, channels, FILTER, FILTER], 1),
    bias: filled([channels], 2),
  };
  const z = filled([2, ...imageShape], 3);
  const got = await filtered(imageShape, z, (graph) =>
    emitDenoised(graph, denoiser, 'z', imageShape),
  );
  const expected = await filtered(imageShape, z, (graph) =>
    graph.add('Conv', ['z', graph.constant(denoiser.weights), graph.constant(denoiser.bias)], {
      pads: [3, 3, 3, 3],
    }),
  );
  // Float64 sums of at most 147 products of numbers up to 1, in another order.
  got.forEach((value, i) => expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-12));
});
