import { float32Tensor, type Float32Tensor, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder, gatesOf, type Gate, type GraphBuilder } from '@floatpath/engine';
import { emitCopy } from '@floatpath/sc-rfp';
import { allFloat } from '../designs/look.js';
import type { Trainable } from '../training/train.js';
import {
  decay,
  mixture,
  square,
  trainable,
  unitwise,
  type Base,
  type UnitValues,
} from '../training/trainable.js';
import { NUMBER_HASTE, wholeNetworks } from '../training/whole-networks.js';

/** Every unit is asked for something else, and its numbers learn so much faster than weights. */
const EVERYWHERE = { partition: allFloat, haste: 10 } as const;

const sum = (graph: GraphBuilder, terms: readonly string[]): string =>
  terms.reduce((a, b) => graph.add('Add', [a, b]));

/** c_1 term_1 + c_2 term_2 + ... with one trained c per unit and term, from `starts`. */
const trainedSum = (
  { graph, unit }: UnitValues,
  terms: readonly string[],
  starts: readonly number[],
): string =>
  sum(
    graph,
    terms.map((term, k) => graph.add('Mul', [term, unit(starts[k] ?? 0)])),
  );

const above = (graph: GraphBuilder, value: string): string =>
  graph.add('Greater', [value, graph.scalar(0)]);

/** exp(-distance^2 / 2): 1 at the switch. */
const bump = (graph: GraphBuilder, distance: string): string =>
  decay(graph, graph.add('Mul', [square(graph, distance), graph.scalar(0.5)]));

const distanceAtZ = ({ graph, at, deviation }: UnitValues): string =>
  graph.add('Div', [graph.add('Abs', [at]), deviation]);

/** sigmoid(b + c_1 feature_1 + ...) own + (1 - sigmoid) there */
function sharedBy(values: UnitValues, features: readonly string[]): string {
  const { graph, unit, own, there } = values;
  const b = unit(0);
  const logit = features.length === 0 ? b : sum(graph, [trainedSum(values, features, []), b]);
  return mixture(graph, graph.add('Sigmoid', [logit]), own, there);
}

/** Value of one where it is on at the other look. */
const crossings = ({ graph, at, lookedAt }: UnitValues): readonly string[] => [
  graph.add('Where', [above(graph, at), lookedAt, graph.scalar(0)]),
  graph.add('Where', [above(graph, lookedAt), at, graph.scalar(0)]),
];

/** Ten times (the share of a layer's units that are float in the image - 1/2), `[batch, 1, ...]`. */
function floatShare(graph: GraphBuilder, distance: string, { rowShape }: Gate): string {
  const near = graph.add('Less', [distance, graph.scalar(1)]);
  const ones = graph.add('Where', [near, graph.scalar(1), graph.scalar(0)]);
  const axes = graph.integers(rowShape.map((_, axis) => axis + 1));
  const share = graph.add('ReduceMean', [ones, axes], { keepdims: 1 });
  const centered = graph.add('Sub', [share, graph.scalar(0.5)]);
  return graph.add('Mul', [centered, graph.scalar(10)]);
}

function switched(values: UnitValues): string {
  const { graph, at, lookedAt, own, there } = values;
  const both = graph.add('And', [above(graph, at), above(graph, lookedAt)]);
  // Where one of the two is off its output is 0, so of this sum only the other's term is left.
  const alone = trainedSum(values, [own, there], [0.5, 0.5]);
  return graph.add('Where', [both, sharedBy(values, []), alone]);
}

function estimated(values: UnitValues): string {
  const { graph, at, lookedAt, deviation, unit } = values;
  const between = mixture(graph, unit(0.5), at, lookedAt);
  const scaled = [at, lookedAt].map((value) => graph.add('Div', [value, deviation]));
  const logit = sum(graph, [trainedSum(values, scaled, [2, 2]), unit(0)]);
  return graph.add('Mul', [between, graph.add('Sigmoid', [logit])]);
}

