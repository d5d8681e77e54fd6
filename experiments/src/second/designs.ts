import { float32Tensor, type Float32Tensor, type Network, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder, type Gate, type GraphBuilder } from '@floatpath/engine';
import { splitPaths, type Partition } from '@floatpath/path-decomp';
import { copiedGates, emitCopy, layerByLayer } from '@floatpath/sc-rfp';
import { allFloat, behindLook, nearAtLook, type Deviations, type Look } from '../designs/look.js';
import type { Parameter, Trainable } from './train.js';

/** One number of a network, one per unit: how much faster than weights they learn. */
const HASTE = { number: 10, units: 100 } as const;

export interface Base {
  readonly network: Network;
  readonly look: Look;
  readonly deviations: Deviations;
}

type Term = 'own' | 'behind' | 'fixed';

/** w_1 term_1 + w_2 term_2 + ..., of N(z), N(a(z)) and the fixed paths at z; the weights trained or kept. */
function weighted(
  { network, look, deviations }: Base,
  name: string,
  terms: Partial<Record<Term, number>>,
  weights: 'trained' | 'kept',
): Trainable {
  const partition = nearAtLook(network, look, { kappa: 1, deviations });
  const output = network.outputs[0] as ValueInfo;
  const source =
    terms.fixed === undefined
      ? network
      : splitPaths(network, { partition, selection: 'own', form: 'fixed-only' });
  const graph = createGraphBuilder(source);
  const emit: Record<Term, () => string> = {
    own: () => (source.outputs[0] as ValueInfo).name,
    fixed: () => (source.outputs[1] as ValueInfo).name,
    behind: () => emitCopy(graph, network, [look(graph)], [output.name]).get(output.name) as string,
  };
  const shares = Object.values(terms).map((w) => float32Tensor([], [w]));
  const products = (Object.keys(terms) as Term[]).map((term, k) =>
    graph.add('Mul', [emit[term](), graph.constant(shares[k] as Float32Tensor)]),
  );
  const sum = products.reduce((a, b) => graph.add('Add', [a, b]));
  const made = graph.build(name, [{ ...output, name: sum }]);
  return trainable(name, network, made, weights === 'kept' ? [] : shares, HASTE.number);
}

/** lambda N(z) + (1 - lambda) fixed(z) = fixed + lambda (N - fixed), lambda trained. */
function repressed({ network, look, deviations }: Base): Trainable {
  const partition = nearAtLook(network, look, { kappa: 1, deviations });
  const split = splitPaths(network, { partition, selection: 'own', form: 'fixed-only' });
  const [own, fixed] = split.outputs.map(({ name }) => name) as [string, string];
  const lambda = float32Tensor([], [0.5]);
  const graph = createGraphBuilder(split);
  const float = graph.add('Mul', [graph.add('Sub', [own, fixed]), graph.constant(lambda)]);
  const name = graph.add('Add', [fixed, float]);
  const made = graph.build('repressed', [{ ...(network.outputs[0] as ValueInfo), name }]);
  return trainable('repressed', network, made, [lambda], HASTE.number);
}

/** What a unit has to say: its own output, the one at a(z), and its distance there in deviations. */
interface UnitValues {
  readonly graph: GraphBuilder;
  readonly own: string;
  readonly there: string;
  readonly distance: string;
  /** A parameter of one number per unit. */
  readonly unit: (start: number) => string;
}

/** Every unit gives something else, from what it gives at z and at a(z), layer by layer. */
function unitwise(
  { network, look, deviations }: Base,
  name: string,
  partition: Partition,
  instead: (values: UnitValues) => string,
): Trainable {
  const copies = new WeakMap<GraphBuilder, ReadonlyMap<string, Gate>>();
  const own: Float32Tensor[] = [];
  const made = layerByLayer(network, partition, (graph, gate) => {
    const gates = copies.get(graph) ?? copiedGates(graph, network, look(graph));
    copies.set(graph, gates);
    const there = gates.get(gate.node.name) as Gate;
    const s = float32Tensor(gate.rowShape, deviations.get(gate.node.name) as Float32Array);
    const away = graph.add('Abs', [there.inputs[0] as string]);
    return instead({
      graph,
      own: gate.output,
      there: there.output,
      distance: graph.add('Div', [away, graph.constant(s)]),
      unit(start) {
        const tensor = float32Tensor(gate.rowShape, new Float32Array(gate.units).fill(start));
        own.push(tensor);
        return graph.constant(tensor);
      },
    });
  });
  return trainable(name, network, made, own, HASTE.units);
}

function trainable(
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

const oneMinus = (graph: GraphBuilder, value: string): string =>
  graph.add('Sub', [graph.scalar(1), value]);
const square = (graph: GraphBuilder, value: string): string => graph.add('Mul', [value, value]);
const exponential = (graph: GraphBuilder, value: string): string =>
  graph.add('Exp', [graph.add('Neg', [value])]);

/** share * own + (1 - share) * there */
function mixture({ graph, own, there }: UnitValues, share: string): string {
  const rest = graph.add('Mul', [there, oneMinus(graph, share)]);
  return graph.add('Add', [graph.add('Mul', [own, share]), rest]);
}

/** sigmoid(b + c (d - 1)), one b and one c per unit; without c the share is blind to the distance. */
function learnedShare({ graph, distance, unit }: UnitValues, seesDistance: boolean): string {
  const b = unit(0);
  if (!seesDistance) return graph.add('Sigmoid', [b]);
  const beyond = graph.add('Sub', [distance, graph.scalar(1)]);
  return graph.add('Sigmoid', [graph.add('Add', [graph.add('Mul', [beyond, unit(0)]), b])]);
}

/** Every design and control of the second plan, untrained. */
export function secondDesigns(base: Base): readonly Trainable[] {
  const { network, look, deviations } = base;
  const near = nearAtLook(network, look, { kappa: 1, deviations });
  const half = (values: UnitValues): string => mixture(values, values.graph.scalar(0.5));
  return [
    trainable('plain', network, network, [], 1),
    trainable('denoiser alone', network, behindLook(network, look), [], 1),
    weighted(base, 'average', { own: 0.5, behind: 0.5 }, 'kept'),
    weighted(base, 'average with trained weights', { own: 0.5, behind: 0.5 }, 'trained'),
    unitwise(base, 'half and half at every unit', allFloat, half),
    unitwise(base, 'trained shares at every unit', allFloat, (values) =>
      mixture(values, learnedShare(values, false)),
    ),
    repressed(base),
    unitwise(base, 'unit-lambda', near, ({ graph, own, unit }) =>
      graph.add('Mul', [own, unit(0.75)]),
    ),
    unitwise(base, 'soft-kappa', allFloat, ({ graph, own, distance, unit }) => {
      const near = exponential(graph, square(graph, graph.add('Mul', [distance, unit(0.7)])));
      return graph.add('Mul', [own, oneMinus(graph, graph.add('Mul', [near, unit(0.25)]))]);
    }),
    weighted(base, 'three-way', { own: 0.4, behind: 0.4, fixed: 0.2 }, 'trained'),
    unitwise(base, 'restored', near, half),
    unitwise(base, 'soft-restored', allFloat, (values) =>
      mixture(values, learnedShare(values, true)),
    ),
    unitwise(base, 'soft-restored-repressed', allFloat, (values) => {
      const { graph, distance, unit } = values;
      const halved = graph.add('Mul', [square(graph, distance), graph.scalar(0.5)]);
      const kept = oneMinus(graph, graph.add('Mul', [exponential(graph, halved), unit(0)]));
      return graph.add('Mul', [mixture(values, learnedShare(values, true)), kept]);
    }),
  ];
}
