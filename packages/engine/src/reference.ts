import {
  checkNetwork,
  FloatpathError,
  float64Tensor,
  type Engine,
  type Feeds,
  type Fetches,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { constantTensors64 } from './affine-parts.js';
import { checkFeeds } from './check-feeds.js';
import type { Op } from './ops/op.js';
import { nodeFailure } from './runtime-failure.js';
import { requireOp } from './types.js';

/**
 * Plain TypeScript in float64: slow and obvious, the oracle of the tests. Float feeds are widened, float outputs
 * come back as float64.
 */
export function referenceEngine(): Engine {
  return {
    name: 'reference float64',
    async load(network) {
      checkNetwork(network);
      for (const node of network.nodes) requireOp(node.op, node.name);
      const constants = constantTensors64(network.constants);
      let disposed = false;
      return {
        network,
        async run(feeds) {
          if (disposed) {
            throw new FloatpathError(
              'kernel-disposed',
              'run: expected a loaded kernel, got a disposed one; load the network again',
            );
          }
          checkFeeds(network, feeds);
          return evaluateNetwork(network, constants, feeds);
        },
        async [Symbol.asyncDispose]() {
          disposed = true;
        },
      };
    },
  };
}

function evaluateNetwork(
  network: Network,
  constants: ReadonlyMap<string, Tensor>,
  feeds: Feeds,
): Fetches {
  const values = new Map<string, Tensor>(constants);
  for (const [name, tensor] of Object.entries(feeds)) {
    const isFloat = tensor.dtype === 'float32' || tensor.dtype === 'float64';
    // A copy also of float64 feeds: outputs of shape ops share memory with their input.
    values.set(
      name,
      isFloat ? float64Tensor(tensor.shape, Float64Array.from(tensor.data)) : tensor,
    );
  }
  for (const node of network.nodes) {
    const op = requireOp(node.op, node.name);
    const inputs = node.inputs.map((name) => (name === '' ? undefined : values.get(name)));
    evaluateAt(op, node, inputs).forEach((tensor, slot) => {
      const name = node.outputs[slot];
      if (name) values.set(name, tensor);
    });
  }
  return Object.fromEntries(
    network.outputs.map((output) => [output.name, values.get(output.name) as Tensor]),
  );
}

function evaluateAt(
  op: Op,
  node: NetworkNode,
  inputs: readonly (Tensor | undefined)[],
): readonly Tensor[] {
  try {
    return op.evaluate(node, inputs);
  } catch (error) {
    throw nodeFailure('reference', node, error);
  }
}
