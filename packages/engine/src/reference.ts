import {
  checkNetwork,
  FloatpathError,
  float64Tensor,
  type Engine,
  type Fetches,
  type Tensor,
} from '@floatpath/core';
import { constantTensors64 } from './affine-parts.js';
import { checkFeeds } from './check-feeds.js';
import { requireOp } from './types.js';

/**
 * Plain TypeScript in float64: slow and obvious, the oracle of the tests. Float feeds are widened, float outputs
 * come back as float64.
 */
export function referenceEngine(): Engine {
  return {
    name: 'reference float64',
    load(network) {
      checkNetwork(network);
      for (const node of network.nodes) requireOp(node.op, node.name);
      const constants = constantTensors64(network.constants);
      let disposed = false;
      return Promise.resolve({
        network,
        run(feeds) {
          if (disposed) {
            return Promise.reject(
              new FloatpathError(
                'kernel-disposed',
                'run: expected a loaded kernel, got a disposed one; load the network again',
              ),
            );
          }
          try {
            checkFeeds(network, feeds);
            const values = new Map<string, Tensor>(constants);
            for (const [name, tensor] of Object.entries(feeds)) {
              values.set(
                name,
                tensor.dtype === 'float32'
                  ? float64Tensor(tensor.shape, Float64Array.from(tensor.data))
                  : tensor,
              );
            }
            for (const node of network.nodes) {
              const outputs = requireOp(node.op, node.name).evaluate(
                node,
                node.inputs.map((name) => (name === '' ? undefined : values.get(name))),
              );
              outputs.forEach((tensor, slot) => {
                const name = node.outputs[slot];
                if (name) values.set(name, tensor);
              });
            }
            const fetches: Record<string, Tensor> = {};
            for (const output of network.outputs)
              fetches[output.name] = values.get(output.name) as Tensor;
            return Promise.resolve(fetches as Fetches);
          } catch (error) {
            return Promise.reject(error as Error);
          }
        },
        [Symbol.asyncDispose]() {
          disposed = true;
          return Promise.resolve();
        },
      });
    },
  };
}
