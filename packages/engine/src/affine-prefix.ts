import {
  float32Tensor,
  float64Tensor,
  sizeOf,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { constantTensors64, evaluateHomogeneous, evaluateNode } from './affine-parts.js';
import { foldConstants } from './fold.js';
import { createGraphBuilder } from './graph-builder.js';
import type { ValueType } from './ops/op.js';
import { constantSlots, dataValues } from './roles.js';
import { inferTypes, isBatched, requireOp } from './types.js';

/** What a network does to its input before it first looks at it: value = x weights + offset. */
export interface AffinePrefix {
  /** Name of the value; all paths from the input pass through it. */
  readonly value: string;
  /** Shape of one row of it. */
  readonly rowShape: readonly number[];
  /** `[inputs, outputs]` row-major, in float64. */
  readonly weights: Float64Array;
  readonly offset: Float64Array;
  /** Names of the nodes that it is made of. */
  readonly nodes: ReadonlySet<string>;
}

/** Rows of the unit matrix that are evaluated together: memory stays some megabytes. */
const BLOCK = 64;

/**
 * The narrowest affine map that a network begins with, the last one where several are as narrow. Undefined unless rows run
 * together through one input and the value is narrower than the input: as one matrix a wide one would cost more than its
 * nodes do.
 *
 * @param network - folded, so that every node depends on the input
 */
export function affinePrefix(network: Network): AffinePrefix | undefined {
  const [input, ...others] = network.inputs;
  if (input === undefined || others.length > 0 || !isBatched(network)) return undefined;
  const types = inferTypes(network);
  const cut = narrowestCut(network, types);
  if (cut === undefined) return undefined;
  const nodes = network.nodes.slice(0, cut.end);
  const inputShape = input.shape.slice(1).map(Number);
  const size = sizeOf(inputShape);
  const { shape } = types.get(cut.value) as ValueType;
  const width = sizeOf(shape.slice(1));
  const evaluate = evaluatorOf(network, nodes);
  const weights = new Float64Array(size * width);
  for (let first = 0; first < size; first += BLOCK) {
    const rows = Math.min(BLOCK, size - first);
    const units = new Float64Array(rows * size);
    for (let row = 0; row < rows; row += 1) units[row * size + first + row] = 1;
    const x = float64Tensor([rows, ...inputShape], units);
    weights.set(evaluate('homogeneous', x).get(cut.value)?.data as Float64Array, first * width);
  }
  const zero = float64Tensor([1, ...inputShape], new Float64Array(size));
  return {
    value: cut.value,
    rowShape: shape.slice(1),
    weights,
    offset: evaluate('whole', zero).get(cut.value)?.data as Float64Array,
    nodes: new Set(nodes.map((node) => node.name)),
  };
}

/**
 * The network with its affine prefix as one matrix product, or the network itself where it has none: the same function
 * with the first layers' weights multiplied out in float64 and rounded once.
 */
export function withComposedPrefix(base: Network): Network {
  const network = foldConstants(base);
  const prefix = affinePrefix(network);
  const input = network.inputs[0];
  if (prefix === undefined || input === undefined) return base;
  const { value, rowShape, weights, offset, nodes } = prefix;
  const graph = createGraphBuilder(network, { withNodes: false });
  const flat = graph.add('Flatten', [input.name], { axis: 1 });
  const width = offset.length;
  const matrix = float32Tensor([weights.length / width, width], weights);
  const product = graph.add('Gemm', [
    flat,
    graph.constant(matrix),
    graph.constant(float32Tensor([width], offset)),
  ]);
  graph.addNode({
    name: `${value} (composed)`,
    op: 'Reshape',
    inputs: [product, graph.integers([-1, ...rowShape])],
    outputs: [value],
    attributes: {},
  });
  for (const node of network.nodes) if (!nodes.has(node.name)) graph.addNode(node);
  return graph.build(network.name, network.outputs);
}

interface Cut {
  readonly value: string;
  /** Number of nodes up to and including its maker. */
  readonly end: number;
}

/** The last of the narrowest affine values that everything after them depends on the input through. */
function narrowestCut(network: Network, types: ReadonlyMap<string, ValueType>): Cut | undefined {
  const data = dataValues(network);
  const input = network.inputs[0]?.name as string;
  const lastUse = new Map<string, number>();
  network.nodes.forEach((node, at) => node.inputs.forEach((name) => lastUse.set(name, at)));
  for (const { name } of network.outputs) lastUse.set(name, network.nodes.length);
  const widthOf = (name: string): number => sizeOf(types.get(name)?.shape.slice(1) ?? []);
  let best: Cut | undefined;
  let live = [input];
  for (const [at, node] of network.nodes.entries()) {
    if (!node.inputs.some((name) => data.has(name))) continue;
    const op = requireOp(node.op, node.name);
    const isAffine =
      op.role === 'affine' && op.refusal?.(node, constantSlots(node, data)) === undefined;
    if (!isAffine) break;
    live = [...live, ...node.outputs].filter((name) => (lastUse.get(name) ?? -1) > at);
    const [value] = live;
    if (live.length !== 1 || value === undefined) continue;
    const least = best === undefined ? widthOf(input) - 1 : widthOf(best.value);
    if (widthOf(value) <= least) best = { value, end: at + 1 };
  }
  return best;
}

/** Evaluates affine nodes on rows, with their offsets or without. */
function evaluatorOf(
  network: Network,
  nodes: readonly NetworkNode[],
): (part: 'homogeneous' | 'whole', x: Tensor) => ReadonlyMap<string, Tensor> {
  const data = dataValues(network);
  const constants = constantTensors64(network.constants);
  return (part, x) => {
    const values = new Map<string, Tensor>([...constants, [network.inputs[0]?.name as string, x]]);
    for (const node of nodes) {
      const operands = node.inputs.map((name) => values.get(name));
      const results =
        part === 'whole' || !node.inputs.some((name) => data.has(name))
          ? evaluateNode(node, operands)
          : evaluateHomogeneous(node, operands, constantSlots(node, data));
      node.outputs.forEach((name, slot) => values.set(name, results[slot] as Tensor));
    }
    return values;
  };
}
