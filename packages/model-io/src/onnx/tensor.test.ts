import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { TensorProto_DataType as Type, TensorProtoSchema } from './onnx_pb.js';
import { readTensor } from './tensor.js';

const stored = (init: MessageInitShape<typeof TensorProtoSchema>): unknown => {
  const { dtype, data } = readTensor(create(TensorProtoSchema, { name: 't', ...init }));
  return [dtype, Array.from<number | bigint>(data)];
};
const raw = (...bytes: number[]): Uint8Array => Uint8Array.from([99, 99, ...bytes]).subarray(2);

// IEEE 754: 0x3c00 is 1, 0xc000 is -2, 0x0001 the smallest subnormal 2^-24; bfloat16 0x3fc0 is 1.5.
test.each<[string, MessageInitShape<typeof TensorProtoSchema>, unknown]>([
  [
    'float32, raw and unaligned',
    { dims: [1n], dataType: Type.FLOAT, rawData: raw(0, 0, 0xc0, 0x3f) },
    ['float32', [1.5]],
  ],
  ['float32, typed', { dims: [2n], dataType: Type.FLOAT, floatData: [1, 2] }, ['float32', [1, 2]]],
  [
    'float64, raw',
    { dims: [], dataType: Type.DOUBLE, rawData: raw(0, 0, 0, 0, 0, 0, 0xf8, 0x3f) },
    ['float64', [1.5]],
  ],
  ['float64, typed', { dims: [1n], dataType: Type.DOUBLE, doubleData: [0.1] }, ['float64', [0.1]]],
  [
    'float16, raw',
    { dims: [3n], dataType: Type.FLOAT16, rawData: raw(0, 0x3c, 0, 0xc0, 1, 0) },
    ['float32', [1, -2, 2 ** -24]],
  ],
  ['float16, typed', { dims: [1n], dataType: Type.FLOAT16, int32Data: [0x3c00] }, ['float32', [1]]],
  [
    'bfloat16, typed',
    { dims: [1n], dataType: Type.BFLOAT16, int32Data: [0x3fc0] },
    ['float32', [1.5]],
  ],
  ['int8, raw', { dims: [1n], dataType: Type.INT8, rawData: raw(0xff) }, ['int64', [-1n]]],
  ['int32, typed', { dims: [1n], dataType: Type.INT32, int32Data: [-7] }, ['int64', [-7n]]],
  [
    'int64, raw',
    { dims: [1n], dataType: Type.INT64, rawData: raw(254, 255, 255, 255, 255, 255, 255, 255) },
    ['int64', [-2n]],
  ],
  [
    'uint32, typed',
    { dims: [1n], dataType: Type.UINT32, uint64Data: [4294967295n] },
    ['int64', [4294967295n]],
  ],
  ['bool, raw', { dims: [2n], dataType: Type.BOOL, rawData: raw(0, 1) }, ['bool', [0, 1]]],
  ['empty', { dims: [0n], dataType: Type.FLOAT }, ['float32', []]],
])('%s', (_, init, expected) => {
  expect(stored(init)).toEqual(expected);
});

test.each<[string, MessageInitShape<typeof TensorProtoSchema>, string]>([
  [
    'shape and bytes disagree',
    { dims: [2n], dataType: Type.FLOAT, rawData: raw(0, 0, 0, 0) },
    'malformed-file',
  ],
  ['a negative extent', { dims: [-1n], dataType: Type.FLOAT }, 'malformed-file'],
  ['no element type', { dims: [1n] }, 'malformed-file'],
  ['strings', { dims: [1n], dataType: Type.STRING, stringData: [raw(65)] }, 'unsupported-format'],
  ['external data', { dims: [1n], dataType: Type.FLOAT, dataLocation: 1 }, 'unsupported-format'],
])('%s', (_, init, code) => {
  expect(() => stored(init)).toThrow(expect.objectContaining({ code }));
});
