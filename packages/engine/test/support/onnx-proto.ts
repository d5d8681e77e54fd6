import {
  float32Tensor,
  float64Tensor,
  int64Tensor,
  boolTensor,
  type Tensor,
} from '@floatpath/core';

/** Just enough protobuf for the ONNX backend tests: TensorProto files in, initializers appended to a ModelProto. */
interface Field {
  readonly number: number;
  readonly value: bigint;
  readonly bytes: Uint8Array;
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] as number;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const fixedLength = { 1: 8, 5: 4 }[key & 7];
    const value = (key & 7) === 0 ? varint() : 0n;
    const size = (key & 7) === 0 ? 0 : (fixedLength ?? Number(varint()));
    yield { number: key >> 3, value, bytes: bytes.subarray(at, at + size) };
    at += size;
  }
}

function varints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte >= 128) continue;
    values.push(BigInt.asIntN(64, value));
    value = 0n;
    shift = 0n;
  }
  return values;
}

/** A TensorProto with its name; undefined for a dtype that networks do not have. */
export function readTensorProto(bytes: Uint8Array): { name: string; tensor: Tensor } | undefined {
  const dims: number[] = [];
  const integers: bigint[] = [];
  let type = 0;
  let raw = new Uint8Array(0);
  let name = '';
  for (const field of fieldsOf(bytes)) {
    const packed = field.bytes.length > 0 ? varints(field.bytes) : [field.value];
    if (field.number === 1) dims.push(...packed.map(Number));
    if (field.number === 2) type = Number(field.value);
    if (field.number === 5 || field.number === 7) integers.push(...packed);
    if (field.number === 8) name = new TextDecoder().decode(field.bytes);
    if (field.number === 4 || field.number === 9 || field.number === 10) {
      const joined = new Uint8Array(raw.length + field.bytes.length);
      joined.set(raw);
      joined.set(field.bytes, raw.length);
      raw = joined;
    }
  }
  const { buffer } = raw.slice();
  const tensors: Record<number, () => Tensor> = {
    1: () => float32Tensor(dims, new Float32Array(buffer)),
    7: () => int64Tensor(dims, integers.length > 0 ? integers : new BigInt64Array(buffer)),
    9: () => boolTensor(dims, integers.length > 0 ? integers.map(Number) : new Uint8Array(buffer)),
    11: () => float64Tensor(dims, new Float64Array(buffer)),
  };
  const tensor = tensors[type]?.();
  return tensor && { name, tensor };
}

function lengthDelimited(number: number, bytes: Uint8Array): Uint8Array {
  const header = [(number << 3) | 2];
  for (let size = bytes.length; ; size >>>= 7) {
    header.push(size < 128 ? size : (size & 127) | 128);
    if (size < 128) break;
  }
  return Uint8Array.from([...header, ...bytes]);
}

/** The same TensorProto under another name: of a field that is there twice the last counts. */
export function withName(tensor: Uint8Array, name: string): Uint8Array {
  return Uint8Array.from([...tensor, ...lengthDelimited(8, new TextEncoder().encode(name))]);
}

/** The same ModelProto with a TensorProto as a further initializer: messages of one field merge when concatenated. */
export function withInitializer(model: Uint8Array, tensor: Uint8Array): Uint8Array {
  const addition = lengthDelimited(7, lengthDelimited(5, tensor));
  const out = new Uint8Array(model.length + addition.length);
  out.set(model);
  out.set(addition, model.length);
  return out;
}
