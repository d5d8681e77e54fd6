import type { Training } from './fit.js';

/** How every network is trained. */
export const recipe = {
  seed: 0,
  epochs: 10,
  batchSize: 100,
  learningRate: 0.05,
} as const;

/** The networks that the program carries: the same recipe on clean and on noisy images. */
export const bundled: readonly { readonly name: string; readonly training: Training }[] = [
  { name: 'mnist-cnn-sigma0', training: { ...recipe, sigma: 0 } },
  { name: 'mnist-cnn-sigma0.25', training: { ...recipe, sigma: 0.25 } },
];
