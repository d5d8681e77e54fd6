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
  isElementwise,
  requirePiecewiseLinear,
  type Candidate,
  type ChoiceGate,
  type ElementwiseGate,
  type Gate,
  type IsConstant,
  type Pieces,
} from '@floatpath/engine';
import { layoutOf, type PatternLayout } from './layout.js';
import { rowGatesOf } from './row-gates.js';

/** A node that depends on the input, ready to be walked in float64. */
export interface AnalysisStep {
  readonly node: NetworkNode;
  readonly outputs: readonly string[];
  /** Absent at affine nodes. */
  readonly gate?: AnalysisGate;
  readonly isConstant: IsConstant;
  /** The node's inputs: constants, and what `valueOf` gives for data. */
  operands(valueOf: (name: string) => Tensor): (Tensor | undefined)[];
}

/** A gate whose units look at one pre-activation each. */
export interface AnalysisElementwiseGate extends Gate<ElementwiseGate> {
  readonly kind: 'elementwise';
  /** Position of the gate's first unit. */
  readonly start: number;
  /** The affine maps of the unit at `index` within the gate. */
  piecesOf(index: number): Pieces;
}

/** A gate whose units pass on the greatest or least of several candidates. */
export interface AnalysisChoiceGate extends Gate<ChoiceGate> {
  readonly kind: 'choice';
  readonly start: number;
  /** The candidates of the unit at `index` within the gate, pieces ascending. */
  candidatesOf(index: number): readonly Candidate[];
}

export type AnalysisGate = AnalysisElementwiseGate | AnalysisChoiceGate;

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
  const layout = layoutOf(plainGates);
  const gates = plainGates.map((gate, i): AnalysisGate => {
    const start = layout.gates[i]?.start ?? 0;
    return isElementwise(gate)
      ? { ...gate, kind: 'elementwise', start, piecesOf: gate.op.pieces(gate) }
      : choiceGate(gate as Gate<ChoiceGate>, start);
  });
  const gateOf = new Map(gates.map((gate) => [gate.node.name, gate]));
  const steps = folded.nodes.map((node): AnalysisStep => {
    const gate = gateOf.get(node.name);
    return {
      node,
      outputs: node.outputs,
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

function choiceGate(gate: Gate<ChoiceGate>, start: number): AnalysisChoiceGate {
  return { ...gate, kind: 'choice', start, candidatesOf: gate.op.candidates(gate) };
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
  requireFinite(x, caller);
  return float64Tensor(inputShape, numbersOf(x));
}

/** @throws {FloatpathError} `not-finite` */
export function requireFinite({ data }: Tensor, caller: string): void {
  for (let i = 0; i < data.length; i += 1) {
    if (Number.isFinite(Number(data[i]))) continue;
    throw new FloatpathError(
      'not-finite',
      `${caller}: expected finite inputs, got NaN or infinity`,
    );
  }
}
