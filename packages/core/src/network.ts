import { FloatpathError } from './errors.js';
import type { DType, Tensor } from './tensor.js';

/**
 * A network is data: ONNX ops in opset-18 form over named values, NCHW, in topological order.
 * Reading a format makes one, writing ONNX serialises one, a transformation maps one to another.
 */
export interface Network {
  readonly name: string;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly nodes: readonly NetworkNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

export interface NetworkNode {
  /** Unique within the network. */
  readonly name: string;
  /** ONNX op type, e.g. `Conv`. */
  readonly op: string;
  /** Value names; an empty string is an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export type Attribute = number | string | readonly number[] | readonly string[] | Tensor;
export type Attributes = Readonly<Record<string, Attribute>>;

/** `'batch'` is the free first axis: any number of rows. */
export type Dimension = number | 'batch';

export interface ValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
}

/** The opset and IR version that every Network is in. */
export const OPSET = 18;
export const IR_VERSION = 8;

/** The shape of `value` when `rows` rows run together. */
export function shapeWithRows(value: ValueInfo, rows: number): number[] {
  return value.shape.map((extent) => (extent === 'batch' ? rows : extent));
}

/**
 * Checks that every value has one maker, every input a maker before it, and every node its own name,
 * and that inputs and outputs have the batch axis first.
 *
 * @throws {FloatpathError} `invalid-network`, naming the node or value
 */
export function checkNetwork(network: Network): void {
  const made = new Set<string>(network.constants.keys());
  const fail = (message: string): never => {
    throw new FloatpathError('invalid-network', `checkNetwork: ${message}`);
  };
  for (const value of [...network.inputs, ...network.outputs]) {
    if (value.shape.lastIndexOf('batch') > 0) {
      fail(
        `expected 'batch' as the first axis of "${value.name}" only, got [${value.shape.join(', ')}]`,
      );
    }
  }
  for (const input of network.inputs) {
    if (made.has(input.name)) fail(`expected one maker of value "${input.name}", got several`);
    made.add(input.name);
  }
  const names = new Set<string>();
  for (const node of network.nodes) {
    if (names.has(node.name)) fail(`expected unique node names, got "${node.name}" twice`);
    names.add(node.name);
    for (const input of node.inputs) {
      if (input !== '' && !made.has(input)) {
        fail(
          `expected input "${input}" of node "${node.name}" to be made by an earlier node, got none`,
        );
      }
    }
    for (const output of node.outputs) {
      if (output === '') continue;
      if (made.has(output)) fail(`expected one maker of value "${output}", got several`);
      made.add(output);
    }
  }
  for (const output of network.outputs) {
    if (!made.has(output.name))
      fail(`expected output "${output.name}" to be made by a node, got none`);
  }
}
