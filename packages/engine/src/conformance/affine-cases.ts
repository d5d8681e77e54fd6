import {
  constant,
  fixed,
  integers,
  oneNode,
  omitted,
  positive,
  rows,
  type ConformanceCase,
} from './case.js';
import { pickCases } from './pick-cases.js';
import { spatialCases } from './spatial-cases.js';

/** Sums, products and normalisation: every broadcast, both orders, two data operands. */
const arithmetic = (): ConformanceCase[] => [
  oneNode('Add', 'a constant per channel', [rows([3, 2, 4]), constant([3, 1, 1])]),
  oneNode('Add', 'a constant first', [constant([4]), rows([3, 4])]),
  oneNode('Add', 'two data tensors', [rows([3, 4]), rows([3, 4], 5)]),
  oneNode('Add', 'data broadcast to a constant', [rows([1, 4]), constant([1, 3, 1])]),
  oneNode('Add', 'two data tensors, one broadcast', [rows([3, 4]), rows([1, 4], 5)]),
  oneNode('Sub', 'a constant', [rows([5]), constant([5])]),
  oneNode('Sub', 'from a constant', [constant([5]), rows([5])]),
  oneNode('Sub', 'two data tensors, one broadcast', [rows([1, 4]), rows([3, 1], 5)]),
  oneNode('Mul', 'signed constants', [rows([3, 4]), constant([3, 1])]),
  oneNode('Mul', 'a scalar first', [constant([]), rows([3, 4])]),
  oneNode('Mul', 'two data tensors', [rows([3, 4]), rows([3, 1], 5)]),
  oneNode('Div', 'by a constant', [rows([3, 4]), positive([4])]),
  oneNode('Neg', 'of a row', [rows([7])]),
  oneNode(
    'BatchNormalization',
    'images',
    [rows([3, 2, 2]), constant([3]), constant([3], 5), constant([3], 7), positive([3])],
    { epsilon: 0.8 },
  ),
  oneNode('BatchNormalization', 'rows', [
    rows([4]),
    positive([4], 9),
    constant([4], 5),
    constant([4], 7),
    positive([4]),
  ]),
];

const window = (
  kernel: readonly number[],
  strides: readonly number[],
  pads: readonly number[],
  dilations: readonly number[] = [1, 1],
  group = 1,
): Record<string, number | readonly number[]> => ({
  kernel_shape: kernel,
  strides,
  pads,
  dilations,
  group,
});

/** Convolutions and their transposes: strides, uneven pads, dilation, groups. */
const convolutions = (): ConformanceCase[] => [
  oneNode('Conv', 'attributes left out', [rows([2, 5, 4]), constant([3, 2, 3, 2])]),
  oneNode(
    'Conv',
    'bias, stride 2, uneven pads',
    [rows([2, 6, 5]), constant([3, 2, 3, 3]), constant([3], 5)],
    window([3, 3], [2, 2], [1, 0, 0, 2]),
  ),
  oneNode(
    'Conv',
    'dilation, unequal strides',
    [rows([1, 7, 8]), constant([2, 1, 2, 3]), constant([2], 5)],
    window([2, 3], [1, 3], [0, 1, 2, 1], [3, 2]),
  ),
  oneNode(
    'Conv',
    'two groups',
    [rows([4, 4, 4]), constant([6, 2, 2, 2]), constant([6], 5)],
    window([2, 2], [1, 1], [0, 0, 0, 0], [1, 1], 2),
  ),
  oneNode(
    'Conv',
    'depthwise',
    [rows([3, 4, 3]), constant([6, 1, 3, 1])],
    window([3, 1], [2, 1], [1, 0, 1, 0], [1, 1], 3),
  ),
  oneNode(
    'Conv',
    'strides that leave pixels out',
    [rows([1, 6, 7]), constant([1, 1, 1, 1])],
    window([1, 1], [4, 3], [0, 0, 0, 0]),
  ),
  oneNode('Conv', '1 x 1, padded at the end alone', [rows([2, 3, 4]), constant([3, 2, 1, 1])], {
    pads: [0, 0, 1, 0],
  }),
  oneNode(
    'Conv',
    'as large as the image, padded at the end alone',
    [rows([2, 2, 3]), constant([3, 2, 2, 3])],
    {
      pads: [0, 0, 0, 1],
    },
  ),
  oneNode('ConvTranspose', 'attributes left out', [rows([2, 2, 3]), constant([2, 3, 2, 2])]),
  oneNode(
    'ConvTranspose',
    'bias, stride 2, uneven pads, output padding',
    [rows([2, 3, 3]), constant([2, 3, 3, 3]), constant([3], 5)],
    { ...window([3, 3], [2, 3], [1, 0, 0, 2]), output_padding: [1, 2] },
  ),
  oneNode(
    'ConvTranspose',
    'groups and dilation',
    [rows([4, 3, 2]), constant([4, 2, 2, 2]), constant([4], 5)],
    window([2, 2], [1, 2], [1, 0, 1, 0], [2, 1], 2),
  ),
];

