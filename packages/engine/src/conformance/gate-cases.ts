import { float32Tensor } from '@floatpath/core';
import {
  constant,
  fixed,
  given,
  integers,
  omitted,
  oneNode,
  rows,
  scalar,
  type ConformanceCase,
  type Operand,
} from './case.js';
import { windows } from './spatial-cases.js';

/** A row with both sides of every breakpoint that the cases have, and the breakpoints themselves. */
const around = (...breakpoints: number[]): Operand =>
  given(
    float32Tensor(
      [1, 3 * breakpoints.length],
      breakpoints.flatMap((at) => [at - 0.25, at, at + 0.25]),
    ),
  );

const elementwise = (): ConformanceCase[] => [
  oneNode('Relu', 'of an image', [rows([2, 3, 4])]),
  oneNode('Relu', 'around zero', [given(float32Tensor([1, 6], [-2, -1e-30, -0, 0, 1e-30, 2]))]),
  oneNode('LeakyRelu', 'the default slope', [rows([2, 3, 4])]),
  oneNode('LeakyRelu', 'a slope above 1', [rows([7])], { alpha: 1.5 }),
  oneNode('LeakyRelu', 'a slope below 0', [rows([7])], { alpha: -0.25 }),
  oneNode('Abs', 'of an image', [rows([2, 3, 4])]),
  oneNode('PRelu', 'slopes below 0 and above 1 per channel', [
    rows([3, 2, 4]),
    constant([3, 1, 1]),
  ]),
  oneNode('PRelu', 'a slope per unit', [rows([7]), constant([7])]),
  oneNode('PRelu', 'one slope', [rows([2, 3]), scalar(2)]),
  oneNode('Clip', 'two levels', [around(-0.5, 0, 1), scalar(-0.5), scalar(1)]),
  oneNode('Clip', 'only low', [around(-0.5), scalar(-0.5)]),
  oneNode('Clip', 'only high', [around(0.5), omitted, scalar(0.5)]),
  oneNode('Clip', 'no level', [rows([5])]),
  oneNode('Clip', 'infinite levels', [rows([5]), scalar(-Infinity), scalar(0.25)]),
  oneNode('Clip', 'low equal to high', [rows([5]), scalar(0.5), scalar(0.5)]),
  oneNode('Clip', 'low above high', [rows([5]), scalar(1), scalar(-0.5)]),
  oneNode('HardSigmoid', 'the default ramp', [around(-2.5, 2.5, 0)]),
  oneNode('HardSigmoid', 'a steep ramp', [around(-0.375, 0.125)], { alpha: 2, beta: 0.75 }),
];

const extremum = (type: string): ConformanceCase[] => [
  oneNode(type, 'with a scalar', [rows([3, 4]), scalar(0.125)]),
  oneNode(type, 'two data tensors, ties', [rows([3, 4]), rows([3, 4], 1)]),
  oneNode(type, 'two data tensors, one broadcast', [rows([3, 4]), rows([1, 4], 5)]),
  oneNode(type, 'each broadcast by the other', [rows([3, 1]), rows([1, 4], 5)]),
  oneNode(type, 'a constant first', [constant([3, 1]), rows([3, 4])]),
  oneNode(type, 'of three', [rows([3, 4]), scalar(0.25), rows([1, 4], 5)]),
  oneNode(type, 'of four', [rows([5]), rows([5], 4), constant([5], 6), rows([5], 9)]),
  oneNode(type, 'of one', [rows([5])]),
];

const reduction = (type: string): ConformanceCase[] => [
  oneNode(type, 'the plane', [rows([2, 3, 4]), integers(2, -1)]),
  oneNode(type, 'channels, without the axis', [rows([3, 4]), integers(1)], { keepdims: 0 }),
  oneNode(type, 'two axes around one', [rows([2, 3, 2]), integers(3, 1)], { keepdims: 0 }),
  oneNode(type, 'of two', [rows([3, 2]), integers(-1)]),
  oneNode(type, 'of one', [rows([3, 1]), integers(2)]),
  oneNode(type, 'everything', [fixed([2, 3])]),
  oneNode(type, 'ties', [given(float32Tensor([2, 4], [1, 3, 3, 1, 2, 1, 1, 2])), integers(1)]),
];

const pools = (): ConformanceCase[] => [
  ...windows.map(([name, shape, attributes]) =>
    oneNode('MaxPool', name, [rows(shape)], attributes),
  ),
  oneNode(
    'MaxPool',
    'negative elements beside padding',
    [given(float32Tensor([1, 1, 2, 3], [-1, -2, -3, -3, -2, -1]))],
    { kernel_shape: [2, 2], pads: [1, 1, 1, 1] },
  ),
  oneNode('MaxPool', 'ties', [given(float32Tensor([1, 1, 2, 4], [1, 1, 0, 2, 1, 0, 2, 2]))], {
    kernel_shape: [2, 2],
    strides: [2, 2],
  }),
  oneNode('MaxPool', 'windows of one', [rows([2, 3, 3])], {
    kernel_shape: [1, 1],
    strides: [2, 1],
  }),
  oneNode('GlobalMaxPool', 'images', [rows([3, 4, 2])]),
  oneNode('GlobalMaxPool', 'ties', [given(float32Tensor([1, 2, 1, 2], [1, 1, -3, -3]))]),
];

/** Ops that select an affine map by looking at their input: every piece, every breakpoint, every form. */
export const gateCases = (): ConformanceCase[] => [
  ...elementwise(),
  ...['Min', 'Max'].flatMap(extremum),
  ...['ReduceMin', 'ReduceMax'].flatMap(reduction),
  ...pools(),
];
