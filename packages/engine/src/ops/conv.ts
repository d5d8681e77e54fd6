import { FloatpathError, float64Tensor, type NetworkNode } from '@floatpath/core';
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
import type { AffineOp, BackwardContext } from './op.js';

function outputShape(
  node: NetworkNode,
  input: readonly number[],
  weights: readonly number[],
): ImageShape {
  const from = imageShape(node, input);
  const form = convolutionForm(node, weights);
  const [outputs = 0, perGroup = 0] = weights;
  if (perGroup * form.group !== from.channels || outputs % form.group !== 0) {
    throw new FloatpathError(
      'invalid-network',
      `Conv: expected ${perGroup * form.group} input channels at node "${node.name}" (${form.group} groups of ${perGroup}), got ${from.channels}`,
    );
  }
  const extent = (axis: 0 | 1, size: number): number =>
    Math.floor(
      (size + form.pads[axis] + form.pads[axis === 0 ? 2 : 3] - reach(form, axis)) /
        form.strides[axis],
    ) + 1;
  const to = {
    rows: from.rows,
    channels: outputs,
    height: extent(0, from.height),
    width: extent(1, from.width),
  };
  if (to.height < 1 || to.width < 1) {
    throw new FloatpathError(
      'invalid-network',
      `Conv: expected a kernel no larger than its padded input at node "${node.name}", got output ${to.height} x ${to.width}`,
    );
  }
  return to;
}

/** Cross-correlation with constant weights: stride, padding, dilation, groups. */
export const conv: AffineOp = {
  type: 'Conv',
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
      transposed: false,
      target: (axis, i, tap) =>
        (i + form.pads[axis] - tap * form.dilations[axis]) / form.strides[axis],
    });
    if (inputs[2] !== undefined) addChannelBias(out, to, dataOf(node, inputs, 2).data);
    return [float64Tensor([to.rows, to.channels, to.height, to.width], out)];
  },
  offsets: productOffsets,
  refusal: (_node, isConstant) =>
    isConstant(1) ? undefined : 'convolution weights that depend on the input',
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward(context) {
    const { cotangents, needed } = context;
    const wanted = (slot: number): boolean => cotangents[0] !== undefined && needed(slot);
    return [
      wanted(0) ? imageGradient(context) : undefined,
      wanted(1) ? filterGradient(context) : undefined,
      wanted(2) ? channelSums(context) : undefined,
    ];
  },
};

function imageGradient(context: BackwardContext): string {
  const { graph, node, cotangents, inputTypes, outputTypes } = context;
  const form = convolutionForm(node, inputTypes[1]?.shape ?? []);
  const from = imageShape(node, inputTypes[0]?.shape ?? []);
  const to = imageShape(node, outputTypes[0]?.shape ?? []);
  const left = (axis: 0 | 1, size: number, out: number): number =>
    size -
    ((out - 1) * form.strides[axis] +
      reach(form, axis) -
      form.pads[axis] -
      form.pads[axis === 0 ? 2 : 3]);
  return graph.add('ConvTranspose', [cotangents[0] as string, node.inputs[1] as string], {
    kernel_shape: form.kernel,
    strides: form.strides,
    dilations: form.dilations,
    pads: form.pads,
    group: form.group,
    output_padding: [left(0, from.height, to.height), left(1, from.width, to.width)],
  });
}

/** Correlates the input with the cotangent: rows take the place of channels, strides that of dilations. */
function filterGradient({ graph, node, cotangents, inputTypes }: BackwardContext): string {
  const weights = inputTypes[1]?.shape ?? [];
  const form = convolutionForm(node, weights);
  if (form.group !== 1) {
    throw new FloatpathError(
      'no-gradient',
      `Conv: expected one group to differentiate with respect to its filters at node "${node.name}", got ${form.group}`,
    );
  }
  const byChannel = (value: string): string =>
    graph.add('Transpose', [value], { perm: [1, 0, 2, 3] });
  const images = byChannel(node.inputs[0] as string);
  const whole = graph.add('Conv', [images, byChannel(cotangents[0] as string)], {
    strides: form.dilations,
    dilations: form.strides,
    pads: form.pads,
  });
  // Where a stride leaves pixels over, the correlation has places beyond the filter.
  const [from, to, axes] = [[0, 0], weights.slice(2), [2, 3]].map((v) => graph.integers(v));
  return byChannel(graph.add('Slice', [whole, from as string, to as string, axes as string]));
}

const channelSums = ({ graph, cotangents }: BackwardContext): string =>
  graph.add('ReduceSum', [cotangents[0] as string, graph.integers([0, 2, 3])], { keepdims: 0 });
