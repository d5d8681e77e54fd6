import type { Gate, GraphBuilder, Pieces } from '@floatpath/engine';

/** The pieces that the gate's op gives the unit at `index` within one row. */
export function piecesOf(graph: GraphBuilder, gate: Gate, index: number): Pieces {
  const inputs = gate.node.inputs.map((name) => {
    const constant = graph.constantOf(name);
    return {
      dtype: constant?.dtype ?? ('float32' as const),
      shape: constant?.shape ?? [1, ...gate.rowShape],
      ...(constant && { constant }),
    };
  });
  return gate.op.pieces(gate.node, inputs, index);
}
