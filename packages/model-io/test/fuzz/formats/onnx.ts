import { readModel, readOnnx, writeOnnx } from '../../../src/index.js';
import { onnxFile, weight, whole } from '../../support/onnx-file.js';
import type { FuzzTarget } from '../harness.js';
import { mutateProtobuf } from '../mutate-protobuf.js';
import { realFiles } from '../real-files.js';

/** A small network of many kinds of fields: attributes of every type, shape arithmetic, legacy forms, listed initializers. */
const own = [
  onnxFile({
    opset: 18,
    input: ['N', 1, 6, 6],
    nodes: [
      ['Conv', 'x k b', 'c', { pads: [1, 1, 1, 1], auto_pad: 'NOTSET' }],
      ['BatchNormalization', 'c s b m v', 'n', { epsilon: { float: 0.5 } }],
      ['MaxPool', 'n', 'p', { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }],
      ['Shape', 'p', 'shape'],
      ['Gather', 'shape zero', 'rows', { axis: 0 }],
      ['Unsqueeze', 'rows axes', 'row'],
      ['Concat', 'row rest', 'target', { axis: 0 }],
      ['Reshape', 'p target', 'flat'],
      ['Gemm', 'flat w', 'z', { alpha: { float: 0.5 }, transB: 1 }],
      ['Clip', 'z low high', 'y'],
    ],
    weights: {
      k: weight(
        [2, 1, 3, 3],
        Array.from({ length: 18 }, (_, i) => i / 10),
      ),
      b: weight([2], [0.1, 0.2]),
      s: weight([2], [1, 2]),
      m: weight([2], [0, 1]),
      v: weight([2], [1, 1]),
      zero: whole([], [0]),
      axes: whole([1], [0]),
      rest: whole([1], [18]),
      w: weight(
        [3, 18],
        Array.from({ length: 54 }, (_, i) => i / 50),
      ),
      low: weight([], [-1]),
      high: weight([], [6]),
    },
  }),
  onnxFile({
    opset: 4,
    input: [1, 4],
    listedAsInputs: true,
    nodes: [
      ['Add', 'x b', 'a', { axis: 1, broadcast: 1 }],
      ['Reshape', 'a', 'r', { shape: [1, 2, 2] }],
      ['Softmax', 'r', 'y', { axis: 1 }],
    ],
    weights: { b: weight([4], [1, 2, 3, 4]) },
  }),
  onnxFile({
    opset: 19,
    input: [1, 2, 6, 6],
    nodes: [
      [
        'AveragePool',
        'x',
        'a',
        { kernel_shape: [2, 2], dilations: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 },
      ],
      ['Pad', 'a p', 'r', { mode: 'reflect' }],
      ['Reshape', 'r s', 'l'],
      ['Conv', 'l k', 'y', { strides: [2], pads: [1, 0] }],
    ],
    weights: {
      p: whole([8], [0, 0, 1, 0, 0, 0, 0, 2]),
      s: whole([3], [0, 2, -1]),
      k: weight([1, 2, 2], [1, 2, 3, 4]),
    },
  }),
  onnxFile({
    opset: 1,
    input: [1, 1, 2, 2],
    nodes: [
      ['Upsample', 'x', 'u', { height_scale: { float: 2 }, width_scale: { float: 3 } }],
      ['Tile', 'u n a', 't'],
      ['Selu', 't', 'y'],
    ],
    weights: { n: weight([], [2]), a: weight([], [3]) },
  }),
];

const canonical = own.map((bytes) => writeOnnx(readOnnx(bytes)));

/** Reads the file as a model and writes it again: a network that is accepted must also be whole. */
export const onnx: FuzzTarget = {
  format: 'onnx',
  seeds: [
    ...own,
    ...canonical,
    ...realFiles(
      'vnncomp/test/test_small.onnx',
      'vnncomp/reach_prob_density/onnx/gcas.onnx',
      'vnncomp/tllverifybench/onnx/tllBench_n=2_N=M=16_m=1_instance_1_0.onnx.gz',
      'vnncomp/acasxu/onnx/ACASXU_run2a_1_1_batch_2000.onnx',
    ),
  ],
  read: (bytes) => writeOnnx(readModel(bytes, { name: 'm' }).network),
  mutate: mutateProtobuf,
  place:
    /(node|tensor|input|output|value|attribute|initializer|opset|domain|graph|bytes|weights|network|looks like|empty)/i,
};
