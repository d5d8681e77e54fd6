import { FloatpathError, numbersOf, type NetworkNode, type Tensor } from '@floatpath/core';
import { axisAttribute } from '../attributes.js';
import { constantNumbers, typeOf } from './operands.js';
import type { AffineOp } from './op.js';
import { absoluteFirst, pickAlong, scatterAlong, takeElements } from './pick-elements.js';

/** Elements at constant indices along one axis; an index tensor of any rank. */
export const gather: AffineOp = {
  type: 'Gather',
  role: 'affine',
  infer(node, inputs) {
    const { dtype, shape } = typeOf(node, inputs, 0);
    const axis = axisAttribute(node, 0, shape.length);
    const indices = typeOf(node, inputs, 1).shape;
    return [{ dtype, shape: shape.toSpliced(axis, 1, ...indices) }];
  },
  evaluate(node, inputs) {
    const x = inputs[0] as Tensor;
    const indices = inputs[1] as Tensor;
    const axis = axisAttribute(node, 0, x.shape.length);
    const picks = gatherPicks(node, Array.from(numbersOf(indices)), x.shape[axis] as number);
    return [
      takeElements(
        x,
        x.shape.toSpliced(axis, 1, ...indices.shape),
        pickAlong(x.shape, axis, picks),
      ),
    ];
  },
  offsets: () => [],
  refusal: (_node, isConstant) => (isConstant(1) ? undefined : 'indices that depend on the input'),
  absolute: absoluteFirst,
  backward({ graph, node, cotangents: [cotangent], inputTypes, batched }) {
    if (cotangent === undefined) return [undefined, undefined];
    const shape = inputTypes[0]?.shape ?? [];
    const axis = axisAttribute(node, 0, shape.length);
    const picks = gatherPicks(node, constantNumbers(node, inputTypes, 1), shape[axis] as number);
    const flat = shape.with(axis, picks.length);
    const target = batched && axis > 0 ? [-1, ...flat.slice(1)] : flat;
    const lined = graph.add('Reshape', [cotangent, graph.integers(target)]);
    return [scatterAlong(graph, lined, shape, axis, picks), undefined];
  },
};

export function gatherPicks(
  node: NetworkNode,
  indices: readonly number[],
  extent: number,
): number[] {
  return indices.map((index) => {
    const at = index < 0 ? index + extent : index;
    if (at >= 0 && at < extent) return at;
    throw new FloatpathError(
      'invalid-network',
      `Gather: expected indices in [${-extent}, ${extent}) at node "${node.name}", got ${index}`,
    );
  });
}
