import { FloatpathError, shapeWithRows, type Network } from '@floatpath/core';
import { opOf } from './ops/index.js';
import type { ValueType } from './ops/op.js';

/** Whether the network's inputs have a free batch axis, so that rows can run together. */
export function isBatched(network: Network): boolean {
  return network.inputs.some((input) => input.shape[0] === 'batch');
}

/**
 * Dtype and shape of every value when `rows` rows run together; constants carry their tensor.
 *
 * @throws {FloatpathError} `unsupported-op` or `invalid-network`, naming the node
 */
export function inferTypes(network: Network, rows = 1): ReadonlyMap<string, ValueType> {
  const types = new Map<string, ValueType>();
  for (const [name, tensor] of network.constants) {
    types.set(name, { dtype: tensor.dtype, shape: tensor.shape, constant: tensor });
  }
  for (const input of network.inputs) {
    types.set(input.name, { dtype: input.dtype, shape: shapeWithRows(input, rows) });
  }
  for (const node of network.nodes) {
    const op = requireOp(node.op, node.name);
    const outputs = op.infer(
      node,
      node.inputs.map((name) => (name === '' ? undefined : types.get(name))),
    );
    outputs.forEach((type, slot) => {
      const name = node.outputs[slot];
      if (name) types.set(name, type);
    });
  }
  return types;
}

/** The op of the table. @throws {FloatpathError} `unsupported-op` */
export function requireOp(type: string, nodeName: string): NonNullable<ReturnType<typeof opOf>> {
  const op = opOf(type);
  if (op === undefined) {
    throw new FloatpathError(
      'unsupported-op',
      `engine: unsupported op "${type}" at node "${nodeName}"; see the list of ops in the engine's README`,
    );
  }
  return op;
}
