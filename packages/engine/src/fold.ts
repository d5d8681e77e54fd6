import { float32Tensor, type Network, type Tensor } from '@floatpath/core';
import { constantTensors64 } from './affine-parts.js';
import { dataValues } from './roles.js';
import { requireOp } from './types.js';

/** Nodes that do not depend on an input become constants (they have no units), and dead nodes are dropped. */
export function foldConstants(network: Network): Network {
  const data = dataValues(network);
  const wide = constantTensors64(network.constants);
  const constants = new Map(network.constants);
  const nodes = network.nodes.filter((node) => {
    if (node.inputs.some((name) => data.has(name))) return true;
    const outputs = requireOp(node.op, node.name).evaluate(
      node,
      node.inputs.map((name) => (name === '' ? undefined : wide.get(name))),
    );
    outputs.forEach((tensor, slot) => {
      const name = node.outputs[slot];
      if (!name) return;
      wide.set(name, tensor);
      constants.set(name, narrow(tensor));
    });
    return false;
  });
  const live = new Set(network.outputs.map((output) => output.name));
  const kept = nodes
    .reverse()
    .filter((node) => {
      if (!node.outputs.some((name) => live.has(name))) return false;
      for (const name of node.inputs) live.add(name);
      return true;
    })
    .reverse();
  return {
    ...network,
    nodes: kept,
    constants: new Map([...constants].filter(([name]) => live.has(name))),
  };
}

function narrow(tensor: Tensor): Tensor {
  return tensor.dtype === 'float64' ? float32Tensor(tensor.shape, tensor.data) : tensor;
}
