import { FloatpathError, type Network } from '@floatpath/core';
import {
  createGraphBuilder,
  foldConstants,
  requirePiecewiseLinear,
  selectionDtype,
} from '@floatpath/engine';
import { rowGatesOf } from '@floatpath/activation-patterns';
import { selectionInput } from './partition.js';

/** Name of the input that says which units of a gate are restored: bool, one row per set of units. */
export const restoreInput = (gate: string): string => `restore:${gate}`;

/**
 * The network in which chosen units are restored: the output of such a unit is S z + c with the recorded S and c, on its own z, and
 * everything downstream is computed from it. The masks are inputs, one row per set of units, so that many sets run as one batch.
 *
 * @returns a network with the inputs of `network` and, per gate, `restore:<gate>` `[batch, ...rowShape]` and `selection:<gate>`
 * `[1, ...rowShape]`, the same for all rows; its output is the first one of `network`
 * @throws {FloatpathError} `not-piecewise-linear`, naming the node
 */
export function restoreUnits(network: Network): Network {
  const base = foldConstants(network);
  requirePiecewiseLinear(base);
  const graph = createGraphBuilder(base, { withNodes: false });
  const gates = new Map(rowGatesOf(base).map((gate) => [gate.node.name, gate]));
  const renamed = new Map<string, string>();
  const nameOf = (name: string): string => renamed.get(name) ?? name;
  for (const plain of base.nodes) {
    const node = { ...plain, inputs: plain.inputs.map(nameOf) };
    graph.addNode(node);
    const gate = gates.get(plain.name);
    if (gate === undefined) continue;
    const restored = graph.input({
      name: restoreInput(plain.name),
      dtype: 'bool',
      shape: gate.outputShape,
    });
    const selection = graph.input({
      name: selectionInput(gate),
      dtype: selectionDtype(gate),
      shape: gate.outputShape.map((extent) => (extent === 'batch' ? 1 : extent)),
    });
    const inputs = gate.inputs.map((name) => (name === undefined ? undefined : nameOf(name)));
    const linear = gate.op.applySelection(graph, { ...gate, node }, selection, inputs);
    const offset = gate.op.selectedOffset?.(graph, { ...gate, node }, selection);
    const value = offset === undefined ? linear : graph.add('Add', [linear, offset]);
    renamed.set(gate.output, graph.add('Where', [restored, value, gate.output]));
  }
  const [logits] = base.outputs;
  if (logits === undefined) {
    throw new FloatpathError('invalid-network', 'restoreUnits: expected an output, got none');
  }
  return graph.build(`${network.name} (restored)`, [{ ...logits, name: nameOf(logits.name) }]);
}
