import { float32Tensor, FloatpathError, type Preprocessing } from '@floatpath/core';
import { malformedIn } from '../as-reader.js';
import { asStated, createLayerGraph, type LayerGraph } from '../channels-last/graph.js';
import { dependencyOrder } from '../dependency-order.js';
import type { FileNetwork } from '../file-network.js';
import { isObject, type Json } from '../keras/fields.js';
import { networkOfDraft } from '../onnx/network-of-draft.js';
import { elementwiseNodes } from './elementwise-nodes.js';
import { layoutNodes } from './layout-nodes.js';
import {
  graphNode,
  invalidTfNode,
  isFloatType,
  shapeIn,
  tfShape,
  tfType,
  unsupportedTfNode,
  type GraphNode,
} from './node-attributes.js';
import { isPlaceholder, onShapes, shapeNodes } from './shape-nodes.js';
import type { NodeRule, Term } from './terms.js';
import type { TfjsWeights } from './weights.js';
import { windowNodes } from './window-nodes.js';

const malformed = malformedIn('readTfjs');

/** Every op that is read. */
const rules: Readonly<Record<string, NodeRule>> = {
  ...elementwiseNodes,
  ...layoutNodes,
  ...shapeNodes,
  ...windowNodes,
  Add: onShapes((a, b) => a + b, elementwiseNodes['Add'] as NodeRule),
  AddV2: onShapes((a, b) => a + b, elementwiseNodes['AddV2'] as NodeRule),
  Mul: onShapes((a, b) => a * b, elementwiseNodes['Mul'] as NodeRule),
  Sub: onShapes((a, b) => a - b, elementwiseNodes['Sub'] as NodeRule),
};

interface Signature {
  readonly outputs: readonly string[];
  readonly shapes: ReadonlyMap<string, readonly (number | undefined)[] | undefined>;
}

const nodeOf = (stated: string): string => stated.replace(/:0$/, '');

export function signatureOf(all: Json): Signature {
  const metadata = all['userDefinedMetadata'];
  const stated = all['signature'] ?? (isObject(metadata) ? metadata['signature'] : undefined);
  const { inputs, outputs } = isObject(stated) ? stated : {};
  const named = (value: unknown, key: string): string =>
    isObject(value) && typeof value['name'] === 'string' ? value['name'] : key;
  const entries = (group: unknown): readonly [string, unknown][] =>
    isObject(group) ? Object.entries(group) : [];
  return {
    outputs: entries(outputs).map(([key, value]) => nodeOf(named(value, key))),
    shapes: new Map(
      entries(inputs).map(([key, value]) => [
        nodeOf(named(value, key)),
        isObject(value) ? shapeIn(value['tensorShape']) : undefined,
      ]),
    ),
  };
}

/** Without a signature, what nobody reads is what comes out. */
export function unread(nodes: readonly GraphNode[]): readonly string[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  return nodes
    .filter(({ name, op }) => !read.has(name) && !['Const', 'NoOp', 'Placeholder'].includes(op))
    .map(({ name }) => name);
}

/** The nodes that the outputs need, each after those that it reads. */
function neededNodes(
  nodes: readonly GraphNode[],
  outputs: readonly string[],
): readonly GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const twice = nodes.find((node) => byName.get(node.name) !== node);
  if (twice !== undefined) throw malformed(`expected one node named "${twice.name}", got several`);
  const needed = new Set<GraphNode>();
  const open = outputs.map((name) => {
    const node = byName.get(name);
    if (node === undefined) throw malformed(`expected output "${name}" in the graph, got none`);
    return node;
  });
  const missing = ({ name }: GraphNode, input: string): Error =>
    malformed(`expected input "${input}" of node "${name}" in the graph, got none`);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (needed.has(node)) continue;
    needed.add(node);
    for (const input of node.inputs) {
      const before = byName.get(input);
      // A second output has a number behind its name.
      if (before === undefined && input.includes(':'))
        throw unsupportedTfNode(node, `that reads "${input}", another output than the first,`);
      if (before === undefined) throw missing(node, input);
      open.push(before);
    }
  }
  return dependencyOrder(
    nodes.filter((node) => needed.has(node)),
    ({ name }) => name,
    ({ inputs }) => inputs,
    missing,
    ({ name }) => malformed(`expected a graph without circles, got one through node "${name}"`),
  );
}

