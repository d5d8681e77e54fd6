import {
  FloatpathError,
  float64Tensor,
  numbersOf,
  sizeOf,
  type Float64Tensor,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import {
  constantTensors64,
  dataValues,
  foldConstants,
  inferTypes,
  isBatched,
  requirePiecewiseLinear,
  type Gate,
  type IsConstant,
  type Pieces,
} from '@floatpath/engine';
import { layoutOf, type PatternLayout } from './layout.js';
import { rowGatesOf } from './row-gates.js';

/** A node that depends on the input, ready to be walked in float64. */
export interface AnalysisStep {
  readonly node: NetworkNode;
  readonly output: string;
  /** Absent at affine nodes. */
  readonly gate?: AnalysisGate;
  readonly isConstant: IsConstant;
  /** The node's inputs: constants, and what `valueOf` gives for data. */
  operands(valueOf: (name: string) => Tensor): (Tensor | undefined)[];
}

export interface AnalysisGate extends Gate {
  /** Position of the gate's first unit. */
  readonly start: number;
  /** The affine maps of the unit at `index` within the gate. */
  piecesOf(index: number): Pieces;
}

/** A piecewise-linear network prepared for path analysis in float64. Make it once and use it for many inputs. */
export interface Analysis {
  /** Nodes that do not depend on the input are folded into constants: they have no units. */
  readonly network: Network;
  readonly layout: PatternLayout;
  readonly gates: readonly AnalysisGate[];
  readonly steps: readonly AnalysisStep[];
  readonly input: string;
  /** One input with its batch axis of 1. */
  readonly inputShape: readonly number[];
  /** Name of the first output. */
  readonly logits: string;
  /** Whether rows can run together. */
  readonly batched: boolean;
}

/**
 * Prepares `network` (one input; first output = logits) for path analysis.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, naming the node; `invalid-network` unless there is one input
 */
export function analyze(network: Network): Analysis {
  const folded = foldConstants(network);
  requirePiecewiseLinear(folded);
  const [input, ...others] = folded.inputs;
  const logits = folded.outputs[0];
  if (input === undefined || logits === undefined || others.length > 0) {
    throw new FloatpathError(
      'invalid-network',
      `analyze: expected a network of one input and at least one output, got ${folded.inputs.length} inputs and ${folded.outputs.length} outputs`,
    );
  }
  const types = inferTypes(folded);
  const data = dataValues(folded);
  const constants = constantTensors64(folded.constants);
  const plainGates = rowGatesOf(folded);
  const layout = layoutOf(folded, plainGates);
  const gates = plainGates.map((gate, i): AnalysisGate => {
    const inputs = gate.node.inputs.map((name) => types.get(name));
    return {
      ...gate,
      start: layout.gates[i]?.start ?? 0,
      piecesOf: (index) => gate.op.pieces(gate.node, inputs, index),
    };
  });
  const gateOf = new Map(gates.map((gate) => [gate.node.name, gate]));
  const steps = folded.nodes.map((node): AnalysisStep => {
    const gate = gateOf.get(node.name);
    return {
      node,
      output: node.outputs[0] as string,
      ...(gate && { gate }),
      isConstant: (slot) => {
        const name = node.inputs[slot];
        return name !== undefined && name !== '' && !data.has(name);
      },
      operands: (valueOf) =>
        node.inputs.map((name) =>
          name === '' ? undefined : data.has(name) ? valueOf(name) : constants.get(name),
        ),
    };
  });
  return {
    network: folded,
    layout,
    gates,
    steps,
    input: input.name,
    inputShape: types.get(input.name)?.shape ?? [],
    logits: logits.name,
    batched: isBatched(folded),
  };
}

/** One input as a float64 row. @throws {FloatpathError} `shape-mismatch`, `not-finite` */
export function inputRow(analysis: Analysis, x: Tensor, caller: string): Float64Tensor {
  const { inputShape } = analysis;
  if (sizeOf(x.shape) !== sizeOf(inputShape)) {
    throw new FloatpathError(
      'shape-mismatch',
      `${caller}: expected one input of shape [${inputShape.join(', ')}], got [${x.shape.join(', ')}]`,
    );
  }
  const values = numbersOf(x);
  if (!values.every(Number.isFinite)) {
    throw new FloatpathError(
      'not-finite',
      `${caller}: expected finite inputs, got NaN or infinity`,
    );
  }
  return float64Tensor(inputShape, values);
}

/**
 * The piece that `z` selects. A breakpoint itself belongs to the lower piece: z > 0 is active, z <= 0 inactive.
 */
export function pieceAt(pieces: Pieces, z: number): number {
  let piece = 0;
  for (const breakpoint of pieces.breakpoints) if (z > breakpoint) piece += 1;
  return piece;
}
