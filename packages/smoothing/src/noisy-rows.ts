import {
  float32Tensor,
  GRID_STEPS,
  type Bounds,
  type Float32Tensor,
  type NoiseRows,
} from '@floatpath/core';

/**
 * The rows that a classifier sees under noise, `[rows, ...shape]`, in the float32 steps that an
 * engine's graph takes: grid: low + (high - low) (clip(u + J) / 255), sum and clip exact; float: x
 * + noise.
 *
 * @param center - the integer levels u for grid noise, the input itself for float noise; `[1,
 * ...shape]`
 */
export function noisyRows(center: Float32Tensor, noise: NoiseRows, bounds: Bounds): Float32Tensor {
  const round = Math.fround;
  const size = center.data.length;
  const rows = new Float32Array(noise.rows * size);
  const low = round(bounds[0]);
  const width = round(bounds[1] - bounds[0]);
  for (let start = 0; start < rows.length; start += size) {
    for (let i = 0; i < size; i += 1) {
      const sum = round((center.data[i] ?? NaN) + (noise.values[start + i] ?? NaN));
      if (noise.arithmetic === 'float') {
        rows[start + i] = sum;
      } else {
        const level = Math.min(Math.max(sum, noise.clip[0]), noise.clip[1]);
        rows[start + i] = round(width * round(level / GRID_STEPS)) + low;
      }
    }
  }
  return float32Tensor([noise.rows, ...center.shape.slice(1)], rows);
}
