import { FloatpathError, type DType, type Tensor } from '@floatpath/core';
import type { OrtModule, OrtTensor } from './module.js';

/** Float tensors are converted to the float type that the session's input has. */
export function toOrt(ort: OrtModule, tensor: Tensor, dtype: DType): OrtTensor {
  if (tensor.dtype === 'float64' && dtype === 'float32')
    return new ort.Tensor(dtype, Float32Array.from(tensor.data), tensor.shape);
  if (tensor.dtype === 'float32' && dtype === 'float64')
    return new ort.Tensor(dtype, Float64Array.from(tensor.data), tensor.shape);
  return new ort.Tensor(tensor.dtype, tensor.data, tensor.shape);
}

export function fromOrt(tensor: OrtTensor, name: string): Tensor {
  const shape = [...tensor.dims];
  switch (tensor.type) {
    case 'float32':
      return { dtype: 'float32', shape, data: tensor.data as Float32Array };
    case 'float64':
      return { dtype: 'float64', shape, data: tensor.data as Float64Array };
    case 'int64':
      return { dtype: 'int64', shape, data: tensor.data as BigInt64Array };
    case 'bool':
      return { dtype: 'bool', shape, data: tensor.data as Uint8Array };
    default:
      throw new FloatpathError(
        'engine-failed',
        `run: expected output "${name}" of a supported type, got ${tensor.type}`,
      );
  }
}
