import {
  FloatpathError,
  float64Tensor,
  sizeOf,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { absoluteTensor } from './arithmetic.js';
import { constantNumbers, dataOf, typeOf } from './operands.js';
import type { AffineOp, ValueType } from './op.js';

interface PadForm {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly shape: readonly number[];
}

export function padForm(node: NetworkNode, inputs: readonly (ValueType | undefined)[]): PadForm {
  const { shape } = typeOf(node, inputs, 0);
  const mode = node.attributes['mode'] ?? 'constant';
  if (mode !== 'constant') {
    throw new FloatpathError(
      'unsupported-op',
      `Pad: expected mode constant at node "${node.name}", got ${String(mode)}`,
    );
  }
  const pads = constantNumbers(node, inputs, 1);
  const asked = node.inputs[3] ? constantNumbers(node, inputs, 3) : shape.map((_, axis) => axis);
  const before = shape.map(() => 0);
  const after = shape.map(() => 0);
  asked.forEach((axis, i) => {
    const at = axis < 0 ? axis + shape.length : axis;
    before[at] = pads[i] as number;
    after[at] = pads[i + asked.length] as number;
  });
  const padded = shape.map((extent, axis) => extent + (before[axis] ?? 0) + (after[axis] ?? 0));
  return { before, after, shape: padded };
}

/** A border of one constant value (negative widths cut); the value is a source of paths. */
export const pad: AffineOp = {
  type: 'Pad',
  role: 'affine',
  infer(node, inputs) {
    return [{ dtype: typeOf(node, inputs, 0).dtype, shape: padForm(node, inputs).shape }];
  },
  evaluate(node, inputs) {
    const x = dataOf(node, inputs, 0);
    const types = inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });
    const { before, shape } = padForm(node, types);
    const value = node.inputs[2] ? (dataOf(node, inputs, 2).data[0] as number) : 0;
    const out = new Float64Array(sizeOf(shape)).fill(value);
    const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    x.data.forEach((v, i) => {
      let rest = i;
      let at = 0;
      for (let axis = x.shape.length - 1; axis >= 0; axis -= 1) {
        const extent = x.shape[axis] as number;
        const position = (rest % extent) + (before[axis] as number);
        rest = Math.floor(rest / extent);
        if (position < 0 || position >= (shape[axis] as number)) return;
        at += position * (strides[axis] as number);
      }
      out[at] = v;
    });
    return [float64Tensor(shape, out)];
  },
  offsets: (node, isConstant) => (node.inputs[2] && isConstant(2) ? [2] : []),
  absolute: (_node, inputs) =>
    inputs.map((tensor: Tensor | undefined, slot) =>
      slot === 1 ? tensor : absoluteTensor(tensor),
    ),
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const { before, after } = padForm(node, inputTypes);
    const pads = graph.integers([...before, ...after].map((width) => -width));
    return [graph.add('Pad', [cotangent, pads], { mode: 'constant' })];
  },
};
