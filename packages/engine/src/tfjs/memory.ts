import { sizeOf, type Network } from '@floatpath/core';
import type { ValueType } from '../ops/op.js';

/** Per node the values that nothing needs after it; outputs of the network are needed to the end. */
export function lastUses(network: Network): readonly (readonly string[])[] {
  const needed = new Set(network.outputs.map((output) => output.name));
  const last: string[][] = network.nodes.map(() => []);
  for (let index = network.nodes.length - 1; index >= 0; index -= 1) {
    const { inputs = [], outputs = [] } = network.nodes[index] ?? {};
    for (const name of [...inputs, ...outputs]) {
      if (name === '' || needed.has(name)) continue;
      needed.add(name);
      last[index]?.push(name);
    }
  }
  return last;
}

/** Every backend type takes at most this. */
const ELEMENT_BYTES = 4;

/** Copies of a node's output that an op may hold besides it: another order of axes, a border, a sum. */
const COPIES = 3;

/** An upper estimate of what one run holds at a time, constants left out. */
export function peakBytes(
  network: Network,
  types: ReadonlyMap<string, ValueType>,
  last: readonly (readonly string[])[],
): number {
  const bytes = (name: string): number =>
    network.constants.has(name) ? 0 : ELEMENT_BYTES * sizeOf(types.get(name)?.shape ?? [0]);
  const total = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + bytes(name), 0);
  let live = total(network.inputs.map((input) => input.name));
  let peak = live;
  network.nodes.forEach((node, index) => {
    const own = total(node.outputs);
    live += own;
    peak = Math.max(peak, live + COPIES * own);
    live -= total(last[index] ?? []);
  });
  return peak;
}
