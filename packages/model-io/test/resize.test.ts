import { describe, expect, test } from 'vitest';
import { readOnnx } from '../src/index.js';
import { canonicalLaw, type OpFile } from './support/canonical-law.js';
import { onnxFile, weight, whole, type FileSpec } from './support/onnx-file.js';

const input = [1, 2, 3, 4];
const scales = (...values: number[]) => ({ s: weight([values.length], values) });
const sizes = (...values: number[]) => ({ z: whole([values.length], values) });
const upsample = (opset: number, attributes: object, ...values: number[]): FileSpec => ({
  opset,
  input,
  nodes: [['Upsample', 'x s', 'y', { ...attributes }]],
  weights: scales(...values),
});
const resize = (
  opset: number,
  inputs: string,
  attributes: object,
  weights: FileSpec['weights'],
): FileSpec => ({
  opset,
  input,
  nodes: [['Resize', inputs, 'y', { ...attributes }]],
  weights: weights ?? {},
});
const roi = weight([8], [0, 0, 0.25, -0.5, 1, 1, 0.75, 1.5]);

const coordinates = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
const modes = coordinates.flatMap((mode): OpFile[] => [
  [
    `13, linear, ${mode}`,
    resize(
      13,
      'x _ s',
      { mode: 'linear', coordinate_transformation_mode: mode },
      scales(1, 1, 1.6, 0.5),
    ),
    ['batch', 2, 4, 2],
  ],
  ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].map((nearest): OpFile => [
    `13, nearest, ${mode}, ${nearest}`,
    resize(
      13,
      'x _ _ z',
      { mode: 'nearest', coordinate_transformation_mode: mode, nearest_mode: nearest },
      sizes(1, 2, 7, 3),
    ),
    ['batch', 2, 7, 3],
  ]),
]);

describe('Resize and Upsample', () => {
  canonicalLaw(
    [
      [
        'Upsample 7, attribute',
        { opset: 7, input, nodes: [['Upsample', 'x', 'y', { scales: { floats: [1, 1, 2, 3] } }]] },
        ['batch', 2, 6, 12],
      ],
      ['Upsample 9, nearest', upsample(9, {}, 1, 1, 2, 1.5), ['batch', 2, 6, 6]],
      ['Upsample 9, linear', upsample(9, { mode: 'linear' }, 1, 1, 2, 1.5), ['batch', 2, 6, 6]],
      ['10, nearest, smaller', resize(10, 'x s', {}, scales(1, 1, 0.6, 0.5)), ['batch', 2, 1, 2]],
      [
        '10, linear',
        resize(10, 'x s', { mode: 'linear' }, scales(1, 1, 2, 0.5)),
        ['batch', 2, 6, 2],
      ],
      [
        '11, region left empty',
        resize(11, 'x r s', { mode: 'linear' }, { ...scales(1, 1, 2, 2), r: weight([0], []) }),
        ['batch', 2, 6, 8],
      ],
      [
        '11, cropped',
        resize(
          11,
          'x r e z',
          {
            mode: 'linear',
            coordinate_transformation_mode: 'tf_crop_and_resize',
            extrapolation_value: { float: 9 },
          },
          { ...sizes(1, 2, 3, 5), r: roi, e: weight([0], []) },
        ),
        ['batch', 2, 3, 5],
      ],
      [
        '18, axes in any order',
        resize(18, 'x _ _ z', { axes: [-1, 2] }, sizes(6, 2)),
        ['batch', 2, 2, 6],
      ],
      [
        '19, symmetric',
        resize(
          19,
          'x _ s',
          { mode: 'linear', coordinate_transformation_mode: 'half_pixel_symmetric' },
          scales(1, 1, 2, 2),
        ),
        ['batch', 2, 6, 8],
      ],
      ...modes,
    ],
    1e-6,
  );

  test.each<[string, FileSpec, readonly number[]]>([
    ['factors', upsample(9, {}, 1, 1, 1, 2), [1, 1, 1, 2]],
    ['sizes that are exact factors', resize(13, 'x _ _ z', {}, sizes(1, 2, 6, 6)), [1, 1, 2, 1.5]],
    [
      'factors of some axes',
      resize(18, 'x _ s', { axes: [-1] }, scales(0.7)),
      [1, 1, 1, Math.fround(0.7)],
    ],
  ])('%s are stated for all axes', (_, spec, factors) => {
    const network = readOnnx(onnxFile(spec));
    expect(network.nodes[0]?.attributes['axes']).toBeUndefined();
    expect([...(network.constants.get(network.nodes[0]?.inputs[2] ?? '')?.data ?? [])]).toEqual(
      factors,
    );
  });

  test('other sizes are stated for the axes that change', () => {
    const network = readOnnx(onnxFile(resize(13, 'x _ _ z', {}, sizes(1, 2, 7, 4))));
    expect(network.nodes[0]?.attributes['axes']).toEqual([2]);
    expect([...(network.constants.get(network.nodes[0]?.inputs[3] ?? '')?.data ?? [])]).toEqual([
      7n,
    ]);
  });

  test('Upsample took the pixel on the left', () => {
    expect(readOnnx(onnxFile(upsample(9, {}, 1, 1, 1, 2))).nodes[0]?.attributes).toEqual({
      coordinate_transformation_mode: 'asymmetric',
      mode: 'nearest',
      nearest_mode: 'floor',
    });
  });

  test('that changes nothing is no node', () => {
    expect(readOnnx(onnxFile(resize(13, 'x _ s', {}, scales(1, 1, 1, 1)))).nodes).toMatchObject([
      { op: 'Identity' },
    ]);
  });

  test.each<[string, FileSpec, RegExp]>([
    ['cubic', resize(13, 'x _ s', { mode: 'cubic' }, scales(1, 1, 2, 2)), /with mode cubic/],
    ['antialiased', resize(18, 'x _ s', { antialias: 1 }, scales(1, 1, 2, 2)), /with antialias/],
    [
      'of kept aspect',
      resize(18, 'x _ _ z', { keep_aspect_ratio_policy: 'not_larger' }, sizes(1, 2, 6, 6)),
      /with keep_aspect_ratio_policy/,
    ],
    ['that depends on data', resize(13, 'x _ x', {}, {}), /with scales that depend on data/],
  ])('%s is refused', (_, spec, message) => {
    expect(() => readOnnx(onnxFile(spec))).toThrow(
      expect.objectContaining({
        code: 'unsupported-op',
        message: expect.stringMatching(message) as string,
      }),
    );
  });
});
