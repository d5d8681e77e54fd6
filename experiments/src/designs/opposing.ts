import { float32Tensor, type Network, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder, gatesOf, type Gate } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import { emitCopy } from '@floatpath/sc-rfp';
import { denseLayers } from './dense-layers.js';
import type { Look } from './look.js';

/**
 * With c the class that N(a(z)) predicts, and h the last hidden layer:
 * f_j = N_j - (1 - lambda) sum over float u of max(0, (W_ju - W_cu) h_u).
 * Of the float units only those are repressed whose output moves the margin from c toward j, rival by rival.
 */
export function opposing(
  network: Network,
  look: Look,
  { partition, lambda }: { readonly partition: Partition; readonly lambda: number },
): Network {
  const output = network.outputs[0] as ValueInfo;
  const last = gatesOf(network).at(-1) as Gate;
  const { w2 } = denseLayers(network);
  const [units, classes] = [last.units, w2.length / last.units];
  const graph = createGraphBuilder(network);

  const behind = emitCopy(graph, network, [look(graph)], [output.name]).get(output.name) as string;
  const most = graph.add('ReduceMax', [behind, graph.integers([1])], { keepdims: 1 });
  const isPredicted = graph.add('Cast', [graph.add('Equal', [behind, most])], { to: 1 });
  const weights = graph.constant(float32Tensor([classes, units], w2));
  const ofPredicted = graph.add('MatMul', [isPredicted, weights]);

  const toward = graph.add('Sub', [
    graph.constant(float32Tensor([1, classes, units], w2)),
    graph.add('Unsqueeze', [ofPredicted, graph.integers([1])]),
  ]);
  const kept = graph.add('Where', [
    partition.floatUnits(graph, last),
    last.output,
    graph.scalar(0),
  ]);
  const moves = graph.add('Mul', [toward, graph.add('Unsqueeze', [kept, graph.integers([1])])]);
  const against = graph.add('ReduceSum', [graph.add('Relu', [moves]), graph.integers([2])], {
    keepdims: 0,
  });
  const removed = graph.add('Mul', [against, graph.scalar(1 - lambda)]);
  const name = graph.add('Sub', [output.name, removed]);
  return graph.build('opposing', [{ ...output, name }]);
}
