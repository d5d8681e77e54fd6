import type { Network, NetworkNode, Tensor, ValueInfo } from '@floatpath/core';
import { createConstantPool } from './constant-pool.js';

/** One network of a join. */
export interface JoinPart {
  /** Put in front of inputs that the shared ones do not name; parts with the same prefix share them too. */
  readonly prefix: string;
  /** Its first output is the one that is kept. */
  readonly network: Network;
  /** Name of that output in the joined network. */
  readonly output: string;
}

/**
 * Several networks on the same inputs as one network with one output per part. Nodes that compute the same thing
 * from the same values run once, so parts that extend one network share all of it.
 *
 * @param shared - inputs that all parts have in common
 */
export function joinNetworks(
  name: string,
  shared: readonly ValueInfo[],
  parts: readonly JoinPart[],
): Network {
  const values = freshNames([...shared.map((input) => input.name), ...parts.map((p) => p.output)]);
  const nodeNames = freshNames([]);
  const pool = createConstantPool(values);
  const inputs = new Map<string, ValueInfo>(shared.map((input) => [input.name, input]));
  const ownInputs = new Map<string, string>();
  const nodes: NetworkNode[] = [];
  const computed = new Map<string, readonly string[]>();

  /** The joined network's name of every value of one part. */
  function namesOf({ prefix, network }: JoinPart): ReadonlyMap<string, string> {
    const names = new Map<string, string>([['', '']]);
    for (const input of network.inputs) {
      const key = prefix + input.name;
      const isShared = shared.some((other) => other.name === input.name);
      const joined = isShared ? input.name : (ownInputs.get(key) ?? values(key));
      if (!isShared) ownInputs.set(key, joined);
      inputs.set(joined, { ...input, name: joined });
      names.set(input.name, joined);
    }
    for (const [constant, tensor] of network.constants)
      names.set(constant, pool.add(constant, tensor));
    for (const node of network.nodes) {
      const from = node.inputs.map((value) => names.get(value) as string);
      const key = JSON.stringify([node.op, from, describeAttributes(node, pool.add)]);
      let made = computed.get(key);
      if (made === undefined) {
        made = node.outputs.map((value) => (value === '' ? '' : values(value)));
        computed.set(key, made);
        nodes.push({ ...node, name: nodeNames(node.name), inputs: from, outputs: made });
      }
      node.outputs.forEach((value, slot) => names.set(value, made[slot] as string));
    }
    return names;
  }

  const outputs = parts.map((part): ValueInfo => {
    const output = part.network.outputs[0] as ValueInfo;
    nodes.push({
      name: nodeNames(`output_${part.output}`),
      op: 'Identity',
      inputs: [namesOf(part).get(output.name) as string],
      outputs: [part.output],
      attributes: {},
    });
    return { ...output, name: part.output };
  });
  return { name, inputs: [...inputs.values()], outputs, nodes, constants: pool.constants };
}

/** Gives the wanted name, numbered from 2 where it is taken. */
function freshNames(reserved: readonly string[]): (wanted: string) => string {
  const taken = new Set(reserved);
  return (wanted) => {
    let name = wanted;
    for (let k = 2; taken.has(name); k += 1) name = `${wanted}_${k}`;
    taken.add(name);
    return name;
  };
}

/** Attributes in name order; tensors by their name among the joined constants. */
function describeAttributes(
  node: NetworkNode,
  addConstant: (name: string, tensor: Tensor) => string,
): readonly unknown[] {
  return Object.keys(node.attributes)
    .sort()
    .map((name) => {
      const value = node.attributes[name];
      const isTensor = typeof value === 'object' && 'dtype' in value;
      return [name, isTensor ? addConstant(`${node.name}_${name}`, value) : value];
    });
}
