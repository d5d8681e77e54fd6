import type { Network } from '@floatpath/core';
import type { Partition } from '@floatpath/path-decomp';
import { layerByLayer } from './layer-by-layer.js';

/**
 * The outputs of float units are multiplied by lambda, layer by layer. Every gate looks at the already repressed
 * network, so selections downstream may change; so does a partition that looks at pre-activations.
 *
 * @see the paper's released code, which scales the pre-activations of units that switched
 */
export function layerwise(network: Network, partition: Partition, lambda: number): Network {
  return layerByLayer(network, partition, (graph, { output }) =>
    lambda === 0 ? graph.scalar(0) : graph.add('Mul', [output, graph.scalar(lambda)]),
  );
}
