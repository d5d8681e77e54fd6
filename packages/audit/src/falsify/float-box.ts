import type { VnnlibCase } from '@floatpath/model-io';

/**
 * The float32 points of a box. An input whose interval holds no float32 value (many files fix an input to one decimal) runs
 * at the float32 value that a number of the interval is rounded to.
 */
export interface FloatBox {
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Numbers in the box, to the last bit of float64, that are rounded to the float32 point `x`. */
  stated(x: Float32Array): Float64Array;
}

/** The next float32 value above (1) or below (-1). */
function neighbor(value: number, side: 1 | -1): number {
  if (value === 0) return side * 2 ** -149;
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  bits.setInt32(0, bits.getInt32(0) + (value > 0 ? side : -side));
  return bits.getFloat32(0);
}

/** The float32 value nearest to `value` that is not on its other side. */
function inward(value: number, side: 1 | -1): number {
  const rounded = Math.fround(value);
  return side * (rounded - value) >= 0 ? rounded : neighbor(rounded, side);
}

export function floatBox({ low, high }: Pick<VnnlibCase, 'low' | 'high'>): FloatBox {
  const from = Float32Array.from(low, (value) => inward(value, 1));
  const to = Float32Array.from(high, (value) => inward(value, -1));
  from.forEach((value, i) => {
    if (value > (to[i] as number)) from[i] = to[i] = Math.fround(low[i] as number);
  });
  return {
    low: from,
    high: to,
    stated: (x) =>
      Float64Array.from(x, (value, i) =>
        Math.min(Math.max(value, low[i] as number), high[i] as number),
      ),
  };
}
