import { fillNormal, fillUniform, type Float64Tensor, type StreamKey } from '@floatpath/core';
import type { Ball } from './ball.js';

/** A point inside the ball as offsets from the center, uniform by volume. */
function uniformOffset(size: number, { norm, radius }: Ball, stream: StreamKey): Float64Array {
  if (norm === 'linf') {
    const uniform = new Float64Array(size);
    fillUniform(uniform, stream);
    return uniform.map((u) => radius * (2 * u - 1));
  }
  if (norm === 'l2') {
    const normal = new Float32Array(size);
    fillNormal(normal, 0, size, stream);
    const distance = new Float64Array(1);
    fillUniform(distance, { ...stream, lane: 1 });
    const length = Math.sqrt(normal.reduce((sum, g) => sum + g * g, 0));
    const scale = length === 0 ? 0 : (radius * (distance[0] as number) ** (1 / size)) / length;
    return Float64Array.from(normal, (g) => g * scale);
  }
  // Barthe et al. 2005: exponentials over their sum, with one more of them, are uniform in the l1 ball.
  const uniform = new Float64Array(size + 1);
  fillUniform(uniform, stream);
  const signs = new Float64Array(size);
  fillUniform(signs, { ...stream, lane: 1 });
  const exponential = uniform.map((u) => -Math.log(u));
  const sum = exponential.reduce((total, e) => total + e, 0);
  return signs.map((s, i) => (Math.sign(s - 0.5) * radius * (exponential[i] as number)) / sum);
}

/** The float32 next to `value` that is no farther from `center`. */
function roundToward(value: number, center: number): number {
  const near = Math.fround(value);
  if (Math.abs(near - center) <= Math.abs(value - center)) return near;
  const ulp = Math.max(2 ** -149, Math.abs(near) * 2 ** -23);
  const next = Math.fround(near + (near > center ? -ulp : ulp));
  return Math.abs(next - center) <= Math.abs(value - center) ? next : center;
}

/**
 * Draws one point uniformly from a ball and clips it to the bounds; the center is within them, so the point stays in the
 * ball. Rounded to float32 toward the center.
 */
export function fillBallPoint(
  out: Float32Array,
  center: Float64Tensor,
  ball: Ball,
  stream: StreamKey,
): void {
  const offset = uniformOffset(out.length, ball, stream);
  const [low, high] = ball.bounds ?? [-Infinity, Infinity];
  for (let i = 0; i < out.length; i += 1) {
    const c = center.data[i] as number;
    const value = Math.min(high, Math.max(low, c + (offset[i] as number)));
    out[i] = roundToward(value, c);
  }
}
