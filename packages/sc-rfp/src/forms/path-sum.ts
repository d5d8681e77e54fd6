import type { Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder } from '@floatpath/engine';
import { splitPaths, type Partition } from '@floatpath/path-decomp';

/**
 * f = N - (1 - lambda) float with float = N - fixed: one forward pass of N and one of the fixed paths, whatever
 * lambda is. Where every unit is fixed the two agree bit for bit, and so f = N.
 */
export function pathSum(network: Network, partition: Partition, lambda: number): Network {
  const split = splitPaths(network, { partition, selection: 'own', form: 'fixed-only' });
  const [logits, fixed] = split.outputs as [ValueInfo, ValueInfo];
  if (lambda === 0) return { ...split, outputs: [fixed] };
  const graph = createGraphBuilder(split);
  const float = graph.add('Sub', [logits.name, fixed.name]);
  const removed = graph.add('Mul', [float, graph.scalar(1 - lambda)]);
  const name = graph.add('Sub', [logits.name, removed]);
  return graph.build(split.name, [{ ...logits, name }]);
}
