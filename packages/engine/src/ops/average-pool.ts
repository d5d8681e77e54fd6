import { float32Tensor, FloatpathError, float64Tensor, type NetworkNode } from '@floatpath/core';
import { numberAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { dataOf, typeOf } from './operands.js';
import type { AffineOp } from './op.js';
import { reachBeyond, windowForm, windowTaps, type WindowForm } from './window.js';

/**
 * By how much every window's sum is divided: the elements it sees, or with `count_include_pad` all of it that lies in
 * the padded input.
 */
export function divisors(node: NetworkNode, form: WindowForm): Float64Array {
  const { kernel, strides, dilations, pads, from, to } = form;
  const includePad = numberAttribute(node, 'count_include_pad', 0) !== 0;
  const covered = (axis: 0 | 1, at: number, size: number): number => {
    const start = at * strides[axis] - pads[axis];
    const end = includePad ? size + pads[axis === 0 ? 2 : 3] : size;
    let count = 0;
    for (let k = 0; k < kernel[axis]; k += 1) {
      const i = start + k * dilations[axis];
      if ((includePad || i >= 0) && i < end) count += 1;
    }
    return count;
  };
  const result = new Float64Array(to.height * to.width);
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      result[y * to.width + x] = covered(0, y, from.height) * covered(1, x, from.width);
    }
  }
  return result;
}

/** The mean of every window of each channel. */
export const averagePool: AffineOp = {
  type: 'AveragePool',
  role: 'affine',
  infer(node, inputs) {
    const x = typeOf(node, inputs, 0);
    const { to, dilations } = windowForm(node, x.shape);
    if (dilations.some((dilation) => dilation !== 1)) {
      throw new FloatpathError(
        'unsupported-op',
        `AveragePool: expected dilations of 1 at node "${node.name}" (opset 18 has no others), got ${dilations.join(', ')}`,
      );
    }
    return [{ dtype: x.dtype, shape: [to.rows, to.channels, to.height, to.width] }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const form = windowForm(node, x.shape);
    const { from, to } = form;
    const divisor = divisors(node, form);
    const plane = from.height * from.width;
    const out = new Float64Array(to.rows * to.channels * divisor.length);
    for (let at = 0; at < divisor.length; at += 1) {
      const taps = windowTaps(form, Math.floor(at / to.width), at % to.width);
      for (let channel = 0; channel < to.rows * to.channels; channel += 1) {
        let sum = 0;
        for (const { position } of taps) sum += x.data[channel * plane + position] as number;
        out[channel * divisor.length + at] = sum / (divisor[at] as number);
      }
    }
    return [float64Tensor([to.rows, to.channels, to.height, to.width], out)];
  },
  offsets: () => [],
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  // The transpose: every output gives its share back to the elements of its window, a ConvTranspose by ones.
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const form = windowForm(node, inputTypes[0]?.shape ?? []);
    const { kernel, strides, dilations, pads, from, to } = form;
    const divisor = graph.constant(
      float32Tensor([1, 1, to.height, to.width], divisors(node, form)),
    );
    const ones = new Float32Array(from.channels * kernel[0] * kernel[1]).fill(1);
    const weights = graph.constant(float32Tensor([from.channels, 1, ...kernel], ones));
    const [bottom, right] = reachBeyond(form);
    return [
      graph.add('ConvTranspose', [graph.add('Div', [cotangent, divisor]), weights], {
        kernel_shape: kernel,
        strides,
        dilations,
        group: from.channels,
        pads: [pads[0], pads[1], Math.max(0, bottom), Math.max(0, right)],
        output_padding: [Math.max(0, -bottom), Math.max(0, -right)],
      }),
    ];
  },
};
