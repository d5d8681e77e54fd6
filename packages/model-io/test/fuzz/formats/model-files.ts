// Models of other formats than ONNX: own files, Keras' golden ones and, where they are, those of third parties.
import { unzipSync, zipSync } from 'fflate';
import {
  readKerasArchive,
  readKerasH5,
  readKerasJson,
  readNnet,
  readSafetensors,
  readTfjs,
  kerasJsonArchive,
  tfjsArchive,
} from '../../../src/index.js';
import { kerasFile, kerasNames } from '../../support/golden-keras.js';
import type { FuzzTarget } from '../harness.js';
import { joined, mutateBytes, overwritten } from '../mutate-bytes.js';
import { mutateJson } from '../mutate-json.js';
import { mutateText } from '../mutate-text.js';
import type { Random } from '../random.js';
import { realFiles } from '../real-files.js';

const utf8 = new TextEncoder();
const floats = (count: number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: count }, (_, i) => Math.sin(i)).buffer);

/** An archive whose entries are damaged by what they hold, or that is damaged itself. */
function mutateArchive(file: Uint8Array, random: Random): Uint8Array {
  if (random.once(6)) return random.once(2) ? overwritten(file, random) : mutateBytes(file, random);
  const entries = unzipSync(file) as Record<string, Uint8Array<ArrayBuffer>>;
  const name = random.pick(Object.keys(entries));
  const contents = entries[name] as Uint8Array;
  const damage = contents[0] === 0x7b ? mutateJson : mutateBytes;
  if (random.once(12)) delete entries[name];
  else entries[name] = damage(contents, random) as Uint8Array<ArrayBuffer>;
  if (random.once(8)) entries[random.pick(['../x', 'a/', 'X'])] = entries[name] ?? new Uint8Array();
  return zipSync(entries, { level: random.once(8) ? 6 : 0, mtime: new Date(1980, 0, 1) });
}

const layer = (name: string, class_name: string, config: object) => ({
  class_name,
  config: { name, ...config },
});
const layersJson = {
  modelTopology: {
    class_name: 'Sequential',
    config: [
      layer('c', 'Conv2D', {
        filters: 2,
        kernel_size: [3, 3],
        strides: [2, 2],
        padding: 'same',
        activation: 'relu',
        batch_input_shape: [null, 5, 5, 1],
      }),
      layer('p', 'MaxPooling2D', { pool_size: [2, 2], strides: [1, 1] }),
      layer('f', 'Flatten', {}),
      layer('d', 'Dense', { units: 2, activation: 'softmax' }),
    ],
  },
  weightsManifest: [
    {
      paths: ['a', './b'],
      weights: [
        { name: 'c/kernel', shape: [3, 3, 1, 2], dtype: 'float32' },
        { name: 'c/bias', shape: [2], dtype: 'float32' },
        { name: 'd/kernel', shape: [8, 2], dtype: 'float32' },
        { name: 'd/bias', shape: [2], dtype: 'float32' },
      ],
    },
  ],
};
const attribute = (kind: string, value: unknown) => ({ [kind]: value });
const graphJson = {
  format: 'graph-model',
  modelTopology: {
    node: [
      {
        name: 'x',
        op: 'Placeholder',
        attr: {
          shape: { shape: { dim: [{ size: '-1' }, { size: '4' }, { size: '4' }, { size: '1' }] } },
        },
      },
      { name: 'k', op: 'Const' },
      { name: 'm', op: 'Const' },
      {
        name: 'c',
        op: '_FusedConv2D',
        input: ['x', 'k', 'b', '^k'],
        attr: {
          padding: attribute('s', 'U0FNRQ=='),
          strides: { list: { i: ['1', '1', '1', '1'] } },
          fused_ops: { list: { s: ['Qmlhc0FkZA==', 'UmVsdQ=='] } },
        },
      },
      { name: 'b', op: 'Const' },
      { name: 's', op: 'Shape', input: ['c'] },
      {
        name: 'r',
        op: 'StridedSlice',
        input: ['s', 'z', 'o', 'o'],
        attr: { shrink_axis_mask: attribute('i', '1') },
      },
      { name: 'z', op: 'Const' },
      { name: 'o', op: 'Const' },
      { name: 't', op: 'Pack', input: ['r', 'm'] },
      { name: 'f', op: 'Reshape', input: ['c', 't'] },
      { name: 'y', op: 'Softmax', input: ['f'] },
    ],
  },
  weightsManifest: [
    {
      paths: ['w'],
      weights: [
        {
          name: 'k',
          shape: [2, 2, 1, 3],
          dtype: 'float32',
          quantization: { dtype: 'uint8', scale: 0.1, min: -1 },
        },
        { name: 'b', shape: [3], dtype: 'float32' },
        { name: 'z', shape: [1], dtype: 'int32' },
        { name: 'o', shape: [1], dtype: 'int32' },
        { name: 'm', shape: [], dtype: 'int32' },
      ],
    },
  ],
};

