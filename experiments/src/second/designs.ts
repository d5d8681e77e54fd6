import { float32Tensor, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import { splitPaths } from '@floatpath/path-decomp';
import { allFloat, nearAtLook } from '../designs/look.js';
import type { Trainable } from '../training/train.js';
import {
  decay,
  mixture,
  oneMinus,
  square,
  trainable,
  unitwise,
  type Base,
  type UnitValues,
} from '../training/trainable.js';
import { NUMBER_HASTE, weighted, wholeNetworks } from '../training/whole-networks.js';

/** How much faster than weights the numbers of units learn. */
const UNIT_HASTE = 100;

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
  return trainable('repressed', network, made, [lambda], NUMBER_HASTE);
}

/** share * own + (1 - share) * there */
const mixed = ({ graph, own, there }: UnitValues, share: string): string =>
  mixture(graph, share, own, there);

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
  const everywhere = { partition: allFloat, haste: UNIT_HASTE };
  const where = { partition: near, haste: UNIT_HASTE };
  const half = (values: UnitValues): string => mixed(values, values.graph.scalar(0.5));
  return [
    ...wholeNetworks(base),
    unitwise(base, 'half and half at every unit', everywhere, half),
    unitwise(base, 'trained shares at every unit', everywhere, (values) =>
      mixed(values, learnedShare(values, false)),
    ),
    repressed(base),
    unitwise(base, 'unit-lambda', where, ({ graph, own, unit }) =>
      graph.add('Mul', [own, unit(0.75)]),
    ),
    unitwise(base, 'soft-kappa', everywhere, ({ graph, own, distance, unit }) => {
      const near = decay(graph, square(graph, graph.add('Mul', [distance, unit(0.7)])));
      return graph.add('Mul', [own, oneMinus(graph, graph.add('Mul', [near, unit(0.25)]))]);
    }),
    weighted(base, 'three-way', { own: 0.4, behind: 0.4, fixed: 0.2 }, 'trained'),
    unitwise(base, 'restored', where, half),
    unitwise(base, 'soft-restored', everywhere, (values) =>
      mixed(values, learnedShare(values, true)),
    ),
    unitwise(base, 'soft-restored-repressed', everywhere, (values) => {
      const { graph, distance, unit } = values;
      const halved = graph.add('Mul', [square(graph, distance), graph.scalar(0.5)]);
      const kept = oneMinus(graph, graph.add('Mul', [decay(graph, halved), unit(0)]));
      return graph.add('Mul', [mixed(values, learnedShare(values, true)), kept]);
    }),
  ];
}
