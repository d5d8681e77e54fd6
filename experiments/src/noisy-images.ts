import { fillNormal, float32Tensor, type Float32Tensor } from '@floatpath/core';

/** Every image once with noise of its own; `round` gives other draws. Drawn for calibration and training, never for a certificate. */
export function noisyImages(
  images: Float32Tensor,
  ids: Uint32Array,
  { sigma, seed, round }: { readonly sigma: number; readonly seed: number; readonly round: number },
): Float32Tensor {
  const out = float32Tensor(images.shape);
  const size = images.data.length / ids.length;
  ids.forEach((image, row) => {
    const values = out.data.subarray(row * size, (row + 1) * size);
    fillNormal(values, 0, size, { seed, purpose: 'calibration', image, draw: round, lane: 0 });
    for (let i = 0; i < size; i += 1) {
      values[i] = (images.data[row * size + i] as number) + sigma * (values[i] as number);
    }
  });
  return out;
}
