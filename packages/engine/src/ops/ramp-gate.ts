import { float64Tensor, type NetworkNode } from '@floatpath/core';
import type { GraphBuilder } from '../graph-builder.js';
import { parametersRefusal, selectedBackward } from './elementwise-gate.js';
import { dataOf, elementwiseType } from './operands.js';
import { castTarget } from './plumbing.js';
import type { ElementwiseGate, GateNode, Pieces, ValueType } from './op.js';

/**
 * A gate that follows `scale` * z + `shift` (scale > 0) between two levels and is constant beyond: at or below the lower
 * level it gives `low`, at or above the upper one `high`. A missing level means no limit on that side.
 */
export interface Ramp {
  readonly scale: number;
  readonly shift: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
}

/** The pieces of a ramp; with low >= high it is the constant `high`. */
export function rampPieces({ scale, shift, low, high }: Ramp): Pieces {
  if (low !== undefined && high !== undefined && low >= high) {
    return { breakpoints: [], slopes: [0], offsets: [high] };
  }
  const at = (level: number): number => (level - shift) / scale;
  return {
    breakpoints: [
      ...(low === undefined ? [] : [at(low)]),
      ...(high === undefined ? [] : [at(high)]),
    ],
    slopes: [...(low === undefined ? [] : [0]), scale, ...(high === undefined ? [] : [0])],
    offsets: [...(low === undefined ? [] : [low]), shift, ...(high === undefined ? [] : [high])],
    upperTie: high !== undefined,
  };
}

/** A gate whose every unit is the same ramp. */
export function rampGate(
  type: string,
  rampOf: (node: NetworkNode, inputs: readonly (ValueType | undefined)[]) => Ramp,
): ElementwiseGate {
  const rampOfGate = ({ node, inputTypes }: GateNode): Ramp => rampOf(node, inputTypes);
  const emission: Pick<ElementwiseGate, 'select' | 'applySelection'> = {
    select(graph, gate) {
      const ramp = rampOfGate(gate);
      const [z] = gate.node.inputs as readonly [string];
      // A gate of one piece has one selection: false wherever z is.
      if (rampPieces(ramp).slopes.length === 1) return graph.add('Less', [z, z]);
      // Read from the value that the gate itself limits, so that selection and value never disagree by a rounding.
      const value = emitRamp(graph, ramp, z);
      const beyond = [
        ...(ramp.low === undefined ? [] : [graph.add('Greater', [value, graph.scalar(ramp.low)])]),
        ...(ramp.high === undefined
          ? []
          : [graph.add('GreaterOrEqual', [value, graph.scalar(ramp.high)])]),
      ];
      if (beyond.length === 1) return beyond[0] as string;
      const [first = '', second = ''] = beyond.map((bool) =>
        graph.add('Cast', [bool], { to: castTarget.float }),
      );
      return graph.add('Cast', [graph.add('Add', [first, second])], { to: castTarget.int64 });
    },
    applySelection(graph, gate, selection, [y = '']) {
      const { slopes } = rampPieces(rampOfGate(gate));
      const maps = slopes.map((slope) => {
        if (slope === 0) return graph.scalar(0);
        return slope === 1 ? y : graph.add('Mul', [y, graph.scalar(slope)]);
      });
      return perPiece(graph, selection, maps);
    },
  };
  return {
    type,
    role: 'gate',
    kind: 'elementwise',
    infer: elementwiseType,
    evaluate(node, inputs) {
      const z = dataOf(node, inputs, 0);
      const constants = inputs.map((t) => t && { dtype: t.dtype, shape: t.shape, constant: t });
      const { scale, shift, low, high } = rampOf(node, constants);
      const out = z.data.map((v) => {
        const value = scale * v + shift;
        const raised = low !== undefined && value < low ? low : value;
        return high !== undefined && raised > high ? high : raised;
      });
      return [float64Tensor(z.shape, out)];
    },
    refusal: parametersRefusal,
    pieces(gate) {
      const pieces = rampPieces(rampOfGate(gate));
      return () => pieces;
    },
    ...emission,
    selectedOffset(graph, gate, selection) {
      const { offsets } = rampPieces(rampOfGate(gate));
      return perPiece(
        graph,
        selection,
        offsets.map((offset) => graph.scalar(offset)),
      );
    },
    backward: selectedBackward(emission),
  };
}

function emitRamp(graph: GraphBuilder, { scale, shift }: Ramp, z: string): string {
  const scaled = scale === 1 ? z : graph.add('Mul', [z, graph.scalar(scale)]);
  return shift === 0 ? scaled : graph.add('Add', [scaled, graph.scalar(shift)]);
}

/** Emits, per unit, the value that belongs to the selected piece. */
function perPiece(graph: GraphBuilder, selection: string, values: readonly string[]): string {
  const [first, second, third] = values as readonly [string, string?, string?];
  if (second === undefined) return graph.add('Where', [selection, first, first]);
  if (third === undefined) return graph.add('Where', [selection, second, first]);
  const upper = graph.add('Equal', [selection, graph.integers([2])]);
  const middle = graph.add('Equal', [selection, graph.integers([1])]);
  return graph.add('Where', [upper, third, graph.add('Where', [middle, second, first])]);
}
