import {
  float32Tensor,
  numbersOf,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { gatesOf } from '@floatpath/engine';
import type { Head } from '../head.js';

/** The two dense layers around the last gate. */
function ends(network: Network): readonly [NetworkNode, NetworkNode] {
  const gate = gatesOf(network).at(-1);
  const made = (value: string | undefined) => network.nodes.find((n) => n.outputs[0] === value);
  const first = made(gate?.inputs[0]);
  const second = made(network.outputs[0]?.name);
  for (const node of [first, second]) {
    if (node?.attributes['transB'] !== 1) throw new Error('expected two dense layers at the end');
  }
  return [first as NetworkNode, second as NetworkNode];
}

const valuesOf = (network: Network, name: string | undefined): Float32Array =>
  Float32Array.from(numbersOf(network.constants.get(name ?? '') as Tensor));

/** Weights of the last two dense layers, W1 `[hidden, features]` and W2 `[classes, hidden]`. */
export function denseLayers(network: Network): Head {
  const [first, second] = ends(network);
  const [w1, b1] = first.inputs.slice(1).map((name) => valuesOf(network, name));
  const [w2, b2] = second.inputs.slice(1).map((name) => valuesOf(network, name));
  return { w1, b1, w2, b2 } as Head;
}

/** Name of the value that the last two dense layers see. */
export const featuresName = (network: Network): string => ends(network)[0].inputs[0] as string;

/** The network with other weights in its last two dense layers. */
export function withHead(network: Network, head: Head): Network {
  const [first, second] = ends(network);
  const names = [...first.inputs.slice(1), ...second.inputs.slice(1)];
  const values = [head.w1, head.b1, head.w2, head.b2];
  const constants = new Map(network.constants);
  names.forEach((name, k) => {
    const shape = (network.constants.get(name) as Tensor).shape;
    constants.set(name, float32Tensor(shape, values[k] as Float32Array));
  });
  return { ...network, constants };
}
