import { float64Tensor, type NetworkNode, type Tensor } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { absoluteTensor, negativeTensor } from './arithmetic.js';
import { dataOf, elementwiseType } from './operands.js';
import type { AffineOp } from './op.js';

function perChannel(
  node: NetworkNode,
  inputs: readonly (Tensor | undefined)[],
): {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  readonly mean: Float64Array;
} {
  const epsilon = numberAttribute(node, 'epsilon', 1e-5);
  const variance = dataOf(node, inputs, 4).data;
  const gain = dataOf(node, inputs, 1).data;
  return {
    scale: gain.map((g, c) => g / Math.sqrt((variance[c] as number) + epsilon)),
    shift: dataOf(node, inputs, 2).data,
    mean: dataOf(node, inputs, 3).data,
  };
}

/** Batch normalisation at inference: per channel scale (x - mean) / sqrt(variance + epsilon) + shift. */
export const batchNormalization: AffineOp = {
  type: 'BatchNormalization',
  role: 'affine',
  infer: elementwiseType,
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const { scale, shift, mean } = perChannel(node, inputs);
    const channels = scale.length;
    const plane = x.shape.slice(2).reduce((product, extent) => product * extent, 1);
    const out = x.data.map((value, i) => {
      const c = Math.floor(i / plane) % channels;
      return (scale[c] as number) * (value - (mean[c] as number)) + (shift[c] as number);
    });
    return [float64Tensor(x.shape, out)];
  },
  offsets: () => [2, 3],
  refusal: (_node, isConstant) =>
    [1, 2, 3, 4].every(isConstant) ? undefined : 'statistics that depend on the input',
  // |x - mean| <= |x| + |mean|
  absolute: (_node, inputs) =>
    inputs.map((tensor, slot) =>
      slot === 4
        ? tensor
        : slot === 3
          ? negativeTensor(absoluteTensor(tensor))
          : absoluteTensor(tensor),
    ),
  backward({ graph, node, cotangents: [cotangent], inputTypes, needed }) {
    if (cotangent === undefined || !needed(0)) return [undefined];
    const zeros = graph.constant({
      dtype: 'float32',
      shape: inputTypes[1]?.shape ?? [],
      data: new Float32Array(inputTypes[1]?.shape[0] ?? 0),
    });
    const [, gain, , , variance] = node.inputs as readonly string[];
    const inputsOfGradient = [cotangent, gain, zeros, zeros, variance] as readonly string[];
    return [graph.add('BatchNormalization', inputsOfGradient, node.attributes)];
  },
};
