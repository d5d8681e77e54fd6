import { fillNormal, fillUniform, type StreamKey } from '@floatpath/core';
import type { FeasibleSet } from './feasible.js';
import { fillProjection } from './project.js';

/**
 * Fills `point` with APGD's random start. Box and linf: a uniform direction, as far as its largest coordinate goes. l2: a uniform
 * direction, on the sphere. l1: Gaussian noise of unit variance, projected. Then clipped to the bounds.
 *
 * @see Croce, Hein 2020, section 4; Croce, Hein 2021, section 3
 */
export function fillApgdStart(point: Float32Array, set: FeasibleSet, stream: StreamKey): void {
  const size = point.length;
  if (set.kind === 'box') {
    const t = new Float64Array(size);
    fillUniform(t, stream);
    const largest = t.reduce((top, u) => Math.max(top, Math.abs(2 * u - 1)), 0);
    t.forEach((u, i) => {
      point[i] = (set.x[i] as number) + ((set.reach[i] as number) * (2 * u - 1)) / largest;
    });
  } else {
    const z = new Float32Array(size);
    fillNormal(z, 0, size, stream);
    const length = Math.sqrt(z.reduce((sum, v) => sum + v * v, 0));
    const scale = set.norm === 'l2' ? set.epsilon / length : 1;
    z.forEach((v, i) => (point[i] = (set.x[i] as number) + scale * v));
  }
  fillProjection(point, set);
}