/** Matrix products: data on either side, leading axes broadcast, vectors. */
const products = (): ConformanceCase[] => [
  oneNode('Gemm', 'weights [out, in] and bias', [rows([5]), constant([3, 5]), constant([3], 5)], {
    transB: 1,
  }),
  oneNode('Gemm', 'alpha and beta', [rows([5]), constant([5, 3]), constant([1, 3], 5)], {
    alpha: -0.5,
    beta: -2,
  }),
  oneNode('Gemm', 'no bias', [rows([5]), constant([5, 3]), omitted]),
  oneNode('Gemm', 'transposed data', [fixed([5, 2]), constant([5, 3]), constant([], 5)], {
    transA: 1,
  }),
  oneNode('Gemm', 'constant first', [constant([3, 5]), fixed([2, 5])], { transB: 1 }),
  oneNode('Gemm', 'everything transposed', [constant([5, 3]), fixed([2, 5])], {
    transA: 1,
    transB: 1,
    alpha: 2,
  }),
  oneNode('Gemm', 'a data bias on constants', [
    constant([2, 4]),
    constant([4, 3], 5),
    fixed([2, 3]),
  ]),
  oneNode('MatMul', 'rows', [rows([4]), constant([4, 3])]),
  oneNode('MatMul', 'the last axis of an image', [rows([2, 3, 4]), constant([4, 5])]),
  oneNode('MatMul', 'leading axes broadcast', [rows([1, 3, 4]), constant([2, 4, 2])]),
  oneNode('MatMul', 'an inner extent of one', [rows([3, 1]), constant([1, 4])]),
  oneNode('MatMul', 'constant first', [constant([3, 4]), rows([4, 2])]),
  oneNode('MatMul', 'matrix times vector', [constant([3, 4]), fixed([4])]),
  oneNode('MatMul', 'vector times matrix', [fixed([4]), constant([4, 3])]),
  oneNode('MatMul', 'vector times matrices', [fixed([4]), constant([2, 4, 3])]),
  oneNode('MatMul', 'rows times vector', [rows([3, 4]), constant([4])]),
  oneNode('MatMul', 'two data tensors', [rows([2, 3]), rows([3, 2], 5)]),
];

/** The same elements in another shape or order, and sums over axes. */
const shapes = (): ConformanceCase[] => [
  oneNode('Flatten', 'images to rows', [rows([2, 3, 2])]),
  oneNode('Flatten', 'a negative axis', [fixed([2, 3, 4])], { axis: -1 }),
  oneNode('Identity', 'of an image', [rows([2, 2])]),
  oneNode('Reshape', 'one extent left open', [rows([2, 6]), integers(0, 3, -1)]),
  oneNode('Reshape', 'rows left open', [rows([2, 6]), integers(-1, 4, 3)]),
  oneNode('Squeeze', 'one axis', [rows([1, 3, 1]), integers(1)]),
  oneNode('Squeeze', 'the last axis', [rows([1, 3, 1]), integers(-1)]),
  oneNode('Unsqueeze', 'two axes', [rows([3]), integers(1, -1)]),
  oneNode('Transpose', 'channels last', [rows([2, 3, 4])], { perm: [0, 2, 3, 1] }),
  oneNode('Transpose', 'reversed', [fixed([2, 3, 4])]),
  oneNode('ReduceSum', 'the plane', [rows([2, 3, 4]), integers(2, -1)]),
  oneNode('ReduceSum', 'without its axis', [rows([2, 3]), integers(1)], { keepdims: 0 }),
  oneNode('ReduceSum', 'everything', [fixed([2, 3])]),
  oneNode('ReduceSum', 'nothing', [rows([2, 3])], { noop_with_empty_axes: 1 }),
  oneNode('ReduceMean', 'the plane', [rows([2, 3, 4]), integers(-2, 3)]),
  oneNode('ReduceMean', 'without its axis', [rows([2, 3]), integers(-1)], { keepdims: 0 }),
  oneNode('ReduceMean', 'everything', [fixed([2, 3])]),
];

/** Ops that are affine in their data. */
export const affineCases = (): ConformanceCase[] => [
  ...arithmetic(),
  ...convolutions(),
  ...products(),
  ...shapes(),
  ...pickCases(),
  ...spatialCases(),
];
