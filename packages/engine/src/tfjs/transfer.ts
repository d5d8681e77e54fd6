import { FloatpathError, type DType, type Tensor, type ValueInfo } from '@floatpath/core';
import type { TfjsCore, TfjsTensor } from './op.js';

/** TensorFlow.js has neither float64 nor int64; whole numbers live as int32. */
const backendType = { float32: 'float32', int64: 'int32', bool: 'bool' } as const;

/** @throws {FloatpathError} `unsupported-op` for float64, which would lose its precision silently */
export function requireBackendType(what: string, dtype: DType): void {
  if (dtype !== 'float64') return;
  throw new FloatpathError(
    'unsupported-op',
    `tfjs: expected ${what} in float32, got float64, which TensorFlow.js has not; use another engine`,
  );
}

/** A tensor of the caller on the backend. Float feeds take the float type of the network's value. */
export function upload(tf: TfjsCore, name: string, tensor: Tensor): TfjsTensor {
  const shape = [...tensor.shape];
  switch (tensor.dtype) {
    case 'float32':
      // A copy: a backend may keep the array that it is given.
      return tf.tensor(tensor.data.slice(), shape, 'float32');
    case 'float64':
      return tf.tensor(Float32Array.from(tensor.data), shape, 'float32');
    case 'bool':
      return tf.tensor(tensor.data.slice(), shape, 'bool');
    case 'int64': {
      const narrow = Int32Array.from(tensor.data, Number);
      const kept = tensor.data.every((value, i) => BigInt(narrow[i] as number) === value);
      if (kept) return tf.tensor(narrow, shape, backendType.int64);
      throw new FloatpathError(
        'unsupported-op',
        `tfjs: expected integers of 32 bits in "${name}", got larger ones; use another engine`,
      );
    }
  }
}

/** An output of the network from what the backend answered. */
export async function download(tensor: TfjsTensor, output: ValueInfo): Promise<Tensor> {
  const data = await tensor.data();
  const shape = [...tensor.shape];
  switch (output.dtype) {
    case 'int64':
      return { dtype: 'int64', shape, data: BigInt64Array.from(data, BigInt) };
    case 'bool':
      return { dtype: 'bool', shape, data: Uint8Array.from(data) };
    default:
      // A copy: some backends answer with a view of memory that they use again.
      return { dtype: 'float32', shape, data: Float32Array.from(data) };
  }
}
