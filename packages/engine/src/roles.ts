import { FloatpathError, sizeOf, type Network, type NetworkNode } from '@floatpath/core';
import type { GateOp, IsConstant } from './ops/op.js';
import { inferTypes, isBatched, requireOp } from './types.js';

/** A gate node of a network: one unit per element of a row of its output. */
export interface Gate {
  readonly node: NetworkNode;
  readonly op: GateOp;
  /** Value that the units look at. */
  readonly preActivation: string;
  readonly output: string;
  /** Shape of one row of the output. */
  readonly rowShape: readonly number[];
  readonly units: number;
}

/** Names of the values that depend on an input. */
export function dataValues(network: Network): ReadonlySet<string> {
  const data = new Set(network.inputs.map((input) => input.name));
  for (const node of network.nodes) {
    if (node.inputs.some((name) => data.has(name))) {
      for (const output of node.outputs) data.add(output);
    }
  }
  return data;
}

/** Tells for one node which input slots do not depend on the input. */
export function constantSlots(node: NetworkNode, data: ReadonlySet<string>): IsConstant {
  return (slot) => {
    const name = node.inputs[slot];
    return name !== undefined && name !== '' && !data.has(name);
  };
}

/** The gates that depend on the input, in topological order. */
export function gatesOf(network: Network): readonly Gate[] {
  const data = dataValues(network);
  const types = inferTypes(network);
  const batched = isBatched(network);
  return network.nodes.flatMap((node) => {
    const op = requireOp(node.op, node.name);
    if (op.role !== 'gate' || !node.inputs.some((name) => data.has(name))) return [];
    const output = node.outputs[0] as string;
    const shape = types.get(output)?.shape ?? [];
    const rowShape = batched ? shape.slice(1) : shape;
    return [
      {
        node,
        op,
        preActivation: node.inputs[0] as string,
        output,
        rowShape,
        units: sizeOf(rowShape),
      },
    ];
  });
}

/**
 * Path analysis speaks of sums of paths, so every op between input and output must be affine or a gate.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, naming the node and why
 */
export function requirePiecewiseLinear(network: Network): void {
  const data = dataValues(network);
  for (const node of network.nodes) {
    if (!node.inputs.some((name) => data.has(name))) continue;
    const op = requireOp(node.op, node.name);
    const reason =
      op.role === 'affine'
        ? op.refusal?.(node, constantSlots(node, data))
        : op.role === 'gate'
          ? undefined
          : `op "${node.op}" is neither affine nor a gate`;
    if (reason !== undefined) {
      throw new FloatpathError(
        'not-piecewise-linear',
        `path analysis: expected a piecewise-linear network, got ${reason} at node "${node.name}"; the network can still be attacked and smoothed`,
      );
    }
  }
}
