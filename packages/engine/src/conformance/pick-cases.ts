import { int64Tensor } from '@floatpath/core';
import {
  constant,
  fixed,
  integers,
  oneNode,
  rows,
  type ConformanceCase,
  type Operand,
} from './case.js';

const indices = (shape: readonly number[], values: readonly number[]): Operand => ({
  kind: 'constant',
  value: int64Tensor(shape, values),
});

/** Parts of tensors, and tensors put together. */
export const pickCases = (): ConformanceCase[] => [
  oneNode('Slice', 'two axes', [rows([3, 4, 5]), integers(1, 0), integers(3, 4), integers(1, 3)]),
  oneNode('Slice', 'axes left out', [fixed([3, 4]), integers(1, 2), integers(3, 4)]),
  oneNode('Slice', 'counted from the end, clamped', [
    rows([4, 5]),
    integers(-3, -99),
    integers(99, -1),
    integers(-2, -1),
  ]),
  oneNode('Slice', 'every second', [rows([7]), integers(1), integers(7), integers(1), integers(2)]),
  oneNode('Slice', 'backward', [rows([7]), integers(-1), integers(-99), integers(1), integers(-1)]),
  oneNode('Slice', 'backward in steps of two, partly', [
    rows([3, 6]),
    integers(9, 4),
    integers(0, 0),
    integers(1, 2),
    integers(-1, -2),
  ]),
  oneNode('Gather', 'repeated and negative indices', [rows([4]), indices([5], [2, 0, -1, 2, -4])], {
    axis: 1,
  }),
  oneNode('Gather', 'a table of indices', [rows([3, 4]), indices([2, 2], [1, 3, 3, 0])], {
    axis: -1,
  }),
  oneNode('Gather', 'one index drops the axis', [rows([3, 4]), indices([], [1])], { axis: 1 }),
  oneNode('Split', 'uneven', [rows([6, 2]), integers(1, 3, 2)], { axis: 1 }, ['out', 'b', 'c']),
  oneNode('Split', 'even, the last smaller', [rows([2, 5])], { axis: -1, num_outputs: 3 }, [
    'out',
    'b',
    'c',
  ]),
  oneNode('Concat', 'channels', [rows([2, 3]), rows([1, 3], 5), rows([2, 3], 7)], { axis: 1 }),
  oneNode('Concat', 'the last axis', [rows([2, 3]), rows([2, 1], 5)], { axis: -1 }),
  oneNode('Concat', 'a value with itself', [fixed([2, 3]), fixed([2, 1], 5)], { axis: 1 }),
  oneNode(
    'Concat',
    'constants between and after',
    [fixed([1, 3]), constant([1, 2]), fixed([1, 2], 5), constant([1, 1], 7)],
    { axis: 1 },
  ),
  oneNode(
    'Concat',
    'a constant last of three',
    [fixed([2, 3]), fixed([2, 1], 5), constant([2, 2])],
    {
      axis: -1,
    },
  ),
];
