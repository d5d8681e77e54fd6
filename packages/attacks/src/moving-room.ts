import type { BoxBounds } from './hyperplane.js';
import type { Problem } from './search.js';

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Where an attack of minimal distance may look: the bounds for a ball, whose edge it may cross, and a box itself. */
export function movingRoom({ x, region, bounds, set }: Problem): BoxBounds {
  const { low, high } =
    region.kind === 'box' && set.kind === 'box'
      ? set
      : { low: x.map(() => bounds[0]), high: x.map(() => bounds[1]) };
  return {
    low: low.map((value) => Math.max(value, -LARGEST_FLOAT32)),
    high: high.map((value) => Math.min(value, LARGEST_FLOAT32)),
  };
}
