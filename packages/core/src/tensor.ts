import { FloatpathError, requireArgument } from './errors.js';

/** Row-major data with its shape. float16 files are widened to float32 when they are read. */
export interface TensorOf<D extends DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: TensorData[D];
}

export type DType = 'float32' | 'float64' | 'int64' | 'bool';

export interface TensorData {
  float32: Float32Array;
  float64: Float64Array;
  int64: BigInt64Array;
  bool: Uint8Array;
}

export type Float32Tensor = TensorOf<'float32'>;
export type Float64Tensor = TensorOf<'float64'>;
export type Int64Tensor = TensorOf<'int64'>;
export type BoolTensor = TensorOf<'bool'>;
export type Tensor = Float32Tensor | Float64Tensor | Int64Tensor | BoolTensor;

/** Number of elements of a shape; 1 for the scalar shape `[]`. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function checkedSize(shape: readonly number[]): number {
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new FloatpathError(
      'shape-mismatch',
      `tensor: expected extents that are integers from 0 on, got [${shape.join(', ')}]`,
    );
  }
  return sizeOf(shape);
}

function checked<T extends Tensor>(tensor: T): T {
  const expected = checkedSize(tensor.shape);
  if (tensor.data.length !== expected) {
    throw new FloatpathError(
      'shape-mismatch',
      `tensor: expected ${expected} values for shape [${tensor.shape.join(', ')}], got ${tensor.data.length}`,
    );
  }
  return tensor;
}

/**
 * @param data - zeros if left out; a Float32Array is kept without a copy
 * @throws {FloatpathError} `shape-mismatch`
 */
export function float32Tensor(shape: readonly number[], data?: ArrayLike<number>): Float32Tensor {
  const values =
    data instanceof Float32Array
      ? data
      : data === undefined
        ? new Float32Array(checkedSize(shape))
        : Float32Array.from(data);
  return checked({ dtype: 'float32', shape, data: values });
}

export function float64Tensor(shape: readonly number[], data?: ArrayLike<number>): Float64Tensor {
  const values =
    data instanceof Float64Array
      ? data
      : data === undefined
        ? new Float64Array(checkedSize(shape))
        : Float64Array.from(data);
  return checked({ dtype: 'float64', shape, data: values });
}

/** @throws {FloatpathError} `invalid-argument` for a number that is no integer */
export function int64Tensor(
  shape: readonly number[],
  data: ArrayLike<number | bigint>,
): Int64Tensor {
  if (data instanceof BigInt64Array) return checked({ dtype: 'int64', shape, data });
  const values = Array.from(data, (value) => {
    requireArgument(
      typeof value === 'bigint' || Number.isInteger(value),
      `int64Tensor: expected integers, got ${value}`,
    );
    return BigInt(value);
  });
  return checked({ dtype: 'int64', shape, data: BigInt64Array.from(values) });
}

export function boolTensor(shape: readonly number[], data: ArrayLike<number>): BoolTensor {
  return checked({
    dtype: 'bool',
    shape,
    data: data instanceof Uint8Array ? data : Uint8Array.from(data),
  });
}

/** The values as JavaScript numbers, whatever the dtype. Copies unless the data is already float64. */
export function numbersOf(tensor: Tensor): Float64Array {
  if (tensor.dtype === 'float64') return tensor.data;
  if (tensor.dtype === 'int64') return Float64Array.from(tensor.data, Number);
  return Float64Array.from(tensor.data);
}

/** Rows `[start, end)` along the first axis, sharing memory with `tensor`. */
export function rowsOf(tensor: Float32Tensor, start: number, end: number): Float32Tensor {
  const [rows = 0, ...rest] = tensor.shape;
  if (!(start >= 0 && start <= end && end <= rows)) {
    throw new FloatpathError(
      'invalid-argument',
      `rowsOf: expected 0 <= start <= end <= ${rows}, got [${start}, ${end})`,
    );
  }
  const stride = sizeOf(rest);
  return float32Tensor([end - start, ...rest], tensor.data.subarray(start * stride, end * stride));
}
