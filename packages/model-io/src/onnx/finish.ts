import {
  checkNetwork,
  FloatpathError,
  type Attributes,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import type { Draft, DraftNode } from './draft.js';
import type { CanonicalGraph } from './reading.js';

/** Output names survive: a value that only lost an Identity takes the output's name, anything else keeps an Identity. */
function namedOutputs(
  draft: Draft,
  graph: CanonicalGraph,
): { nodes: DraftNode[]; renamed: ReadonlyMap<string, string> } {
  const nodes = [...graph.nodes];
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const outputNames = new Set(draft.outputs.map(({ name }) => name));
  const renamed = new Map<string, string>();
  for (const name of outputNames) {
    const source = graph.resolve(name);
    if (source === name && made.has(name)) continue;
    if (made.has(source) && !outputNames.has(source) && !renamed.has(source))
      renamed.set(source, name);
    else if (source !== name) {
      nodes.push({ name, op: 'Identity', inputs: [source], outputs: [name], attributes: {} });
    }
  }
  return { nodes, renamed };
}

function sortedAttributes(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `conv_1`, `relu_1`, ...: the op in lower case and its number in topological order. */
function canonicallyNamed(
  nodes: readonly DraftNode[],
  renamed: ReadonlyMap<string, string>,
): NetworkNode[] {
  const counts = new Map<string, number>();
  const rename = (name: string): string => renamed.get(name) ?? name;
  return nodes.map((node) => {
    const count = (counts.get(node.op) ?? 0) + 1;
    counts.set(node.op, count);
    return {
      name: `${node.op.toLowerCase()}_${count}`,
      op: node.op,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: sortedAttributes(node.attributes),
    };
  });
}

function requireFinite(name: string, tensor: Tensor): void {
  if (tensor.dtype !== 'float32') return;
  const at = tensor.data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new FloatpathError(
      'invalid-data',
      `readOnnx: expected finite weights, got ${tensor.data[at]} at index ${at} of tensor "${name}"; export the model again from a run that did not diverge`,
    );
  }
}

/** The graph computes in float32: weights stored wider are rounded once, here. */
const narrowed = (tensor: Tensor): Tensor =>
  tensor.dtype === 'float64'
    ? { dtype: 'float32', shape: tensor.shape, data: Float32Array.from(tensor.data) }
    : tensor;

function usedConstants(
  graph: CanonicalGraph,
  nodes: readonly NetworkNode[],
  outputs: readonly string[],
): Map<string, Tensor> {
  const used = new Map<string, Tensor>();
  for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...outputs]) {
    const tensor = graph.constants.get(name);
    if (tensor === undefined || used.has(name)) continue;
    const narrow = narrowed(tensor);
    requireFinite(name, narrow);
    used.set(name, narrow);
  }
  return used;
}

/** An output that is the shape of something, not data, has no place in a network. */
function requireData(draft: Draft, graph: CanonicalGraph): void {
  for (const { name } of draft.outputs) {
    if (!graph.isShape(graph.resolve(name))) continue;
    const maker = draft.nodes.find(({ outputs }) => outputs.includes(name));
    throw new FloatpathError(
      'unsupported-op',
      `readOnnx: unsupported op "${maker?.op}" at node "${maker?.name}": output "${name}" is a shape, not data`,
    );
  }
}

/** Names the nodes, keeps the constants that are read, and checks the result. */
export function finish(draft: Draft, graph: CanonicalGraph, name: string): Network {
  requireData(draft, graph);
  const { nodes: draftNodes, renamed } = namedOutputs(draft, graph);
  const nodes = canonicallyNamed(draftNodes, renamed);
  const network: Network = {
    name,
    inputs: graph.inputs,
    outputs: draft.outputs.map((output) => ({
      ...output,
      shape: graph.shape(graph.resolve(output.name)),
    })),
    nodes,
    constants: usedConstants(
      graph,
      nodes,
      draft.outputs.map((output) => output.name),
    ),
  };
  checkNetwork(network);
  return network;
}
