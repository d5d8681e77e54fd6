import {
  FloatpathError,
  float32Tensor,
  float64Tensor,
  sizeOf,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import type { GraphBuilder } from './graph-builder.js';
import type { AffineOp, IsConstant } from './ops/op.js';
import { requireOp } from './types.js';

type Operands = readonly (Tensor | undefined)[];

function affineOp(node: NetworkNode): AffineOp {
  const op = requireOp(node.op, node.name);
  if (op.role !== 'affine') {
    throw new FloatpathError(
      'invalid-argument',
      `affine part: expected an affine node, got ${op.role} "${node.op}" at "${node.name}"`,
    );
  }
  return op;
}

/** One node in float64. */
export function evaluateNode(node: NetworkNode, inputs: Operands): readonly Tensor[] {
  return requireOp(node.op, node.name).evaluate(node, inputs);
}

/** An affine node without its offsets, in float64. */
export function evaluateHomogeneous(
  node: NetworkNode,
  inputs: Operands,
  isConstant: IsConstant,
): readonly Tensor[] {
  const op = affineOp(node);
  const offsets = op.offsets(node, isConstant);
  return op.evaluate(
    node,
    inputs.map((tensor, slot) =>
      tensor && offsets.includes(slot)
        ? float64Tensor(tensor.shape, new Float64Array(sizeOf(tensor.shape)))
        : tensor,
    ),
  );
}

/** |W||h| + |b| of an affine node whose data inputs already hold |h|, in float64. */
export function evaluateMagnitude(node: NetworkNode, inputs: Operands): readonly Tensor[] {
  const op = affineOp(node);
  return op.evaluate(node, op.absolute(node, inputs));
}

/**
 * Emits an affine node without its offsets on other inputs, e.g. for the float channel.
 *
 * @param inputs - the node's inputs with the data slots exchanged
 * @returns the names of its outputs
 */
export function emitHomogeneous(
  graph: GraphBuilder,
  node: NetworkNode,
  inputs: readonly string[],
  isConstant: IsConstant,
): readonly string[] {
  const offsets = affineOp(node).offsets(node, isConstant);
  const kept = inputs.map((name, slot) => {
    if (!offsets.includes(slot)) return name;
    const shape = graph.constantOf(name)?.shape;
    if (shape === undefined) {
      throw new FloatpathError(
        'invalid-argument',
        `emitHomogeneous: expected offset "${name}" of node "${node.name}" to be a constant; fold the network first`,
      );
    }
    return graph.constant(float32Tensor(shape));
  });
  return graph.addSeveral(node.op, kept, node.outputs.length, node.attributes);
}

/** A network's constants with float tensors widened to float64. */
export function constantTensors64(constants: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map(
    [...constants].map(([name, tensor]) => [
      name,
      tensor.dtype === 'float32'
        ? float64Tensor(tensor.shape, Float64Array.from(tensor.data))
        : tensor,
    ]),
  );
}
