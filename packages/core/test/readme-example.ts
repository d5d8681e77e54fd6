import {
  argmaxRows,
  fillWords,
  float32Tensor,
  gridGaussian,
  parseUnitId,
  unitId,
} from '@floatpath/core';

// Noise that depends on (seed, purpose, image, draw) alone: any batch, order or worker draws the same bits.
const noise = new Float32Array(784);
const stream = { seed: 0, purpose: 'estimation', image: 42, draw: 7 } as const;
export const rejected = gridGaussian(0.25).fill(noise, 0, noise.length, stream);
// Integers in units of 1/255: exact samples of round(255 * 0.25 * Z).
export const first = Array.from(noise.subarray(0, 3));
export const words = new Uint32Array(2);
fillWords(words, stream);
// A batch of logits and the neurons that made them.
export const labels = argmaxRows(float32Tensor([2, 3], [0.1, 2, 2, NaN, -1, -3]));
export const id = unitId({ gate: 'relu_1', index: 200 }, [16, 14, 14]);
export const unit = parseUnitId(id, [16, 14, 14]);
