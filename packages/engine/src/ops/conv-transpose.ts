import { FloatpathError, float64Tensor, type NetworkNode } from '@floatpath/core';
import { numbersAttribute } from '../attributes.js';
import { absoluteTensor, productOffsets } from './arithmetic.js';
import {
  addChannelBias,
  convolutionForm,
  imageShape,
  reach,
  scatterConvolution,
  type ImageShape,
} from './convolution.js';
import { dataOf, typeOf } from './operands.js';
import type { AffineOp } from './op.js';

function outputShape(
  node: NetworkNode,
  input: readonly number[],
  weights: readonly number[],
): ImageShape {
  const from = imageShape(node, input);
  const form = convolutionForm(node, weights);
  const [inputs = 0, perGroup = 0] = weights;
  if (inputs !== from.channels) {
    throw new FloatpathError(
      'invalid-network',
      `ConvTranspose: expected ${inputs} input channels at node "${node.name}", got ${from.channels}`,
    );
  }
  const padding = numbersAttribute(node, 'output_padding', [0, 0]);
  if (node.attributes['output_shape'] !== undefined) {
    throw new FloatpathError(
      'invalid-network',
      `ConvTranspose: expected explicit pads at node "${node.name}", got output_shape`,
    );
  }
  if (padding.some((extra, axis) => extra >= (form.strides[axis] ?? 1))) {
    throw new FloatpathError(
      'unsupported-op',
      `ConvTranspose: expected output_padding below the stride at node "${node.name}", got ${padding.join(', ')}`,
    );
  }
  const extent = (axis: 0 | 1, size: number): number =>
    (size - 1) * form.strides[axis] +
    reach(form, axis) +
    (padding[axis] ?? 0) -
    form.pads[axis] -
    form.pads[axis === 0 ? 2 : 3];
  return {
    rows: from.rows,
    channels: perGroup * form.group,
    height: extent(0, from.height),
    width: extent(1, from.width),
  };
}

/** The transpose of Conv's linear map, plus a bias per channel. */
export const convTranspose: AffineOp = {
  type: 'ConvTranspose',
  role: 'affine',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    const to = outputShape(node, x.shape, typeOf(node, inputs, 1).shape);
    return [{ dtype: x.dtype, shape: [to.rows, to.channels, to.height, to.width] }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const weights = dataOf(node, inputs, 1);
    const form = convolutionForm(node, weights.shape);
    const to = outputShape(node, x.shape, weights.shape);
    const out = scatterConvolution({
      data: x.data,
      from: imageShape(node, x.shape),
      to,
      weights: weights.data,
      form,
      transposed: true,
      target: (axis, i, tap) =>
        i * form.strides[axis] + tap * form.dilations[axis] - form.pads[axis],
    });
    if (inputs[2] !== undefined) addChannelBias(out, to, dataOf(node, inputs, 2).data);
    return [float64Tensor([to.rows, to.channels, to.height, to.width], out)];
  },
  offsets: productOffsets,
  refusal: (_node, isConstant) =>
    isConstant(1) ? undefined : 'convolution weights that depend on the input',
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward({ graph, node, cotangents: [cotangent], inputTypes, needed }) {
    if (cotangent === undefined || !needed(0)) return [undefined, undefined, undefined];
    const form = convolutionForm(node, inputTypes[1]?.shape ?? []);
    const gradient = graph.add('Conv', [cotangent, node.inputs[1] as string], {
      kernel_shape: form.kernel,
      strides: form.strides,
      dilations: form.dilations,
      pads: form.pads,
      group: form.group,
    });
    return [gradient, undefined, undefined];
  },
};
