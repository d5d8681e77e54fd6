import { readModel } from '../../../src/index.js';
import { onnxFile, weight } from '../../support/onnx-file.js';
import type { FuzzTarget } from '../harness.js';
import { joined } from '../mutate-bytes.js';
import { mutateProtobuf } from '../mutate-protobuf.js';

const LOCATION = 'sub/w.bin';
const beside = new Uint8Array(64);

const seed = onnxFile({
  opset: 13,
  input: [1, 2],
  nodes: [
    ['MatMul', 'x w', 'a'],
    ['Add', 'a b', 'y'],
  ],
  weights: {
    w: {
      dims: [2n, 2n],
      dataType: 1,
      dataLocation: 1,
      externalData: [
        { key: 'location', value: LOCATION },
        { key: 'offset', value: '4' },
        { key: 'length', value: '16' },
      ],
    },
    b: weight([2], [1, 2]),
  },
});

/** As long as the location, so that all lengths around it stay right. */
const elsewhere = [
  '../../etc',
  '/etc/pass',
  'sub/../..',
  'C:\\w.bin\\',
  '..\\w.bin\\',
  './../w.bi',
  'sub//w.bi',
  '%2e%2e/w.',
  'sub/w\u0000bin',
  '\\\\host\\w\\',
  'file:///w',
];

/** Asked for a path out of the model's folder, the file system ends the run: no reader may ask. */
function give(location: string): Uint8Array | undefined {
  const parts = location.split('/');
  if (/^([a-z]:|[\\/])|[\\\u0000]/i.test(location) || parts.includes('..'))
    throw new Error(`asked for ${JSON.stringify(location)}, out of the model's folder`);
  return location === LOCATION ? beside : undefined;
}

function replaced(bytes: Uint8Array, text: string, by: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(text);
  return at < 0
    ? bytes
    : joined(bytes.subarray(0, at), new TextEncoder().encode(by), bytes.subarray(at + text.length));
}

export const externalData: FuzzTarget = {
  format: 'onnx with weights beside it',
  seeds: [seed],
  read: (bytes) => readModel(bytes, { name: 'm', externalData: give }),
  mutate(bytes, random) {
    const start = random.once(3) ? replaced(bytes, LOCATION, random.pick(elsewhere)) : bytes;
    return random.once(8) ? start : mutateProtobuf(start, random);
  },
  place:
    /(node|tensor|input|output|value|attribute|initializer|opset|domain|graph|bytes|weights|network|looks like|empty)/i,
};
