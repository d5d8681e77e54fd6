import type { BoxBounds } from './hyperplane.js';
import type { Problem } from './search.js';

/** Where an attack of minimal distance may look: the bounds for a ball, whose edge it may cross, and a box itself. */
export function movingRoom({ x, region, bounds, set }: Problem): BoxBounds {
  if (region.kind === 'box' && set.kind === 'box') return set;
  return { low: x.map(() => bounds[0]), high: x.map(() => bounds[1]) };
}
