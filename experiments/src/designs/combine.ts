import type { Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import { joinNetworks } from '@floatpath/sc-rfp';

/** sum_k weights_k logits_k of networks on one input, what they have in common computed once. */
export function combine(networks: readonly Network[], weights: readonly number[]): Network {
  const [first] = networks as readonly [Network];
  const joined = joinNetworks(
    'combination',
    first.inputs,
    networks.map((network, k) => ({ prefix: '', network, output: `term_${k}` })),
  );
  const graph = createGraphBuilder(joined);
  const terms = weights.map((weight, k) => graph.add('Mul', [`term_${k}`, graph.scalar(weight)]));
  const name = terms.reduce((a, b) => graph.add('Add', [a, b]));
  return graph.build('combination', [{ ...(first.outputs[0] as ValueInfo), name }]);
}
