import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  FloatpathError,
  int64Tensor,
  type Tensor,
} from '@floatpath/core';
import { malformed } from './decode.js';
import { fromBfloat16, fromHalf } from '../half.js';
import { isExternal } from './external-data.js';
import { TensorProto_DataType as Type, type TensorProto } from './onnx_pb.js';

/** How one ONNX element type is stored: bytes per element in raw_data, the typed field otherwise, and the dtype it becomes. */
interface Storage {
  readonly size: number;
  raw(view: DataView, at: number): number | bigint;
  readonly field: 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data';
  /** What an entry of the field stands for, where that is not the entry itself. */
  readonly entry?: (value: number) => number;
  readonly dtype: Tensor['dtype'];
}

const int = (
  size: number,
  raw: Storage['raw'],
  field: Storage['field'] = 'int32Data',
): Storage => ({
  size,
  raw,
  field,
  dtype: 'int64',
});

const storages: Partial<Record<Type, Storage>> = {
  [Type.FLOAT]: {
    size: 4,
    raw: (v, at) => v.getFloat32(at, true),
    field: 'floatData',
    dtype: 'float32',
  },
  [Type.DOUBLE]: {
    size: 8,
    raw: (v, at) => v.getFloat64(at, true),
    field: 'doubleData',
    dtype: 'float64',
  },
  [Type.FLOAT16]: {
    size: 2,
    raw: (v, at) => fromHalf(v.getUint16(at, true)),
    field: 'int32Data',
    entry: fromHalf,
    dtype: 'float32',
  },
  [Type.BFLOAT16]: {
    size: 2,
    raw: (v, at) => fromBfloat16(v.getUint16(at, true)),
    field: 'int32Data',
    entry: fromBfloat16,
    dtype: 'float32',
  },
  [Type.BOOL]: { size: 1, raw: (v, at) => v.getUint8(at), field: 'int32Data', dtype: 'bool' },
  [Type.INT8]: int(1, (v, at) => v.getInt8(at)),
  [Type.UINT8]: int(1, (v, at) => v.getUint8(at)),
  [Type.INT16]: int(2, (v, at) => v.getInt16(at, true)),
  [Type.UINT16]: int(2, (v, at) => v.getUint16(at, true)),
  [Type.INT32]: int(4, (v, at) => v.getInt32(at, true)),
  [Type.UINT32]: int(4, (v, at) => v.getUint32(at, true), 'uint64Data'),
  [Type.INT64]: int(8, (v, at) => v.getBigInt64(at, true), 'int64Data'),
  [Type.UINT64]: int(8, (v, at) => v.getBigUint64(at, true), 'uint64Data'),
};

/** Number of elements; a claim beyond what the file can hold is caught by comparing it with the stored bytes. */
function elementCount(proto: TensorProto): number {
  let count = 1;
  for (const extent of proto.dims) {
    if (extent < 0n)
      throw malformed(`expected tensor "${proto.name}" to have extents >= 0, got ${extent}`);
    count *= Number(extent);
  }
  return count;
}

function storedValues(proto: TensorProto, storage: Storage): ArrayLike<number | bigint> {
  const count = elementCount(proto);
  const complain = (got: string): FloatpathError =>
    malformed(
      `expected ${count} values in tensor "${proto.name}" of shape [${proto.dims.join(', ')}], got ${got}`,
    );
  if (proto.rawData.length > 0 || proto[storage.field].length === 0) {
    const bytes = proto.rawData;
    if (bytes.length !== count * storage.size) {
      throw complain(`${bytes.length} bytes where ${count * storage.size} belong`);
    }
    // A slice of the file is not aligned to the element size: bulk copies need a fresh buffer.
    if (storage.dtype === 'float32' && storage.size === 4)
      return new Float32Array(bytes.slice().buffer);
    if (storage.dtype === 'float64') return new Float64Array(bytes.slice().buffer);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: count }, (_, i) => storage.raw(view, i * storage.size));
  }
  const field: readonly (number | bigint)[] = proto[storage.field];
  if (field.length !== count) throw complain(`${field.length} values`);
  const { entry } = storage;
  return entry === undefined ? field : field.map((value) => entry(Number(value)));
}

/**
 * The tensor that `proto` stores, in raw_data or its typed field. float16 and bfloat16 are widened to float32
 * (exact), integers to int64.
 *
 * @throws {FloatpathError} `malformed-file` if shape and stored bytes disagree; `unsupported-format` for external data and for
 * element types without numbers
 */
export function readTensor(proto: TensorProto): Tensor {
  if (isExternal(proto)) {
    throw new FloatpathError(
      'unsupported-format',
      `readOnnx: expected weights inside the file, got tensor "${proto.name}" with external data; give that too (externalData) or save the model as one file`,
    );
  }
  const storage = storages[proto.dataType as Type];
  if (storage === undefined) {
    const known = (Type as Record<number, string | undefined>)[proto.dataType];
    if (known === undefined || proto.dataType === 0) {
      throw malformed(
        `expected tensor "${proto.name}" to name its element type, got ${proto.dataType}`,
      );
    }
    throw new FloatpathError(
      'unsupported-format',
      `readOnnx: expected tensor "${proto.name}" of a float, integer or bool type, got ${known.toLowerCase()}`,
    );
  }
  const shape = proto.dims.map(Number);
  const values = storedValues(proto, storage);
  switch (storage.dtype) {
    case 'float32':
      return float32Tensor(shape, values as ArrayLike<number>);
    case 'float64':
      return float64Tensor(shape, values as ArrayLike<number>);
    case 'bool':
      return boolTensor(
        shape,
        Uint8Array.from(values as ArrayLike<number>, (value) => (value === 0 ? 0 : 1)),
      );
    case 'int64':
      return int64Tensor(
        shape,
        BigInt64Array.from(Array.from(values, (value) => BigInt.asIntN(64, BigInt(value)))),
      );
  }
}
