import { float32Tensor, float64Tensor, type Network, type Tensor } from '@floatpath/core';
import {
  constantSlots,
  constantTensors64,
  createGraphBuilder,
  dataValues,
  isBatched,
  opOf,
  type GraphBuilder,
} from '@floatpath/engine';
import type { Split } from './split.js';
import { longestAffinePath, unitRoundoff } from './tolerance.js';

/** A split network with the tolerance of its sum law as one more output, `[batch]`. */
export interface ToleratedSplit {
  readonly network: Network;
  readonly tolerance: string;
}

/**
 * Adds the tolerance of the sum law to a split network: 16 L u s with s = max |W|(|fixed| + |float|) + |b| over affine nodes,
 * computed by the network itself, so that it costs one more channel on the same engine and no pass of its own.
 *
 * In float32 s is known to some units in 10^-7 of itself, far inside the factor 16.
 */
export function withTolerance(
  { base, channels, network }: Split,
  precision: keyof typeof unitRoundoff,
): ToleratedSplit {
  const graph = createGraphBuilder(network);
  const data = dataValues(base);
  const constants = constantTensors64(base.constants);
  const batched = isBatched(base);
  const sizes = new Map<string, string>();
  const sizeOf = (name: string): string => {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    const { fixed = '', float } = channels.get(name) ?? {};
    const size = graph.add('Abs', [fixed]);
    const both = float === undefined ? size : graph.add('Add', [size, graph.add('Abs', [float])]);
    sizes.set(name, both);
    return both;
  };
  const largest = base.nodes.flatMap((node) => {
    const op = opOf(node.op);
    if (op?.role !== 'affine' || !node.inputs.some((name) => data.has(name))) return [];
    const isConstant = constantSlots(node, data);
    const operands = node.inputs.map((name, slot) =>
      name === '' ? undefined : isConstant(slot) ? constants.get(name) : unit,
    );
    const absolute = op.absolute(node, operands);
    const inputs = node.inputs.map((name, slot) => {
      if (name === '') return '';
      if (isConstant(slot)) return constantOf(graph, name, absolute[slot]);
      return isNegative(absolute[slot]) ? graph.add('Neg', [sizeOf(name)]) : sizeOf(name);
    });
    const made = graph.addSeveral(node.op, inputs, node.outputs.length, node.attributes);
    return made.map((name) => largestOfRows(graph, name, batched));
  });
  const most =
    largest.length > 1
      ? graph.add('Max', largest)
      : (largest[0] ?? noAffineNode(graph, base, batched));
  const factor = graph.scalar(16 * longestAffinePath(base) * unitRoundoff[precision]);
  const tolerance = graph.add('Mul', [most, factor]);
  const rows = batched ? 'batch' : 1;
  const outputs = [
    ...network.outputs,
    { name: tolerance, dtype: 'float32', shape: [rows] } as const,
  ];
  return { network: graph.build(network.name, outputs), tolerance };
}

/** Stands for a data input that already holds |h|: the op says whether it wants it negative. */
const unit: Tensor = float64Tensor([1], [1]);

const isNegative = (tensor: Tensor | undefined): boolean => Number(tensor?.data[0]) < 0;

function constantOf(graph: GraphBuilder, name: string, absolute: Tensor | undefined): string {
  return absolute?.dtype === 'float64'
    ? graph.constant(float32Tensor(absolute.shape, absolute.data))
    : name;
}

/** The largest value of every row, `[batch]`. */
function largestOfRows(graph: GraphBuilder, value: string, batched: boolean): string {
  const flat = batched
    ? graph.add('Flatten', [value], { axis: 1 })
    : graph.add('Reshape', [value, graph.integers([1, -1])]);
  return graph.add('ReduceMax', [flat, graph.integers([1])], { keepdims: 0 });
}

/** Without an affine node nothing is rounded. */
function noAffineNode(graph: GraphBuilder, base: Network, batched: boolean): string {
  const size = largestOfRows(graph, base.outputs[0]?.name ?? '', batched);
  return graph.add('Sub', [size, size]);
}
