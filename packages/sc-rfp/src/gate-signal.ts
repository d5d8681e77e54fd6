import type { Gate, GraphBuilder } from '@floatpath/engine';

/**
 * What a gate's deviations are those of, per unit: the pre-activation, or where units choose among candidates the lead of the
 * winner over the runner-up, which is emitted.
 */
export function gateSignal(graph: GraphBuilder, gate: Gate): string {
  const { op } = gate;
  return op.kind === 'choice' ? op.gap(graph, gate) : (gate.inputs[0] as string);
}
