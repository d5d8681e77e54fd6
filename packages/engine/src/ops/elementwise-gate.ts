import type { GraphBuilder } from '../graph-builder.js';
import { elementwiseType } from './operands.js';
import type { BackwardContext, ElementwiseGate, GateNode, IsConstant } from './op.js';

/** Only the pre-activation may depend on the input. */
export const parametersRefusal = (
  node: GateNode['node'],
  isConstant: IsConstant,
): string | undefined =>
  node.inputs.every((name, slot) => slot === 0 || name === '' || isConstant(slot))
    ? undefined
    : `slopes or bounds of "${node.op}" that depend on the input`;

/** The derivative of a gate of one input: that of the piece it selects. */
export function selectedBackward(
  op: Pick<ElementwiseGate, 'select' | 'applySelection'>,
): NonNullable<ElementwiseGate['backward']> {
  return ({ graph, node, inputTypes, outputTypes, cotangents: [cotangent] }: BackwardContext) => {
    const [outputType] = outputTypes;
    if (cotangent === undefined || outputType === undefined) return [undefined];
    const gate = { node, inputTypes, outputType };
    return [op.applySelection(graph, gate, op.select(graph, gate), [cotangent])];
  };
}

/** A gate made of two maps through its only breakpoint 0: `low` * z for z <= 0, z for z > 0. */
export function hingeGate(
  type: string,
  options: {
    /** Slope of the lower piece of the unit at `index` within one row. */
    readonly lowSlope: (gate: GateNode) => (index: number) => number;
    /** Emits the lower piece applied to `y`. */
    readonly emitLow: (graph: GraphBuilder, gate: GateNode, y: string) => string;
    readonly evaluate: ElementwiseGate['evaluate'];
    /** The value whose sign is that of z where z > 0, and which is not above 0 elsewhere: z unless given. */
    readonly signOf?: (node: GateNode['node']) => string | undefined;
  },
): ElementwiseGate {
  const { lowSlope, emitLow, evaluate, signOf = (node) => node.inputs[0] } = options;
  const emission: Pick<ElementwiseGate, 'select' | 'applySelection'> = {
    select: (graph, { node }) => graph.add('Greater', [signOf(node) as string, graph.scalar(0)]),
    applySelection: (graph, gate, selection, [y = '']) =>
      graph.add('Where', [selection, y, emitLow(graph, gate, y)]),
  };
  return {
    type,
    role: 'gate',
    kind: 'elementwise',
    infer: elementwiseType,
    evaluate,
    refusal: parametersRefusal,
    pieces(gate) {
      const slope = lowSlope(gate);
      return (index) => ({ breakpoints: [0], slopes: [slope(index), 1], offsets: [0, 0] });
    },
    ...emission,
    backward: selectedBackward(emission),
  };
}
