import { float32Tensor } from '@floatpath/core';
import {
  constant,
  given,
  numbers,
  oneNode,
  positive,
  rows,
  sampleValues,
  scalar,
  type ConformanceCase,
  type Operand,
} from './case.js';

/** Rows in [1/2, 7/2]: where logarithms, roots and powers are defined. */
const above = (rowShape: readonly number[]): Operand => {
  const size = rowShape.reduce((product, extent) => product * extent, 2);
  return given(
    float32Tensor(
      [2, ...rowShape],
      sampleValues(size, 1).map((v) => v + 2),
    ),
  );
};

const everywhere = [
  'Sigmoid',
  'Tanh',
  'Exp',
  'Erf',
  'Softplus',
  'Softsign',
  'Elu',
  'Selu',
  'HardSwish',
];
const abovezero = ['Log', 'Sqrt'];

/** Ops that are neither affine nor gates. */
export const smoothCases = (): ConformanceCase[] => [
  oneNode('Softmax', 'the last axis', [rows([3, 5])]),
  oneNode('Softmax', 'an inner axis', [rows([3, 2])], { axis: 1 }),
  oneNode('Softmax', 'large logits', [given(float32Tensor([1, 3], [1000, 999, -1000]))], {
    axis: -1,
  }),
  oneNode('LogSoftmax', 'the last axis', [rows([3, 5])]),
  oneNode('LogSoftmax', 'an inner axis', [rows([3, 2])], { axis: 1 }),
  oneNode('LogSoftmax', 'large logits', [given(float32Tensor([1, 3], [1000, 999, -1000]))], {
    axis: -1,
  }),
  ...everywhere.flatMap((op) => [
    oneNode(op, 'of an image', [rows([2, 3, 4])]),
    oneNode(op, 'far out', [given(float32Tensor([1, 6], [-9, -5.5, -3.25, 3.25, 5.5, 9]))]),
  ]),
  ...abovezero.map((op) => oneNode(op, 'of an image', [above([2, 3, 4])])),
  oneNode('Elu', 'a scale', [rows([7])], { alpha: 0.5 }),
  oneNode('Pow', 'squares', [rows([3, 4]), scalar(2)]),
  oneNode('Pow', 'cubes', [rows([7]), scalar(3)]),
  oneNode('Pow', 'an exponent per element', [above([3]), numbers(0.5, -1.5, 2)]),
  oneNode('LayerNormalization', 'the last axis', [rows([3, 5]), positive([5]), constant([5])]),
  oneNode('LayerNormalization', 'two axes, no shift', [rows([2, 4]), positive([2, 4])], {
    axis: 1,
    epsilon: 0.5,
  }),
];
