import {
  float32Tensor,
  int64Tensor,
  type Attributes,
  type Network,
  type NetworkNode,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';

/** Writes a Network node by node. Transformations start from a copy of another network's nodes. */
export interface GraphBuilder {
  /** Adds a free input and returns its name. */
  input(value: ValueInfo): string;
  /** Adds a node with one output and returns the output's name. */
  add(op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node with several outputs and returns their names. */
  addSeveral(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Attributes,
  ): readonly string[];
  /** Adds `node` as it is (names kept). */
  addNode(node: NetworkNode): void;
  /** Adds a constant under a fresh name. */
  constant(tensor: Tensor): string;
  /** A float32 scalar constant, shared between uses. */
  scalar(value: number): string;
  /** An int64 vector constant, shared between uses. */
  integers(values: readonly number[]): string;
  /** The constant called `name`, if it is one. */
  constantOf(name: string): Tensor | undefined;
  build(name: string, outputs: readonly ValueInfo[]): Network;
}

/**
 * @param base - network whose inputs, constants and (if `withNodes`) nodes the new one starts with
 */
export function createGraphBuilder(
  base?: Network,
  options?: { readonly withNodes: boolean },
): GraphBuilder {
  const inputs: ValueInfo[] = base ? [...base.inputs] : [];
  const constants = new Map<string, Tensor>(base?.constants);
  const nodes: NetworkNode[] = base && options?.withNodes !== false ? [...base.nodes] : [];
  const taken = new Set<string>([...inputs.map((i) => i.name), ...constants.keys()]);
  for (const node of base?.nodes ?? []) {
    taken.add(node.name);
    for (const output of node.outputs) taken.add(output);
  }
  const counters = new Map<string, number>();
  const shared = new Map<string, string>();

  const fresh = (stem: string): string => {
    for (let k = (counters.get(stem) ?? 0) + 1; ; k += 1) {
      const name = `${stem}_${k}`;
      if (!taken.has(name)) {
        counters.set(stem, k);
        taken.add(name);
        return name;
      }
    }
  };
  const constant = (tensor: Tensor): string => {
    const name = fresh('const');
    constants.set(name, tensor);
    return name;
  };
  const sharedConstant = (key: string, make: () => Tensor): string => {
    const known = shared.get(key);
    if (known !== undefined) return known;
    const name = constant(make());
    shared.set(key, name);
    return name;
  };

  const addSeveral: GraphBuilder['addSeveral'] = (op, nodeInputs, count, attributes = {}) => {
    const name = fresh(`x_${op.toLowerCase()}`);
    const outputs = Array.from({ length: count }, () => fresh(`${name}_out`));
    nodes.push({ name, op, inputs: nodeInputs, outputs, attributes });
    return outputs;
  };

  return {
    input(value) {
      taken.add(value.name);
      inputs.push(value);
      return value.name;
    },
    add: (op, nodeInputs, attributes) => addSeveral(op, nodeInputs, 1, attributes)[0] as string,
    addSeveral,
    addNode(node) {
      taken.add(node.name);
      for (const output of node.outputs) taken.add(output);
      nodes.push(node);
    },
    constant,
    scalar: (value) => sharedConstant(`f${value}`, () => float32Tensor([], [value])),
    integers: (values) =>
      sharedConstant(`i${values.join()}`, () => int64Tensor([values.length], values)),
    constantOf: (name) => constants.get(name),
    build(name, outputs) {
      const used = new Set(nodes.flatMap((node) => node.inputs));
      for (const output of outputs) used.add(output.name);
      return {
        name,
        inputs,
        outputs,
        nodes,
        constants: new Map([...constants].filter(([key]) => used.has(key))),
      };
    },
  };
}
