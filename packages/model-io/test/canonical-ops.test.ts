import type { Dimension } from '@floatpath/core';
import { canonicalLaw } from './support/canonical-law.js';
import { weight, whole, type FileSpec } from './support/onnx-file.js';

const ones = (dims: readonly number[]): ReturnType<typeof weight> =>
  weight(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => (i % 5) - 2),
  );

/** Files of one op in forms of several opsets, with the shape of the output for any number of rows. */
const files: readonly (readonly [string, FileSpec, readonly Dimension[]])[] = [
  [
    'Slice 9, attributes',
    {
      opset: 9,
      input: [1, 4],
      nodes: [['Slice', 'x', 'y', { starts: [-3], ends: [1000], axes: [1] }]],
    },
    ['batch', 3],
  ],
  [
    'Slice 13, backward to the front',
    {
      opset: 13,
      input: [1, 4],
      nodes: [['Slice', 'x s e a t', 'y']],
      weights: {
        s: whole([1], [-1]),
        e: whole([1], [-9]),
        a: whole([1], [1]),
        t: whole([1], [-2]),
      },
    },
    ['batch', 2],
  ],
  [
    'Split 11, attribute',
    { opset: 11, input: [1, 5], nodes: [['Split', 'x', 'y z', { axis: 1, split: [2, 3] }]] },
    ['batch', 2],
  ],
  [
    'Split 13, even',
    { opset: 13, input: [1, 4], nodes: [['Split', 'x', 'y z', { axis: -1 }]] },
    ['batch', 2],
  ],
  [
    'Pad 2, attributes',
    {
      opset: 2,
      input: [1, 1, 2, 2],
      nodes: [['Pad', 'x', 'y', { pads: [0, 0, 1, 0, 0, 0, 0, 2], value: { float: 3 } }]],
    },
    ['batch', 1, 3, 4],
  ],
  [
    'Pad 18, axes',
    {
      opset: 18,
      input: [1, 3],
      nodes: [['Pad', 'x p v a', 'y']],
      weights: { p: whole([2], [1, 2]), v: weight([], [7]), a: whole([1], [-1]) },
    },
    ['batch', 6],
  ],
  [
    'ReduceMean 11',
    { opset: 11, input: [1, 2, 3], nodes: [['ReduceMean', 'x', 'y', { axes: [-1], keepdims: 0 }]] },
    ['batch', 2],
  ],
  [
    'ReduceSum 13',
    {
      opset: 13,
      input: [1, 2, 3],
      nodes: [['ReduceSum', 'x a', 'y']],
      weights: { a: whole([2], [2, 1]) },
    },
    ['batch', 1, 1],
  ],
  [
    'Gather',
    {
      opset: 13,
      input: [1, 3],
      nodes: [['Gather', 'x i', 'y', { axis: 1 }]],
      weights: { i: whole([2, 2], [2, 0, 1, 1]) },
    },
    ['batch', 2, 2],
  ],
  [
    'ConvTranspose, SAME_UPPER',
    {
      opset: 11,
      input: [1, 2, 3, 3],
      nodes: [['ConvTranspose', 'x w', 'y', { auto_pad: 'SAME_UPPER', strides: [2, 2] }]],
      weights: { w: ones([2, 1, 3, 3]) },
    },
    ['batch', 1, 6, 6],
  ],
  [
    'ConvTranspose, output_shape and groups',
    {
      opset: 11,
      input: [1, 2, 3, 3],
      nodes: [['ConvTranspose', 'x w', 'y', { group: 2, output_shape: [4, 4] }]],
      weights: { w: ones([2, 1, 3, 3]) },
    },
    ['batch', 2, 4, 4],
  ],
  [
    'Conv 1-D, dilated',
    {
      opset: 11,
      input: [1, 1, 6],
      nodes: [['Conv', 'x w', 'y', { dilations: [2], pads: [1, 0] }]],
      weights: { w: ones([2, 1, 3]) },
    },
    ['batch', 2, 3],
  ],
  [
    'Conv 3-D, SAME_LOWER',
    {
      opset: 11,
      input: [1, 1, 2, 3, 4],
      nodes: [['Conv', 'x w', 'y', { auto_pad: 'SAME_LOWER' }]],
      weights: { w: ones([1, 1, 2, 2, 2]) },
    },
    ['batch', 1, 2, 3, 4],
  ],
  [
    'MaxPool, ceil_mode',
    {
      opset: 11,
      input: [1, 1, 5, 5],
      nodes: [['MaxPool', 'x', 'y', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }]],
    },
    ['batch', 1, 3, 3],
  ],
  [
    'AveragePool, pads counted',
    {
      opset: 7,
      input: [1, 1, 4, 4],
      nodes: [
        [
          'AveragePool',
          'x',
          'y',
          { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 },
        ],
      ],
    },
    ['batch', 1, 4, 4],
  ],
  [
    'PRelu 6, slope per channel',
    {
      opset: 6,
      input: [1, 2, 2, 2],
      nodes: [['PRelu', 'x s', 'y']],
      weights: { s: weight([2], [0.5, -1]) },
    },
    ['batch', 2, 2, 2],
  ],
  [
    'Squeeze 11',
    { opset: 11, input: [1, 1, 3], nodes: [['Squeeze', 'x', 'y', { axes: [1] }]] },
    ['batch', 3],
  ],
  [
    'Unsqueeze 13',
    {
      opset: 13,
      input: [1, 3],
      nodes: [['Unsqueeze', 'x a', 'y']],
      weights: { a: whole([2], [-1, 1]) },
    },
    ['batch', 1, 3, 1],
  ],
  [
    'Sum of three',
    {
      opset: 8,
      input: [1, 2],
      nodes: [['Sum', 'x a x', 'y']],
      weights: { a: weight([2], [1, 2]) },
    },
    ['batch', 2],
  ],
];

canonicalLaw(files);
