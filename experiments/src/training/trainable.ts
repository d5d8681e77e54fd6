import { float32Tensor, type Float32Tensor, type Network } from '@floatpath/core';
import type { Gate, GraphBuilder } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import { copiedGates, layerByLayer } from '@floatpath/sc-rfp';
import type { Deviations, Look } from '../designs/look.js';
import type { Parameter, Trainable } from './train.js';

/** What every design of a network is made of. */
export interface Base {
  readonly network: Network;
  readonly look: Look;
  readonly deviations: Deviations;
}

/** What a unit has to say at z and at a(z). */
export interface UnitValues {
  readonly graph: GraphBuilder;
  /** Pre-activations at z and at a(z). */
  readonly at: string;
  readonly lookedAt: string;
  /** Outputs at z and at a(z). */
  readonly own: string;
  readonly there: string;
  /** The deviation of the pre-activation. */
  readonly deviation: string;
  /** Distance from the switch at a(z), in deviations. */
  readonly distance: string;
  /** A parameter of one number per unit. */
  readonly unit: (start: number) => string;
}

/** A network with the base's weights, and numbers of its own, as parameters. */
export function trainable(
  name: string,
  base: Network,
  network: Network,
  own: readonly Float32Tensor[],
  haste: number,
): Trainable {
  const used = new Set(network.constants.values());
  const weights = [...base.constants.values()].filter(
    (tensor): tensor is Float32Tensor => tensor.dtype === 'float32' && used.has(tensor),
  );
  const parameters = [
    ...weights.map((tensor): Parameter => ({ tensor, haste: 1 })),
    ...own.map((tensor): Parameter => ({ tensor, haste })),
  ];
  return { name, network, parameters };
}

/**
 * Every unit gives something else, from what it gives at z and at a(z), layer by layer.
 *
 * @param haste - how much faster than weights the numbers of units learn
 */
export function unitwise(
  { network, look, deviations }: Base,
  name: string,
  { partition, haste }: { readonly partition: Partition; readonly haste: number },
  instead: (values: UnitValues, gate: Gate) => string,
): Trainable {
  const copies = new WeakMap<GraphBuilder, ReadonlyMap<string, Gate>>();
  const own: Float32Tensor[] = [];
  const made = layerByLayer(network, partition, (graph, gate) => {
    const gates = copies.get(graph) ?? copiedGates(graph, network, look(graph));
    copies.set(graph, gates);
    const there = gates.get(gate.node.name) as Gate;
    const lookedAt = there.inputs[0] as string;
    const s = float32Tensor(gate.rowShape, deviations.get(gate.node.name) as Float32Array);
    const away = graph.add('Abs', [lookedAt]);
    const deviation = graph.constant(s);
    const values: UnitValues = {
      ...{ graph, lookedAt, deviation },
      at: gate.inputs[0] as string,
      own: gate.output,
      there: there.output,
      distance: graph.add('Div', [away, deviation]),
      unit(start) {
        const tensor = float32Tensor(gate.rowShape, new Float32Array(gate.units).fill(start));
        own.push(tensor);
        return graph.constant(tensor);
      },
    };
    return instead(values, gate);
  });
  return trainable(name, network, made, own, haste);
}

export const oneMinus = (graph: GraphBuilder, value: string): string =>
  graph.add('Sub', [graph.scalar(1), value]);

export const square = (graph: GraphBuilder, value: string): string =>
  graph.add('Mul', [value, value]);

/** exp(-value) */
export const decay = (graph: GraphBuilder, value: string): string =>
  graph.add('Exp', [graph.add('Neg', [value])]);

/** share * a + (1 - share) * b */
export function mixture(graph: GraphBuilder, share: string, a: string, b: string): string {
  const rest = graph.add('Mul', [b, oneMinus(graph, share)]);
  return graph.add('Add', [graph.add('Mul', [a, share]), rest]);
}
