import { float32Tensor, type Bounds, type Float32Tensor, type Norm } from '@floatpath/core';
import { gridPoint } from '@floatpath/smoothing';

const STEPS = 64;

/** Distance of two inputs in float64, summed in coordinate order. */
export function distanceBetween(a: Float32Tensor, b: Float32Tensor, norm: Norm): number {
  let total = 0;
  a.data.forEach((value, i) => {
    const gap = Math.abs(value - (b.data[i] as number));
    if (norm === 'linf') total = Math.max(total, gap);
    else total += norm === 'l2' ? gap * gap : gap;
  });
  return norm === 'l2' ? Math.sqrt(total) : total;
}

/**
 * The 8-bit grid point of the bounds, and within `room`, that is nearest to `found`, pulled towards `x` as little as it takes (in 64ths) to be
 * closer to x than `radius`. Undefined if there is none: only where x itself is off the grid.
 */
export function insideOnGrid(
  x: Float32Tensor,
  found: Float32Tensor,
  within: {
    readonly radius: number;
    readonly norm: Norm;
    readonly bounds: Bounds;
    readonly room?: Bounds;
  },
): Float32Tensor | undefined {
  const { radius, norm, bounds, room = bounds } = within;
  for (let step = 0; step <= STEPS; step += 1) {
    const share = 1 - step / STEPS;
    const pulled = x.data.map((v, i) => {
      const moved = v + share * ((found.data[i] as number) - v);
      return Math.min(room[1], Math.max(room[0], moved));
    });
    const { snapped } = gridPoint(float32Tensor(x.shape, pulled), bounds);
    if (distanceBetween(x, snapped, norm) < radius) return snapped;
  }
  return undefined;
}
