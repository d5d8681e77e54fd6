import { fillUniform, type StreamKey } from '@floatpath/core';
import type { BoxBounds } from './hyperplane.js';
import type { LabelBudget } from './label-budget.js';
import type { Asking } from './search.js';

/** Random points that are looked at before a row is given up. */
const MOST_DRAWS = 1000;
/** Corners lie further from images than noise does, and so do the boundaries that are found from there: they come last. */
const BEFORE_CORNERS = 50;

/**
 * A point at which the goal is met, from which a search by labels can set out: the first such of those given, clipped to `room`, and then of at
 * most 1000 random ones; undefined if there is none.
 *
 * Random points are in turn uniform over `room`, as in the paper, and on the way from x to such a point, as far as a drawn share. From the
 * fiftieth on they are corners of `room`, at the upper bound in a drawn share of the coordinates: where all noise is of the row's own
 * label, brightness finds another one.
 */
export function* decisionStart(
  labels: LabelBudget,
  x: Float32Array,
  room: BoxBounds,
  given: readonly Float32Array[],
  stream: (asked: number) => StreamKey,
): Asking<Float32Array | undefined> {
  const clip = (v: number, i: number): number =>
    Math.min(room.high[i] as number, Math.max(room.low[i] as number, v));
  for (const candidate of given) {
    const point = candidate.map(clip);
    if (yield* labels.isMet(point)) return point;
  }
  const uniforms = new Float64Array(room.low.length + 1);
  for (let draw = 0; draw < MOST_DRAWS && labels.left() > 0; draw += 1) {
    fillUniform(uniforms, stream(labels.asked()));
    const share = uniforms[room.low.length] as number;
    const point = room.low.map((low, i) => {
      const u = uniforms[i] as number;
      const high = room.high[i] as number;
      if (draw >= BEFORE_CORNERS) return u < share ? high : low;
      const noise = (1 - u) * low + u * high;
      return clip(draw % 2 === 0 ? noise : (1 - share) * (x[i] as number) + share * noise, i);
    });
    if (yield* labels.isMet(point)) return point;
  }
  return undefined;
}