const archived = (json: object, files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  tfjsArchive(utf8.encode(JSON.stringify(json)), (path) => files[path]);

/** Quoted names, bytes, lines, the parser's own position, or a part of the archive. */
const place =
  /"|byte \d+|bytes|place \d+|node \d+|line \d+|position \d+|JSON|archive|directory|weightsManifest|input_layers|output_layers|layers|graph|inbound/;

export const tfjs: FuzzTarget = {
  format: 'TensorFlow.js',
  seeds: [
    archived(layersJson, { a: floats(20), b: floats(18) }),
    archived(graphJson, { w: joined(floats(6), new Uint8Array(Int32Array.of(0, 1, -1).buffer)) }),
  ],
  read: (bytes) => readTfjs(bytes, { name: 'm' }),
  mutate: mutateArchive,
  place,
};

const h5Files = [
  ...kerasNames.map((name) => kerasFile(name, 'h5')),
  ...realFiles('keras/sisl_KerasTestNetwork.h5', 'keras/marabou_cnn_max_mnist2.h5'),
];

/** Sizes and addresses of HDF5 lie all over the file, most of them in front of the data. */
function mutateH5(file: Uint8Array, random: Random): Uint8Array {
  if (random.once(3)) return mutateBytes(file, random);
  const out = file.slice();
  for (let changes = 1 + random.below(4); changes > 0; changes -= 1) {
    const at = 8 * random.below(Math.max(1, Math.floor(Math.min(out.length, 16384) / 8) - 1));
    const from = 8 * random.below(Math.max(1, Math.floor(out.length / 8) - 1));
    random.pick([
      () => void out.copyWithin(at, from, from + 8),
      () => void out.fill(0xff, at, at + 8),
      () => void out.set([random.below(256)], at + random.below(8)),
      () => new DataView(out.buffer).setUint32(at, random.below(out.length), true),
    ])();
  }
  return out;
}

export const kerasH5: FuzzTarget = {
  format: 'Keras .h5',
  seeds: h5Files,
  read: (bytes) => readKerasH5(bytes, { name: 'm' }),
  mutate: mutateH5,
  place: new RegExp(`${place.source}|superblock|HDF5|truncated|a model with its weights`),
};

export const kerasArchive: FuzzTarget = {
  format: 'Keras .keras',
  seeds: ['reorder', 'nested'].map((name) => kerasFile(name, 'keras')),
  read: (bytes) => readKerasArchive(bytes, { name: 'm' }),
  mutate: mutateArchive,
  place: new RegExp(`${place.source}|superblock|HDF5|truncated`),
};

export const kerasJson: FuzzTarget = {
  format: 'Keras JSON with weights',
  seeds: ['reorder', 'nested'].map((name) =>
    kerasJsonArchive(kerasFile(name, 'json'), kerasFile(name, 'weights.h5')),
  ),
  read: (bytes) => readKerasJson(bytes, { name: 'm' }),
  mutate: mutateArchive,
  place: new RegExp(`${place.source}|superblock|HDF5|truncated`),
};

const ownNnet = `// a comment
2,2,3,3,
2,2,3,
0,
-1.0,-1.0,
1.0,1.0,
0.5,0.0,0.0,
2.0,1.0,3.0,
1.0,1.0,
-1.0,-1.0,
0.0,
0.0,
2.0,-1.0,
-1.0,1.0,
1.0,-1.0,
0.0,
0.0,
0.5,
`;

export const nnet: FuzzTarget = {
  format: '.nnet',
  seeds: [
    utf8.encode(ownNnet),
    ...realFiles('nnet/fc_2-2-3.nnet', 'nnet/coav/reluBenchmark0.360864877701s_SAT.nnet'),
  ],
  read: (bytes) => readNnet(bytes, { name: 'm' }),
  mutate: mutateText,
  place: /line \d+|tensor "|node "/,
};

function safetensorsFile(header: object, data: Uint8Array): Uint8Array {
  const text = utf8.encode(JSON.stringify(header));
  return joined(new Uint8Array(BigUint64Array.of(BigInt(text.length)).buffer), text, data);
}

const tensors = safetensorsFile(
  {
    __metadata__: { format: 'pt' },
    'a.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    'a.bias': { dtype: 'F16', shape: [2], data_offsets: [24, 28] },
    b: { dtype: 'BF16', shape: [], data_offsets: [28, 30] },
    c: { dtype: 'F64', shape: [1, 1], data_offsets: [30, 38] },
  },
  floats(10).subarray(0, 38),
);

export const safetensors: FuzzTarget = {
  format: 'safetensors',
  seeds: [tensors],
  read: readSafetensors,
  mutate(file, random) {
    if (random.once(3)) return mutateBytes(file, random);
    const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
    const header = mutateJson(file.slice(8, 8 + length), random);
    const size = new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer);
    return joined(size, header, file.subarray(8 + length));
  },
  place: /tensor "|header|position \d+|JSON|\d+ bytes/,
};
