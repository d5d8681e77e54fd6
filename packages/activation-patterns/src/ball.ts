import { requireArgument, type Bounds, type Float64Tensor, type Norm } from '@floatpath/core';

/** All inputs within `radius` of a center in a norm, cut with the input bounds. Radius and bounds are in input units. */
export interface Ball {
  readonly norm: Norm;
  readonly radius: number;
  readonly bounds?: Bounds;
}

/**
 * The smallest box around a ball, cut with the bounds: sound for every norm because |x_i - c_i| <= radius in all three.
 * Its sides are rounded outward.
 *
 * @throws {FloatpathError} `invalid-argument` if the radius is not a finite number >= 0 or the center is outside the bounds
 */
export function boxAround(
  center: Float64Tensor,
  ball: Ball,
): { readonly low: Float64Array; readonly high: Float64Array } {
  requireBall(center, ball, 'boxAround');
  const { radius, bounds = [-Infinity, Infinity] } = ball;
  const out = radius === 0 ? 0 : 2 ** -52;
  return {
    low: center.data.map((c) => Math.max(bounds[0], c - radius - out * (Math.abs(c) + radius))),
    high: center.data.map((c) => Math.min(bounds[1], c + radius + out * (Math.abs(c) + radius))),
  };
}

export function requireBall(center: Float64Tensor, { radius, bounds }: Ball, caller: string): void {
  requireArgument(
    radius >= 0 && Number.isFinite(radius),
    `${caller}: expected a finite radius >= 0, got ${radius}`,
  );
  if (bounds === undefined) return;
  const outside = center.data.find((c) => !(c >= bounds[0] && c <= bounds[1]));
  requireArgument(
    outside === undefined,
    `${caller}: expected a center within the input bounds [${bounds[0]}, ${bounds[1]}], got ${outside}; give the bounds of the inputs`,
  );
}
