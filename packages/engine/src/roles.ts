import {
  FloatpathError,
  sizeOf,
  type Dimension,
  type Network,
  type NetworkNode,
} from '@floatpath/core';
import type { ElementwiseGate, GateNode, GateOp, IsConstant, ValueType } from './ops/op.js';
import { inferTypes, isBatched, requireOp } from './types.js';

/** A gate node of a network: one unit per element of a row of its output. */
export interface Gate<Op extends GateOp = GateOp> extends GateNode {
  readonly op: Op;
  /** Per input slot the value that the units look at; undefined at constants. */
  readonly inputs: readonly (string | undefined)[];
  readonly output: string;
  /** Shape of the output: rows on a free first axis where the network has one. */
  readonly outputShape: readonly Dimension[];
  /** Shape of one row of the output. */
  readonly rowShape: readonly number[];
  readonly units: number;
  /** Number of affine maps that a unit selects from; a unit of a choice gate may have fewer. */
  readonly pieces: number;
}

/** Dtype of a gate's selections: bool (true = piece 1) for at most two pieces, else piece numbers. */
export function selectionDtype({ pieces }: Pick<Gate, 'pieces'>): 'bool' | 'int64' {
  return pieces > 2 ? 'int64' : 'bool';
}

/** Whether the gate's units look at one pre-activation each: its first input. */
export function isElementwise(gate: Gate): gate is Gate<ElementwiseGate> {
  return gate.op.kind === 'elementwise';
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
    const outputType = types.get(output) as ValueType;
    const rowShape = batched ? outputType.shape.slice(1) : outputType.shape;
    const gate: GateNode = {
      node,
      inputTypes: node.inputs.map((name) => (name === '' ? undefined : types.get(name))),
      outputType,
    };
    const pieces = op.kind === 'choice' ? op.pieceCount(gate) : op.pieces(gate)(0).slopes.length;
    return [
      {
        ...gate,
        op,
        inputs: node.inputs.map((name) => (data.has(name) ? name : undefined)),
        output,
        outputShape: batched ? ['batch', ...rowShape] : rowShape,
        rowShape,
        units: sizeOf(rowShape),
        pieces,
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
      op.role === 'affine' || op.role === 'gate'
        ? op.refusal?.(node, constantSlots(node, data))
        : `op "${node.op}" is neither affine nor a gate`;
    if (reason !== undefined) {
      throw new FloatpathError(
        'not-piecewise-linear',
        `path analysis: expected a piecewise-linear network, got ${reason} at node "${node.name}"; the network can still be attacked and smoothed`,
      );
    }
  }
}
