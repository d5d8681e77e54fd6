import { requireArgument, type Classifier, type Float32Tensor } from '@floatpath/core';
import { gridPoint } from './grid.js';
import type { Noise } from './noise/noise.js';

/** Grid noise moves in 255ths of its own bounds: they must be those of the classifier. */
export function requireSameBounds(name: string, noise: Noise, classifier: Classifier): void {
  if (noise.arithmetic === 'float') return;
  requireArgument(
    noise.bounds[0] === classifier.bounds[0] && noise.bounds[1] === classifier.bounds[1],
    `${name}: expected noise for the classifier's bounds [${classifier.bounds.join(', ')}], got noise for [${noise.bounds.join(', ')}]`,
  );
}

/** What a radius at `x` loses because x is not on the grid of the noise; 0 for float noise. */
export function offGridOf(noise: Noise, x: Float32Tensor): number {
  return noise.arithmetic === 'grid' ? gridPoint(x, noise.bounds, noise.norm).correction : 0;
}
