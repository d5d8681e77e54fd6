import { float32Tensor, type Float32Tensor, type Region } from '@floatpath/core';
import { feasibleSet, type FeasibleSet } from './feasible.js';
import type { Problem } from './search.js';

type Place = Pick<Problem, 'x' | 'region' | 'bounds'>;

/** The row's region, grown or shrunk about x. */
export function scaledRegion({ x, region }: Place, factor: number): Region {
  if (region.kind === 'ball') return { ...region, epsilon: region.epsilon * factor };
  const corner = ({ shape, data }: Float32Tensor): Float32Tensor =>
    float32Tensor(
      shape,
      data.map((v, i) => (x[i] as number) + factor * (v - (x[i] as number))),
    );
  return { kind: 'box', low: corner(region.low), high: corner(region.high) };
}

/** The feasible set of {@link scaledRegion}. */
export function scaledSet(place: Place, factor: number): FeasibleSet {
  return feasibleSet(scaledRegion(place, factor), place.bounds, place.x, 0);
}
