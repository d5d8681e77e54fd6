import type { Network, NetworkNode, Tensor } from '@floatpath/core';
import {
  createGraphBuilder,
  denseLayer,
  gatesOf,
  type DenseLayer,
  type Gate,
} from '@floatpath/engine';
import { passesPositive } from './channels.js';

/** A network whose dense layers have their fixed units first, and where that leaves the masks. */
export interface FixedFirst {
  readonly network: Network;
  /** Float units per gate node name, in the new order. */
  readonly floatUnits: ReadonlyMap<string, Uint8Array>;
  /** Per gate node name of an ordered layer: that many units are fixed, all after them float. */
  readonly leading: ReadonlyMap<string, number>;
}

/**
 * The same function with the units of dense layers in another order: fixed ones first, by one mask for all inputs. What the next
 * layer reads of fixed paths is then a slice, and only their weights are multiplied.
 *
 * Orders a layer where a dense node feeds a gate that gives z or 0, and all that reads the gate is dense, too. Sums run in the new
 * order, so float32 outputs differ by roundings.
 *
 * @param network - folded
 * @param floatUnits - per gate node name, 1 at float units of one row
 */
export function fixedFirst(
  network: Network,
  floatUnits: ReadonlyMap<string, Uint8Array>,
): FixedFirst {
  const layers = new Map<string, DenseLayer>();
  for (const node of network.nodes) {
    const layer = denseLayer(node, network.constants);
    if (layer !== undefined) layers.set(node.name, layer);
  }
  const rowOrders = new Map<string, readonly number[]>();
  const columnOrders = new Map<string, readonly number[]>();
  const ordered = new Map(floatUnits);
  const leading = new Map<string, number>();
  for (const gate of gatesOf(network)) {
    const mask = floatUnits.get(gate.node.name);
    const around = mask && denseAround(network, gate, layers);
    if (mask === undefined || around === undefined) continue;
    const order = [...mask.keys()].sort(
      (a, b) => (mask[a] as number) - (mask[b] as number) || a - b,
    );
    const fixed = mask.filter((float) => float === 0).length;
    if (fixed === 0 || fixed === mask.length) continue;
    columnOrders.set(around.before.name, order);
    for (const node of around.after) rowOrders.set(node.name, order);
    ordered.set(
      gate.node.name,
      mask.map((_, unit) => mask[order[unit] as number] as number),
    );
    leading.set(gate.node.name, fixed);
  }
  const graph = createGraphBuilder(network, { withNodes: false });
  for (const node of network.nodes) {
    const [rows, columns] = [rowOrders.get(node.name), columnOrders.get(node.name)];
    const layer = layers.get(node.name);
    if (layer === undefined || (rows === undefined && columns === undefined)) graph.addNode(node);
    else {
      const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
      const constants = layer.restricted(rows ?? all(layer.inner), columns ?? all(layer.columns));
      graph.addNode({
        ...node,
        inputs: [
          node.inputs[0] as string,
          ...constants.map((tensor: Tensor) => graph.constant(tensor)),
        ],
        attributes: layer.attributes,
      });
    }
  }
  return { network: graph.build(network.name, network.outputs), floatUnits: ordered, leading };
}

/** The dense nodes before and after a gate, if there is nothing else around it. */
function denseAround(
  network: Network,
  gate: Gate,
  layers: ReadonlyMap<string, DenseLayer>,
): { readonly before: NetworkNode; readonly after: readonly NetworkNode[] } | undefined {
  const [z] = gate.inputs;
  const isOutput = (name: string): boolean => network.outputs.some((o) => o.name === name);
  const readers = (name: string): NetworkNode[] =>
    network.nodes.filter((node) => node.inputs.includes(name));
  const before = network.nodes.find((node) => z !== undefined && node.outputs.includes(z));
  if (z === undefined || before === undefined || !passesPositive(gate)) return undefined;
  if (isOutput(z) || isOutput(gate.output) || readers(z).length !== 1) return undefined;
  const after = readers(gate.output);
  const isData = (node: NetworkNode): boolean =>
    layers.has(node.name) && node.inputs.indexOf(gate.output) === 0;
  return layers.has(before.name) && before.inputs[0] !== z && after.every(isData)
    ? { before, after }
    : undefined;
}
