import type { Network, Tensor, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, foldConstants, gatesOf, selectionDtype } from '@floatpath/engine';
import { selectionInput, type Partition } from '@floatpath/path-decomp';
import { gridPoint } from '@floatpath/smoothing';
import type { ConditionalAnchorBase } from '../anchor.js';

export type SignsAtXAnchor = ConditionalAnchorBase<'signs-at-x'>;

/**
 * A unit is float, for one noisy input z, iff it selects another piece at z than the plain network does at the center x.
 * With the layerwise form this is what the paper's released code computes: pre-activations whose sign differs from the
 * one at x are scaled, layer by layer.
 *
 * A function of the center too, so what it gives is a surrogate radius of the network frozen at x, no certificate.
 *
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path, released code
 */
export function signsAtXAnchor(): SignsAtXAnchor {
  return {
    kind: 'signs-at-x',
    name: 'signs-at-x',
    partition: differsFromCenter,
    async observe(engine, network, { noise }) {
      const plain = foldConstants(network);
      const [input] = plain.inputs as readonly [ValueInfo];
      const kernel = await engine.load(selectionsOf(plain));
      return {
        async feedsAt(x) {
          const center = noise.arithmetic === 'grid' ? gridPoint(x, noise.bounds).snapped : x;
          const fetches = await kernel.run({ [input.name]: center });
          return Object.fromEntries(
            gatesOf(plain).map((gate, i) => [
              selectionInput(gate),
              Object.values(fetches)[i] as Tensor,
            ]),
          );
        },
        [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
      };
    },
  };
}

const differsFromCenter: Partition = {
  floatUnits(graph, gate) {
    const atCenter = graph.input({
      name: selectionInput(gate),
      dtype: selectionDtype(gate),
      shape: [1, ...gate.rowShape],
    });
    const own = gate.op.select(graph, gate);
    return graph.add('Not', [graph.add('Equal', [own, atCenter])]);
  },
};

/** One output per gate: the selection of every unit. */
function selectionsOf(network: Network): Network {
  const graph = createGraphBuilder(network);
  const outputs = gatesOf(network).map((gate): ValueInfo => ({
    name: gate.op.select(graph, gate),
    dtype: selectionDtype(gate),
    shape: ['batch', ...gate.rowShape],
  }));
  return graph.build(`${network.name} selections`, outputs);
}
