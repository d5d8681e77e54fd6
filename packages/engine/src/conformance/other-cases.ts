import { float32Tensor, int64Tensor, type Network } from '@floatpath/core';
import { createGraphBuilder } from '../graph-builder.js';
import {
  coins,
  constant,
  given,
  integers,
  oneNode,
  rows,
  sampleValues,
  scalar,
  type ConformanceCase,
} from './case.js';
import { gateCases } from './gate-cases.js';
import { smoothCases } from './smooth-cases.js';

const comparisons = ['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Equal'] as const;

const pair = (type: string): ConformanceCase[] => [
  oneNode(type, 'with a scalar', [rows([3, 4]), scalar(0.125)]),
  oneNode(type, 'two data tensors', [rows([3, 4]), rows([1, 4], 5)]),
];

const plumbing = (): ConformanceCase[] => [
  ...comparisons.flatMap(pair),
  oneNode('And', 'two masks, one broadcast', [coins([3, 4]), coins([1, 4], 2)]),
  oneNode('Or', 'two masks, one broadcast', [coins([3, 4]), coins([3, 1], 2)]),
  oneNode('Not', 'of a mask', [coins([3, 4])]),
  oneNode('Where', 'two data tensors', [coins([3, 4]), rows([3, 4]), rows([1, 4], 5)]),
  oneNode('Where', 'a mask per channel', [coins([3, 1]), rows([3, 4]), scalar(0)]),
  oneNode('Cast', 'a mask to numbers', [coins([5])], { to: 1 }),
  oneNode('Cast', 'numbers to integers', [rows([5])], { to: 7 }),
  oneNode('Cast', 'numbers to a mask', [rows([5])], { to: 9 }),
  oneNode('ArgMax', 'ties', [given(float32Tensor([2, 4], [0, 3, 3, 1, -1, -1, -1, -1]))], {
    axis: -1,
    keepdims: 0,
  }),
  oneNode('ArgMax', 'channels', [rows([3, 2])], { axis: 1 }),
  oneNode('OneHot', 'rows', [
    given(int64Tensor([4], [2, 0, 1, 2])),
    integers(3),
    { kind: 'constant', value: float32Tensor([2], [0, 1]) },
  ]),
  oneNode('Expand', 'over the plane', [rows([2, 1, 3]), integers(1, 1, 4, 1)]),
];

/** Several ops together: convolution, shared value, residual sum, flattening, logits. */
function wholeNetwork(): ConformanceCase {
  const graph = createGraphBuilder();
  const tensor = (shape: readonly number[], salt: number): string => {
    const operand = constant(shape, salt);
    return graph.constant(operand.kind === 'constant' ? operand.value : float32Tensor([]));
  };
  const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 2, 5, 5] });
  const conv = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  const first = graph.add('Relu', [
    graph.add('Conv', [x, tensor([3, 2, 3, 3], 1), tensor([3], 2)], conv),
  ]);
  const second = graph.add('Conv', [first, tensor([3, 3, 3, 3], 3), tensor([3], 4)], conv);
  const sum = graph.add('Relu', [graph.add('Add', [first, second])]);
  const flat = graph.add('Flatten', [sum], { axis: 1 });
  const logits = graph.add('Gemm', [flat, tensor([4, 75], 5), tensor([4], 6)], { transB: 1 });
  const network: Network = graph.build('network: residual', [
    { name: logits, dtype: 'float32', shape: ['batch', 4] },
    { name: sum, dtype: 'float32', shape: ['batch', 3, 5, 5] },
  ]);
  const feeds = { x: float32Tensor([3, 2, 5, 5], sampleValues(150, 7)) };
  return { op: 'network', name: 'residual', network, feeds };
}

/** Sums of integers that float32 holds, none beyond 2^24: counts and hashes need every digit. */
function integerSums(): ConformanceCase {
  const graph = createGraphBuilder();
  const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 100] });
  const fired = graph.add('Cast', [graph.add('Greater', [x, graph.scalar(0)])], { to: 1 });
  const weights = Float32Array.from({ length: 300 }, (_, i) =>
    i % 3 === 0 ? 167_772 - (i % 7) : ((i * 66_797) % 335_545) - 167_772,
  );
  const table = graph.constant(float32Tensor([100, 3], weights));
  const sums = graph.add('Cast', [graph.add('MatMul', [fired, table])], { to: 7 });
  const network = graph.build('network: integer sums', [
    { name: sums, dtype: 'int64', shape: ['batch', 3] },
  ]);
  const feeds = { x: float32Tensor([3, 100], sampleValues(300, 3)) };
  return { op: 'network', name: 'sums of integers', network, feeds };
}

/** Runtimes make the Pad into pads of the convolution. */
function padBeforeConvolution(): ConformanceCase {
  const graph = createGraphBuilder();
  const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 2, 3, 4] });
  const padded = graph.add('Pad', [x, graph.integers([0, 0, 0, 0, 0, 0, 1, 1])]);
  const weights = graph.constant(float32Tensor([3, 2, 1, 1], sampleValues(6, 5)));
  const mixed = graph.add('Conv', [padded, weights], { kernel_shape: [1, 1] });
  const network = graph.build('network: Pad before Conv', [
    { name: mixed, dtype: 'float32', shape: ['batch', 3, 4, 5] },
  ]);
  const feeds = { x: float32Tensor([2, 2, 3, 4], sampleValues(48, 9)) };
  return { op: 'network', name: 'a Pad before a convolution', network, feeds };
}

/** Gates, smooth ops, the plumbing of transformations, and networks of several ops. */
export const otherCases = (): ConformanceCase[] => [
  ...gateCases(),
  ...smoothCases(),
  ...plumbing(),
  wholeNetwork(),
  integerSums(),
  padBeforeConvolution(),
];
