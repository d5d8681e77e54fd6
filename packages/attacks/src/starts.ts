import { fillNormal, fillUniform, type StreamKey } from '@floatpath/core';
import type { FeasibleSet } from './feasible.js';
import { fillProjection } from './project.js';

/**
 * Fills `point` with a random start from `stream`, inside the feasible set.
 *
 * Box and linf: uniform over region and bounds together. l2 and l1: uniform in the ball, then clipped to the bounds.
 * l2 drops two coordinates of a uniform point on the sphere of two dimensions more. l1 takes the gaps between sorted
 * uniforms, with random signs: a uniform point of the simplex in one dimension more, without its last coordinate.
 * Only correctly rounded operations are used, so that every engine draws the same bits.
 *
 * @see Voelker, Gosmann, Stewart 2017, "Efficiently sampling vectors and coordinates from the n-sphere and n-ball"
 */
export function fillStart(point: Float32Array, set: FeasibleSet, stream: StreamKey): void {
  if (set.kind === 'box') {
    const uniforms = new Float64Array(point.length);
    fillUniform(uniforms, stream);
    for (let i = 0; i < point.length; i += 1) {
      const low = set.low[i] as number;
      point[i] = low + (uniforms[i] as number) * ((set.high[i] as number) - low);
    }
  } else {
    const offsets =
      set.norm === 'l2' ? unitBallL2(point.length, stream) : unitBallL1(point.length, stream);
    for (let i = 0; i < point.length; i += 1) {
      point[i] = (set.x[i] as number) + set.epsilon * (offsets[i] as number);
    }
  }
  fillProjection(point, set);
}

function unitBallL2(size: number, stream: StreamKey): Float64Array {
  const normals = new Float32Array(size + 2);
  fillNormal(normals, 0, size + 2, stream);
  const length = Math.sqrt(normals.reduce((sum, z) => sum + z * z, 0));
  return Float64Array.from(normals.subarray(0, size), (z) => z / length);
}

function unitBallL1(size: number, stream: StreamKey): Float64Array {
  const uniforms = new Float64Array(2 * size);
  fillUniform(uniforms, stream);
  const cuts = uniforms.slice(0, size).sort();
  return cuts.map((cut, i) => {
    const gap = cut - (i > 0 ? (cuts[i - 1] as number) : 0);
    return (uniforms[size + i] as number) < 0.5 ? -gap : gap;
  });
}
