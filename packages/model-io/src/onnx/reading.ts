import {
  FloatpathError,
  int64Tensor,
  type DType,
  type Tensor,
  type ValueInfo,
} from '@floatpath/core';
import type { Draft, DraftNode } from './draft.js';
import { foldIntegers, integersOf, type Integers } from './integers.js';
import { invalidNode, type Shape } from './shapes.js';

/** What a rule of the op table sees of the graph, and where it puts the node's canonical form. */
export interface Reading {
  /** Version of the default operator set that the node at hand is written in. */
  readonly opset: number;
  /** Rows that the file fixed where the batch axis is now free (1 where it was symbolic). */
  readonly fileRows: number;
  /** Shape of a value that a node reads. */
  shape(name: string): Shape;
  dtype(name: string): DType;
  constant(name: string): Tensor | undefined;
  /** The value as integers known while reading. */
  integers(name: string): Integers | undefined;
  /** Adds a constant under a fresh name made from `hint`. */
  addConstant(hint: string, tensor: Tensor): string;
  /** A fresh value name made from `hint`. */
  freshName(hint: string): string;
  /** Appends a canonical node; `shapes` are those of its outputs. */
  emit(node: DraftNode, ...shapes: readonly Shape[]): void;
  /** Lets `output` stand for `input`: the node itself is not needed. */
  alias(output: string, input: string): void;
  setConstant(output: string, tensor: Tensor): void;
  setIntegers(output: string, integers: Integers): void;
}

/** A rule makes one op canonical: legacy attributes, explicit defaults, shapes of the outputs. */
export type OpRule = (node: DraftNode, reading: Reading) => void;

/** The graph after all rules. */
export interface CanonicalGraph {
  readonly inputs: readonly ValueInfo[];
  readonly nodes: readonly DraftNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  resolve(name: string): string;
  shape(name: string): Shape;
  /** Whether a value is known integers alone, which no node makes. */
  isShape(name: string): boolean;
}

function namesOf(draft: Draft): Set<string> {
  return new Set([
    ...draft.constants.keys(),
    ...draft.inputs.map(({ name }) => name),
    ...draft.nodes.flatMap(({ outputs }) => outputs),
  ]);
}

/**
 * Applies the rules of `ops` to `nodes` in order.
 *
 * @param inputs - the graph inputs with the batch axis free or not: where a rule meets a free axis that it cannot keep in
 * front, it throws
 * @throws {FloatpathError} `unsupported-op`, `invalid-network`, naming the node
 */
export function applyRules(
  draft: Draft,
  nodes: readonly DraftNode[],
  inputs: readonly ValueInfo[],
  fileRows: number,
  ops: Readonly<Record<string, OpRule>>,
): CanonicalGraph {
  const taken = namesOf(draft);
  const constants = new Map(draft.constants);
  const shapes = new Map<string, Shape>(inputs.map(({ name, shape }) => [name, shape]));
  const dtypes = new Map<string, DType>(inputs.map(({ name, dtype }) => [name, dtype]));
  const folded = new Map<string, Integers>();
  const aliases = new Map<string, string>();
  const emitted: DraftNode[] = [];
  const resolve = (name: string): string => aliases.get(name) ?? name;

  let opset = draft.opset;
  const reading: Reading = {
    get opset() {
      return opset;
    },
    fileRows,
    shape(name) {
      const shape = constants.get(name)?.shape ?? folded.get(name)?.shape ?? shapes.get(name);
      if (shape !== undefined) return shape;
      const maker = draft.nodes.find(({ outputs }) => outputs.includes(name));
      throw new FloatpathError(
        'unsupported-op',
        `readOnnx: unsupported output "${name}" of op "${maker?.op}" at node "${maker?.name}"; second outputs such as masks and indices are not kept`,
      );
    },
    dtype: (name) =>
      folded.has(name) ? 'int64' : (constants.get(name)?.dtype ?? dtypes.get(name) ?? 'float32'),
    constant: (name) => constants.get(name),
    integers: (name) => folded.get(name) ?? integersOf(constants.get(name)),
    freshName(hint) {
      let name = hint;
      for (let count = 2; taken.has(name); count += 1) name = `${hint}_${count}`;
      taken.add(name);
      return name;
    },
    addConstant(hint, tensor) {
      const name = reading.freshName(hint);
      constants.set(name, tensor);
      return name;
    },
    emit(node, ...outputShapes) {
      for (const input of node.inputs) if (input !== '') keepFolded(node, input);
      const outputs = node.outputs.slice(0, outputShapes.length);
      outputShapes.forEach((shape, i) => {
        if (shape.lastIndexOf('batch') > 0)
          throw invalidNode(node, 'a batch axis that stays in front');
        shapes.set(outputs[i] ?? '', shape);
        // Every op that remains has outputs of its first input's type.
        dtypes.set(outputs[i] ?? '', reading.dtype(node.inputs[0] ?? ''));
      });
      emitted.push({ ...node, outputs });
    },
    alias: (output, input) => void aliases.set(output, input),
    setConstant: (output, tensor) => void constants.set(output, tensor),
    setIntegers: (output, integers) => void folded.set(output, integers),
  };

  /** Known integers that a remaining node reads become a constant. */
  function keepFolded(node: DraftNode, input: string): void {
    const integers = folded.get(input);
    if (integers === undefined || constants.has(input)) return;
    if (integers.data.includes('batch'))
      throw invalidNode(node, 'no use of the number of rows as data');
    constants.set(input, int64Tensor(integers.shape, integers.data as readonly number[]));
  }

  for (const file of nodes) {
    const node = { ...file, inputs: file.inputs.map(resolve) };
    opset = file.opset ?? draft.opset;
    const known = foldIntegers(
      node,
      node.inputs.map((name) => reading.integers(name)),
    );
    const rule = Object.hasOwn(ops, node.op) ? ops[node.op] : undefined;
    if (known !== undefined) reading.setIntegers(node.outputs[0] as string, known);
    else if (rule !== undefined) rule(node, reading);
    else {
      throw new FloatpathError(
        'unsupported-op',
        `readOnnx: unsupported op "${node.op}" at node "${node.name}"; export the model with ops of the README's table, or use it as an opaque model`,
      );
    }
  }
  return {
    inputs,
    nodes: emitted,
    constants,
    resolve,
    shape: (name) => reading.shape(name),
    isShape: (name) => folded.has(name) && !constants.has(name),
  };
}
