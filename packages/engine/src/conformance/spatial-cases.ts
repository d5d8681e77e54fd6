import type { Attributes } from '@floatpath/core';
import { integers, numbers, omitted, oneNode, rows, scalar, type ConformanceCase } from './case.js';

/** Windows of every form, for pooling ops. */
export const windows: readonly (readonly [string, readonly number[], Attributes])[] = [
  ['2 x 2', [2, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }],
  ['overlapping, 3 x 2', [2, 5, 4], { kernel_shape: [3, 2] }],
  ['uneven pads', [1, 5, 6], { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 0, 0, 2] }],
  ['rounded up', [1, 6, 5], { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 }],
  [
    'rounded up and padded',
    [1, 6, 4],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
  ],
  ['dilated', [2, 6, 7], { kernel_shape: [2, 3], dilations: [3, 2] }],
  [
    'dilated and padded',
    [1, 4, 5],
    { kernel_shape: [2, 2], dilations: [2, 2], pads: [1, 1, 1, 1], strides: [1, 2] },
  ],
  ['strides that leave pixels out', [1, 6, 7], { kernel_shape: [1, 2], strides: [4, 3] }],
];

/** AveragePool has no dilations in opset 18. */
const averaged = windows.filter(([name]) => !name.startsWith('dilated'));

const averages = (): ConformanceCase[] => [
  ...averaged.map(([name, shape, attributes]) =>
    oneNode('AveragePool', name, [rows(shape)], attributes),
  ),
  ...averaged
    .filter(([name]) => name.includes('pad'))
    .map(([name, shape, attributes]) =>
      oneNode('AveragePool', `${name}, padding counted`, [rows(shape)], {
        ...attributes,
        count_include_pad: 1,
      }),
    ),
  oneNode('GlobalAveragePool', 'images', [rows([3, 4, 2])]),
];

const pads = (): ConformanceCase[] => [
  oneNode('Pad', 'a border of zeros', [rows([2, 3, 2]), integers(0, 0, 1, 2, 0, 0, 0, 1)]),
  oneNode('Pad', 'a border of a value', [
    rows([1, 2, 3]),
    integers(0, 0, 1, 1, 0, 0, 1, 1),
    scalar(-0.75),
  ]),
  oneNode('Pad', 'wider on one side, cut on the other', [
    rows([2, 4, 5]),
    integers(0, 0, -1, 2, 0, 1, 1, -2),
    scalar(0.5),
  ]),
  oneNode('Pad', 'named axes', [rows([4, 3]), integers(1, -1, 2, 0), scalar(3), integers(-1, 1)]),
];

const scaled = (
  name: string,
  scales: readonly [number, number],
  attributes: Attributes,
): ConformanceCase =>
  oneNode('Resize', name, [rows([2, 3, 4]), omitted, numbers(1, 1, ...scales)], attributes);

const transforms = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'] as const;

const resizes = (): ConformanceCase[] => [
  ...transforms.flatMap((mode) => [
    scaled(`nearest, ${mode}, twice`, [2, 2], {
      mode: 'nearest',
      coordinate_transformation_mode: mode,
    }),
    scaled(`linear, ${mode}, twice and half`, [2, 0.5], {
      mode: 'linear',
      coordinate_transformation_mode: mode,
    }),
  ]),
  ...['floor', 'ceil', 'round_prefer_ceil', 'round_prefer_floor'].map((mode) =>
    scaled(`nearest, ${mode}`, [3, 1.5], {
      mode: 'nearest',
      nearest_mode: mode,
      coordinate_transformation_mode: 'asymmetric',
    }),
  ),
];

/** Ops on the two spatial axes that only move, average or mix elements. */
export const spatialCases = (): ConformanceCase[] => [...averages(), ...pads(), ...resizes()];
