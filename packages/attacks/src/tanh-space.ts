import type { BoxBounds } from './hyperplane.js';

/** Points of a box as middle + half-width * tanh(w): every w is inside. */
export interface TanhSpace {
  readonly toSpace: (x: Float32Array) => Float64Array;
  readonly fillPoint: (point: Float32Array, w: Float64Array) => void;
  /** Turns a gradient in the point into one in w. */
  readonly fillChain: (gradient: Float64Array, w: Float64Array) => void;
}

/** Values on the faces are moved inward by this share, or their w would be infinite and never move. */
const INWARD = 1 - 1e-6;

/** @see Carlini, Wagner 2017, "Towards evaluating the robustness of neural networks", section V-B */
export function tanhSpace({ low, high }: BoxBounds): TanhSpace {
  const middle = Float64Array.from(low, (v, i) => (v + (high[i] as number)) / 2);
  const half = Float64Array.from(low, (v, i) => ((high[i] as number) - v) / 2);
  return {
    toSpace: (x) =>
      Float64Array.from(x, (v, i) => {
        const width = half[i] as number;
        return width > 0 ? Math.atanh(((v - (middle[i] as number)) / width) * INWARD) : 0;
      }),
    fillPoint(point, w) {
      for (let i = 0; i < point.length; i += 1) {
        point[i] = (middle[i] as number) + (half[i] as number) * Math.tanh(w[i] as number);
      }
    },
    fillChain(gradient, w) {
      for (let i = 0; i < gradient.length; i += 1) {
        const t = Math.tanh(w[i] as number);
        gradient[i] = (gradient[i] as number) * (half[i] as number) * (1 - t * t);
      }
    },
  };
}
