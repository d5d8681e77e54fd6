import { float64Tensor, type Tensor } from '@floatpath/core';
import { binaryEvaluate, reduceToOperand } from './arithmetic.js';
import { candidateEmission, choose, isSelected } from './choice-gate.js';
import { broadcastIndex, broadcastShape, dataOf, typeOf } from './operands.js';
import type { ChoiceGate } from './op.js';

/** The greatest or least of several broadcast tensors, NaN if one of them is; constant ones are sources of paths. */
function extremum(
  type: string,
  pick: ChoiceGate['pick'],
  of: (a: number, b: number) => number,
): ChoiceGate {
  const emission = candidateEmission(pick, (_graph, _gate, ys) => ys.map((value) => ({ value })));
  return {
    type,
    role: 'gate',
    kind: 'choice',
    pick,
    infer(node, inputs) {
      const types = node.inputs.map((_, slot) => typeOf(node, inputs, slot));
      const shape = broadcastShape(
        node,
        types.map((t) => t.shape),
      );
      return [{ dtype: typeOf(node, inputs, 0).dtype, shape }];
    },
    evaluate: (node, inputs) => [
      inputs
        .map((_, slot): Tensor => dataOf(node, inputs, slot))
        .reduce((a, b) =>
          float64Tensor(broadcastShape(node, [a.shape, b.shape]), binaryEvaluate(node, [a, b], of)),
        ),
    ],
    pieceCount: ({ node }) => node.inputs.length,
    candidates({ inputTypes, outputType }) {
      const positions = inputTypes.map((type) =>
        broadcastIndex(type?.shape ?? [], outputType.shape),
      );
      return (index) =>
        positions.map((at, slot) => ({ piece: slot, slot, index: at[index] as number }));
    },
    ...emission,
    selectedOffset(graph, { node }, selection) {
      const constants = node.inputs.map((name) => graph.constantOf(name) && name);
      if (constants.every((name) => name === undefined)) return undefined;
      return choose(
        graph,
        selection,
        constants.map((name) => name ?? graph.scalar(0)),
      );
    },
    backward(context) {
      const { graph, node, cotangents, inputTypes, outputTypes, needed } = context;
      const [cotangent] = cotangents;
      const [outputType] = outputTypes;
      if (cotangent === undefined || outputType === undefined) return [];
      const selection = emission.select(graph, { node, inputTypes, outputType });
      const pieces = node.inputs.length;
      return node.inputs.map((_, slot) => {
        if (!needed(slot)) return undefined;
        if (pieces === 1) return cotangent;
        const here = isSelected(graph, selection, slot, pieces);
        return reduceToOperand(
          context,
          graph.add('Where', [here, cotangent, graph.scalar(0)]),
          slot,
        );
      });
    },
  };
}

export const maximum = extremum('Max', 'greatest', Math.max);
export const minimum = extremum('Min', 'least', Math.min);
