// Graph models written by hand, as the converter writes them, and run by TensorFlow.js.
import { describe, expect, test } from 'vitest';
import { readModel } from '../../src/index.js';
import { relativeDifference, runNetwork, waves } from '../support/networks.js';
import { hasOnnxRuntime } from '../support/onnx-runtime.js';
import { folderOf, runGraphModel, type Folder } from '../support/tfjs.js';

type Attributes = Readonly<Record<string, unknown>>;
type Node = readonly [name: string, op: string, inputs: string, attributes?: Attributes];
type Weight = readonly [
  shape: readonly number[],
  dtype?: 'float32' | 'int32',
  values?: readonly number[],
];

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const text = (value: string) => ({ s: base64(value) });
const integers = (...values: number[]) => ({ list: { i: values.map(String) } });
const shapeAttribute = (shape: readonly number[]) => ({
  shape: { dim: shape.map((size) => ({ size: String(size) })) },
});
const window = {
  strides: integers(1, 2, 1, 1),
  padding: text('SAME'),
  data_format: text('NHWC'),
  dilations: integers(1, 1, 1, 1),
};

function graph(
  input: readonly number[],
  nodes: readonly Node[],
  weights: Readonly<Record<string, Weight>>,
): Folder {
  const bytes: Uint8Array[] = [];
  const specs = Object.entries(weights).map(([name, [shape, dtype = 'float32', values]], k) => {
    const size = shape.reduce((all, extent) => all * extent, 1);
    const data =
      values ??
      Array.from(
        { length: size },
        (_, i) => Math.sin(1.9 * i + k) * 0.7 + (name.startsWith('variance') ? 1 : 0),
      );
    bytes.push(new Uint8Array((dtype === 'int32' ? Int32Array : Float32Array).from(data).buffer));
    return { name, shape, dtype };
  });
  const node = [
    {
      name: 'x',
      op: 'Placeholder',
      attr: { dtype: { type: 'DT_FLOAT' }, ...{ shape: shapeAttribute(input) } },
    },
    ...Object.entries(weights).map(([name, [, dtype]]) => ({
      name,
      op: 'Const',
      attr: { dtype: { type: dtype === 'int32' ? 3 : 1 } },
    })),
    ...nodes.map(([name, op, inputs, attr = {}]) => ({
      name,
      op,
      input: inputs.split(' '),
      attr: { T: { type: 1 }, ...attr },
    })),
  ];
  const all = Uint8Array.from(bytes.flatMap((part) => [...part]));
  return folderOf(
    {
      format: 'graph-model',
      modelTopology: { node, versions: {} },
      weightsManifest: [{ paths: ['w.bin'], weights: specs }],
    },
    new Map([['w.bin', all]]),
  );
}

const read = ({ model, files }: Folder) =>
  readModel(model, { name: 'm', externalData: (path) => files.get(path) });

const image = [-1, 7, 6, 3];
const fused = (...ops: string[]) => ({
  fused_ops: { list: { s: ops.map(base64) } },
  num_args: { i: '1' },
});

