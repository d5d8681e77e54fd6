import { float32Tensor, type Float32Tensor, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import { splitPaths } from '@floatpath/path-decomp';
import { emitCopy } from '@floatpath/sc-rfp';
import { behindLook, nearAtLook } from '../designs/look.js';
import type { Trainable } from './train.js';
import { trainable, type Base } from './trainable.js';

/** How much faster than weights one number of a whole network learns. */
export const NUMBER_HASTE = 10;

type Term = 'own' | 'behind' | 'fixed';

/** w_1 term_1 + w_2 term_2 + ..., of N(z), N(a(z)) and the fixed paths at z; the weights trained or kept. */
export function weighted(
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
  return trainable(name, network, made, weights === 'kept' ? [] : shares, NUMBER_HASTE);
}

/** N(z), N(a(z)) and their averages: the controls of every design that is trained. */
export function wholeNetworks(base: Base): readonly Trainable[] {
  const { network, look } = base;
  return [
    trainable('plain', network, network, [], 1),
    trainable('denoiser alone', network, behindLook(network, look), [], 1),
    weighted(base, 'average', { own: 0.5, behind: 0.5 }, 'kept'),
    weighted(base, 'average with trained weights', { own: 0.5, behind: 0.5 }, 'trained'),
  ];
}
