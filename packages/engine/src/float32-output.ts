import { FloatpathError, float32Tensor, type Float32Tensor, type Tensor } from '@floatpath/core';

/** An engine's output as float32; the reference gives float64. */
export function toFloat32(tensor: Tensor | undefined, name: string): Float32Tensor {
  if (tensor?.dtype === 'float32') return tensor;
  if (tensor?.dtype === 'float64') return float32Tensor(tensor.shape, tensor.data);
  throw new FloatpathError(
    'engine-failed',
    `run: expected output "${name}" to hold numbers, got ${tensor?.dtype ?? 'nothing'}`,
  );
}
