const value = new Float32Array(1);
const bits = new Int32Array(value.buffer);

/** The float32 next to `from` in the direction of `to`; `from` and `to` are different finite float32 values. */
export function nextFloat32(from: number, to: number): number {
  value[0] = from;
  if (from === 0) {
    bits[0] = to > 0 ? 1 : -0x7fffffff;
  } else {
    // Sign and magnitude: a larger integer is a value further from zero, on either side.
    bits[0] = (bits[0] as number) + (from > 0 === to > from ? 1 : -1);
  }
  return value[0];
}

/**
 * The float32 `v` nearest to `x + offset` with |v - x| <= |offset| in float64.
 *
 * Rounding to nearest overshoots by less than one ulp, so one step toward `x` is always enough.
 */
export function roundTowardFloat32(x: number, offset: number): number {
  const nearest = Math.fround(x + offset);
  return Math.abs(nearest - x) > Math.abs(offset) ? nextFloat32(nearest, x) : nearest;
}
