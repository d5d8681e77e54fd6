import { sizeOf, type Tensor } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { absoluteTensor } from './arithmetic.js';
import { typeOf } from './operands.js';
import type { AffineOp } from './op.js';

/** Tensors behind each other along one axis; constant ones are sources of paths. */
export const concat: AffineOp = {
  type: 'Concat',
  role: 'affine',
  infer(node, inputs) {
    const types = node.inputs.map((_, slot) => typeOf(node, inputs, slot));
    const { dtype, shape } = typeOf(node, inputs, 0);
    const axis = axisAttribute(node, 0, shape.length);
    const extent = types.reduce((sum, type) => sum + (type.shape[axis] ?? 0), 0);
    return [{ dtype, shape: shape.with(axis, extent) }];
  },
  evaluate(node, inputs) {
    const parts = inputs as readonly Tensor[];
    const [first] = parts as readonly [Tensor];
    const axis = axisAttribute(node, 0, first.shape.length);
    const extent = parts.reduce((sum, part) => sum + (part.shape[axis] as number), 0);
    const shape = first.shape.with(axis, extent);
    const make = first.data.constructor as new (length: number) => typeof first.data;
    const out = new make(sizeOf(shape));
    const outer = sizeOf(shape.slice(0, axis));
    const stride = out.length / outer;
    let start = 0;
    for (const part of parts) {
      const length = part.data.length / outer;
      for (let o = 0; o < outer; o += 1) {
        out.set(part.data.subarray(o * length, (o + 1) * length) as never, o * stride + start);
      }
      start += length;
    }
    return [{ ...first, shape, data: out } as Tensor];
  },
  offsets: (node, isConstant) => node.inputs.map((_, slot) => slot).filter(isConstant),
  absolute: (_node, inputs) => inputs.map(absoluteTensor),
  backward({ graph, node, cotangents: [cotangent], inputTypes, needed }) {
    if (cotangent === undefined) return node.inputs.map(() => undefined);
    const axis = axisAttribute(node, 0, inputTypes[0]?.shape.length ?? 0);
    let start = 0;
    return inputTypes.map((type, slot) => {
      const from = start;
      start += type?.shape[axis] ?? 0;
      if (!needed(slot)) return undefined;
      const bounds = [[from], [start], [axis]].map((value) => graph.integers(value));
      return graph.add('Slice', [cotangent, ...bounds]);
    });
  },
};
