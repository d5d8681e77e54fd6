import { FloatpathError, sizeOf, type NetworkNode, type Tensor } from '@floatpath/core';
import { numberAttribute, numbersAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { constantNumbers, typeOf } from './operands.js';
import type { AffineOp, ValueType } from './op.js';

/** Ops that only give the same elements another shape. */
function reshapeLike(
  type: string,
  shapeOf: (node: NetworkNode, inputs: readonly (ValueType | undefined)[]) => readonly number[],
): AffineOp {
  return {
    type,
    role: 'affine',
    infer(node, inputs) {
      const x = typeOf(node, inputs, 0);
      const shape = shapeOf(node, inputs);
      if (sizeOf(shape) !== sizeOf(x.shape)) {
        throw new FloatpathError(
          'invalid-network',
          `${type}: expected a shape of ${sizeOf(x.shape)} elements at node "${node.name}", got [${shape.join(', ')}]`,
        );
      }
      return [{ dtype: x.dtype, shape }];
    },
    evaluate(node, inputs) {
      const x = inputs[0] as Tensor;
      const types = inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });
      return [{ ...x, shape: shapeOf(node, types) }];
    },
    offsets: () => [],
    absolute: (_node, inputs) =>
      inputs.map((tensor, slot) => (slot === 0 ? absoluteTensor(tensor) : tensor)),
    backward({ graph, cotangents: [cotangent], inputTypes, batched }) {
      if (cotangent === undefined) return [undefined];
      const shape = inputTypes[0]?.shape ?? [];
      return [
        graph.add('Reshape', [
          cotangent,
          graph.integers(batched ? [-1, ...shape.slice(1)] : shape),
        ]),
      ];
    },
  };
}

export const reshape = reshapeLike('Reshape', (node, inputs) => {
  const from = typeOf(node, inputs, 0).shape;
  const allowZero = numberAttribute(node, 'allowzero', 0) !== 0;
  const asked = constantNumbers(node, inputs, 1).map((extent, axis) =>
    extent === 0 && !allowZero ? (from[axis] ?? 0) : extent,
  );
  const known = asked
    .filter((extent) => extent !== -1)
    .reduce((product, extent) => product * extent, 1);
  return asked.map((extent) => (extent === -1 ? sizeOf(from) / known : extent));
});

export const flatten = reshapeLike('Flatten', (node, inputs) => {
  const from = typeOf(node, inputs, 0).shape;
  const asked = numberAttribute(node, 'axis', 1);
  const axis = asked < 0 ? asked + from.length : asked;
  return [sizeOf(from.slice(0, axis)), sizeOf(from.slice(axis))];
});

export const identity = reshapeLike('Identity', (node, inputs) => typeOf(node, inputs, 0).shape);

export const squeeze = reshapeLike('Squeeze', (node, inputs) => {
  const from = typeOf(node, inputs, 0).shape;
  const axes =
    inputs[1] === undefined
      ? from.flatMap((extent, axis) => (extent === 1 ? [axis] : []))
      : constantNumbers(node, inputs, 1).map((axis) => (axis < 0 ? axis + from.length : axis));
  return from.filter((_, axis) => !axes.includes(axis));
});

export const unsqueeze = reshapeLike('Unsqueeze', (node, inputs) => {
  const from = [...typeOf(node, inputs, 0).shape];
  const asked = constantNumbers(node, inputs, 1);
  const rank = from.length + asked.length;
  const axes = asked.map((axis) => (axis < 0 ? axis + rank : axis));
  return Array.from({ length: rank }, (_, axis) =>
    axes.includes(axis) ? 1 : (from.shift() as number),
  );
});

export function permutation(node: NetworkNode, rank: number): readonly number[] {
  const reversed = Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  return numbersAttribute(node, 'perm', reversed);
}

export const transpose: AffineOp = {
  type: 'Transpose',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    return [{ dtype, shape: permutation(node, shape.length).map((axis) => shape[axis] as number) }];
  },
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const perm = permutation(node, x.shape.length);
    const shape = perm.map((axis) => x.shape[axis] as number);
    const strides = x.shape.map((_, axis) => sizeOf(x.shape.slice(axis + 1)));
    const data = x.data.slice();
    for (let i = 0; i < data.length; i += 1) {
      let rest = i;
      let from = 0;
      for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
        const extent = shape[axis] as number;
        from += (rest % extent) * (strides[perm[axis] as number] as number);
        rest = Math.floor(rest / extent);
      }
      data[i] = x.data[from] as number & bigint;
    }
    return [{ ...x, shape, data } as Tensor];
  },
  offsets: () => [],
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward({ graph, node, cotangents: [cotangent], inputTypes }) {
    if (cotangent === undefined) return [undefined];
    const perm = permutation(node, inputTypes[0]?.shape.length ?? 0);
    return [
      graph.add('Transpose', [cotangent], { perm: perm.map((_, axis) => perm.indexOf(axis)) }),
    ];
  },
};