const graphs: Readonly<Record<string, () => Folder>> = {
  'fused convolutions and control inputs': () =>
    graph(
      image,
      [
        ['a', '_FusedConv2D', 'x k b', { ...window, ...fused('BiasAdd', 'Relu') }],
        [
          'd',
          'DepthwiseConv2dNative',
          'a dw',
          { ...window, strides: integers(1, 1, 1, 1), padding: text('VALID') },
        ],
        [
          'p',
          '_FusedConv2D',
          'd k2 b2',
          {
            ...window,
            strides: integers(1, 1, 1, 1),
            ...fused('BiasAdd', 'LeakyRelu'),
            leakyrelu_alpha: { f: 0.3 },
          },
        ],
        ['y', 'Identity', 'p ^x'],
      ],
      { k: [[3, 3, 3, 4]], b: [[4]], dw: [[2, 2, 4, 2]], k2: [[1, 1, 8, 3]], b2: [[3]] },
    ),
  'batch normalization, pools and means': () =>
    graph(
      image,
      [
        [
          'n',
          'FusedBatchNormV3',
          'x gamma beta mean variance',
          { epsilon: { f: 0.001 }, data_format: text('NHWC'), is_training: { b: false } },
        ],
        ['r', 'Relu6', 'n'],
        ['m', 'MaxPool', 'r', { ...window, ksize: integers(1, 3, 2, 1) }],
        [
          'v',
          'AvgPool',
          'm',
          { ...window, ksize: integers(1, 2, 3, 1), strides: integers(1, 1, 1, 1) },
        ],
        ['g', 'Mean', 'v axes', { keep_dims: { b: false } }],
        ['y', 'Softmax', 'g'],
      ],
      { gamma: [[3]], beta: [[3]], mean: [[3]], variance: [[3]], axes: [[2], 'int32', [1, 2]] },
    ),
  'flattening by arithmetic of shapes': () =>
    graph(
      image,
      [
        ['c', 'Conv2D', 'x k', window],
        ['s', 'Shape', 'c', { out_type: { type: 3 } }],
        ['rows', 'StridedSlice', 's zero one one', { shrink_axis_mask: { i: '1' } }],
        ['target', 'Pack', 'rows minus', { axis: { i: '0' }, N: { i: '2' } }],
        ['f', 'Reshape', 'c target'],
        ['y', '_FusedMatMul', 'f w b', { ...fused('BiasAdd', 'Elu'), transpose_b: { b: true } }],
      ],
      {
        k: [[3, 3, 3, 2]],
        w: [[5, 48]],
        b: [[5]],
        zero: [[1], 'int32', [0]],
        one: [[1], 'int32', [1]],
        minus: [[], 'int32', [-1]],
      },
    ),
  'sums, pads, joins and slices': () =>
    graph(
      image,
      [
        ['a', 'AddN', 'x x x', { N: { i: '3' } }],
        ['p', 'Pad', 'a pads'],
        ['q', 'Prelu', 'p slope'],
        ['j', 'ConcatV2', 'q p axis', { N: { i: '2' } }],
        ['s', 'StridedSlice', 'j begin end step', { begin_mask: { i: '1' }, end_mask: { i: '5' } }],
        ['b', 'BiasAdd', 's bias'],
        ['r', 'RealDiv', 'b bias'],
        ['m', 'Maximum', 'r bias'],
        ['t', 'Transpose', 'm perm'],
        ['y', 'Sum', 't last', { keep_dims: { b: true } }],
      ],
      {
        pads: [[4, 2], 'int32', [0, 0, 1, 2, 0, 1, 0, 0]],
        slope: [[3]],
        axis: [[], 'int32', [3]],
        begin: [[3], 'int32', [0, 1, 2]],
        end: [[3], 'int32', [0, 9, 0]],
        step: [[3], 'int32', [1, 2, 1]],
        bias: [[6]],
        perm: [[4], 'int32', [0, 3, 1, 2]],
        last: [[1], 'int32', [-1]],
      },
    ),
  resizing: () =>
    graph(
      image,
      [
        [
          'a',
          'ResizeBilinear',
          'x size',
          { align_corners: { b: false }, half_pixel_centers: { b: true } },
        ],
        [
          'b',
          'ResizeBilinear',
          'a small',
          { align_corners: { b: true }, half_pixel_centers: { b: false } },
        ],
        [
          'c',
          'ResizeNearestNeighbor',
          'b size',
          { align_corners: { b: false }, half_pixel_centers: { b: true } },
        ],
        [
          'd',
          'ResizeBilinear',
          'c large',
          { align_corners: { b: false }, half_pixel_centers: { b: false } },
        ],
        [
          'y',
          'ResizeNearestNeighbor',
          'd small',
          { align_corners: { b: false }, half_pixel_centers: { b: false } },
        ],
      ],
      {
        size: [[2], 'int32', [11, 5]],
        small: [[2], 'int32', [4, 9]],
        large: [[2], 'int32', [13, 12]],
      },
    ),
  'squeezing a table': () =>
    graph(
      [-1, 5],
      [
        ['e', 'ExpandDims', 'x two'],
        ['q', 'Squeeze', 'e', { squeeze_dims: integers(2) }],
        ['m', 'MatMul', 'q w', { transpose_a: { b: false }, transpose_b: { b: false } }],
        ['z', 'Sub', 'one m'],
        ['c', 'ClipByValue', 'z low high'],
        ['y', 'LogSoftmax', 'c'],
      ],
      {
        two: [[], 'int32', [2]],
        w: [[5, 4]],
        one: [[], 'float32', [1]],
        low: [[], 'float32', [-0.5]],
        high: [[], 'float32', [1.5]],
      },
    ),
};

describe('TensorFlow.js and our graph agree on', () => {
  test.skipIf(!hasOnnxRuntime).each(Object.entries(graphs))('%s', async (_, make) => {
    const folder = make();
    const model = read(folder);
    expect(model.format).toBe('tfjs-graph');
    const [input] = model.network.inputs;
    const x = waves([2, ...((input?.shape.slice(1) ?? []) as number[])]);
    const theirs = await runGraphModel(folder, x);
    const ours = await runNetwork(model.network, x);
    expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
    // float32 on both sides, summed in another order.
    ours.forEach(({ data }, i) =>
      expect(relativeDifference(data, theirs[i]?.data ?? [])).toBeLessThan(1e-5),
    );
  });
});

test.each<[string, readonly Node[], string, RegExp]>([
  ['an op that is not read', [['y', 'Einsum', 'x w']], 'unsupported-op', /"Einsum".*"y"/],
  [
    'a product of data',
    [['y', 'MatMul', 'x x']],
    'unsupported-op',
    /"MatMul".*depends on data.*"y"/,
  ],
  ['an input that is not there', [['y', 'Relu', 'gone']], 'malformed-file', /"gone".*"y"/],
  [
    'a circle',
    [
      ['a', 'Relu', 'b'],
      ['b', 'Relu', 'a'],
      ['y', 'Relu', 'b'],
    ],
    'malformed-file',
    /circle/,
  ],
  ['a second output', [['y', 'Relu', 'x:1']], 'unsupported-op', /"x:1"/],
  ['rows that are mixed', [['y', 'Sum', 'x rows']], 'unsupported-op', /rows.*"y"/],
])('%s is refused by name', (_, nodes, code, message) => {
  const folder = graph([-1, 4], nodes, { w: [[4, 4]], rows: [[1], 'int32', [0]] });
  expect(() => read(folder)).toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
  );
});