function inputTerm(
  graph: LayerGraph,
  node: GraphNode,
  stated: readonly (number | undefined)[] | undefined,
): Term {
  const shape = tfShape(node, 'shape') ?? stated;
  if (!isFloatType(tfType(node, 'dtype')))
    throw unsupportedTfNode(node, `of type ${JSON.stringify(tfType(node, 'dtype'))}`);
  if (shape === undefined || shape.length < 2 || shape.slice(1).includes(undefined)) {
    throw new FloatpathError(
      'unsupported-format',
      `readTfjs: expected input "${node.name}" to have rows and fixed extents behind them, got [${shape?.map((extent) => extent ?? '?').join(', ') ?? 'nothing'}]; export the model for one input size`,
    );
  }
  return { kind: 'data', value: graph.input(node.name, shape) };
}

function constantTerm(node: GraphNode, weights: TfjsWeights): Term {
  const weight = weights.byName.get(node.name);
  if (weight === undefined) throw invalidTfNode(node, 'its values among the weights, got none,');
  const { kind, shape, values } = weight;
  if (kind === 'float')
    return { kind: 'weight', tensor: float32Tensor(shape, values as Float32Array) };
  return { kind: 'integers', shape, data: Array.from(values) };
}

/**
 * The network of a TensorFlow.js graph model: a TensorFlow graph with its weights beside it.
 *
 * @param all - the whole `model.json`, for its signature
 * @throws {FloatpathError} `malformed-file`, `unsupported-op`, `unsupported-format`, `invalid-network`, naming the node
 */
export function readGraphModel(
  name: string,
  topology: Json,
  all: Json,
  weights: TfjsWeights,
): Omit<FileNetwork, 'notes'> {
  const stated = topology['node'];
  if (!Array.isArray(stated)) throw malformed('expected a graph with nodes, got none');
  const nodes = stated.map(graphNode);
  const signature = signatureOf(all);
  const outputs = signature.outputs.length > 0 ? signature.outputs : unread(nodes);
  if (outputs.length === 0) throw malformed('expected a graph with an output, got none');
  const graph = createLayerGraph(outputs);
  const terms = new Map<string, Term>();
  const ordered = neededNodes(nodes, outputs);
  const inputs = ordered.filter(isPlaceholder);
  const shapeOf = (node: GraphNode) => tfShape(node, 'shape') ?? signature.shapes.get(node.name);
  const fileRows = inputs.map((node) => shapeOf(node)?.[0]).find((rows) => rows !== undefined) ?? 1;
  for (const node of ordered) {
    if (isPlaceholder(node)) {
      terms.set(node.name, inputTerm(graph, node, signature.shapes.get(node.name)));
      continue;
    }
    const isConstant = node.op === 'Const';
    const rule = Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
    if (rule === undefined && !isConstant) throw unsupportedTfNode(node);
    const read = node.inputs.map((input) => terms.get(input) as Term);
    terms.set(
      node.name,
      isConstant
        ? constantTerm(node, weights)
        : (rule as NodeRule)({ graph, node, terms: read, fileRows }),
    );
  }
  const ends = outputs.map((output) => {
    const term = terms.get(output);
    if (term?.kind !== 'data') throw malformed(`expected output "${output}" to depend on an input`);
    return { name: output, value: asStated(graph, term.value) };
  });
  const images = inputs.length === 1 && shapeOf(inputs[0] as GraphNode)?.length === 4;
  const layout: Preprocessing['layout'] = 'nhwc';
  return {
    network: networkOfDraft(graph.draft(name, ends), name),
    ...(images ? { inputLayout: layout } : {}),
  };
}