function bent(values: UnitValues): string {
  const { graph, own, there, distance } = values;
  const bumps = [distance, distanceAtZ(values)].map((d) => bump(graph, d));
  const bumped = [own, there].flatMap((v) => bumps.map((b) => graph.add('Mul', [v, b])));
  return trainedSum(values, [own, there, ...crossings(values), ...bumped], [0.5, 0.5]);
}

/** Trained shares, and units near their switch at a(z) speak for classes. */
function witness(base: Base): Trainable {
  const seen: { readonly near: string; readonly units: number }[] = [];
  const shares = unitwise(base, 'witness', EVERYWHERE, (values, gate) => {
    seen.push({ near: bump(values.graph, values.distance), units: gate.units });
    return sharedBy(values, []);
  });
  const output = shares.network.outputs[0] as ValueInfo;
  const graph = createGraphBuilder(shares.network);
  const votes = seen.map(({ units }) => float32Tensor([units, Number(output.shape.at(-1))]));
  const heard = seen.map(({ near }, k) => {
    const flat = graph.add('Flatten', [near], { axis: 1 });
    return graph.add('MatMul', [flat, graph.constant(votes[k] as Float32Tensor)]);
  });
  const name = sum(graph, [output.name, ...heard]);
  const parameters = votes.map((tensor) => ({ tensor, haste: EVERYWHERE.haste }));
  return {
    name: 'witness',
    network: graph.build('witness', [{ ...output, name }]),
    parameters: [...shares.parameters, ...parameters],
  };
}

/** N(z) and N(a(z)) weighted by how float the last hidden layer is at a(z). */
function arbitrated({ network, look, deviations }: Base): Trainable {
  const output = network.outputs[0] as ValueInfo;
  const gate = gatesOf(network).at(-1) as Gate;
  const graph = createGraphBuilder(network);
  const preActivation = gate.inputs[0] as string;
  const copy = emitCopy(graph, network, [look(graph)], [output.name, preActivation]);
  const away = graph.add('Abs', [copy.get(preActivation) as string]);
  const s = float32Tensor(gate.rowShape, deviations.get(gate.node.name) as Float32Array);
  const t = floatShare(graph, graph.add('Div', [away, graph.constant(s)]), gate);
  const numbers: Float32Tensor[] = [];
  const terms = [output.name, copy.get(output.name) as string].map((logits) => {
    const [start, slope] = [float32Tensor([], [0.5]), float32Tensor([], [0])];
    numbers.push(start, slope);
    const bent = graph.add('Mul', [t, graph.constant(slope)]);
    return graph.add('Mul', [logits, graph.add('Add', [bent, graph.constant(start)])]);
  });
  const made = graph.build('arbitrated', [{ ...output, name: sum(graph, terms) }]);
  return trainable('arbitrated', network, made, numbers, NUMBER_HASTE);
}

/** Every design and control of the third plan, untrained. */
export function thirdDesigns(base: Base): readonly Trainable[] {
  const each = (name: string, instead: (values: UnitValues, gate: Gate) => string): Trainable =>
    unitwise(base, name, EVERYWHERE, instead);
  return [
    ...wholeNetworks(base),
    each('trained shares at every unit', (values) => sharedBy(values, [])),
    each('trained weights at every unit', (values) =>
      trainedSum(values, [values.own, values.there], [0.5, 0.5]),
    ),
    each('mixed before the gate', ({ graph, at, lookedAt, unit }) =>
      graph.add('Relu', [mixture(graph, unit(0.5), at, lookedAt)]),
    ),
    each('switched', switched),
    each('crossed', (values) =>
      trainedSum(values, [values.own, values.there, ...crossings(values)], [0.5, 0.5]),
    ),
    each('twice-distant', (values) => {
      const { graph, distance } = values;
      const distances = [distance, distanceAtZ(values)];
      return sharedBy(
        values,
        distances.map((d) => graph.add('Sub', [d, graph.scalar(1)])),
      );
    }),
    each('estimated', estimated),
    each('bent', bent),
    each('how-float', (values, gate) =>
      sharedBy(values, [floatShare(values.graph, values.distance, gate)]),
    ),
    witness(base),
    arbitrated(base),
  ];
}
