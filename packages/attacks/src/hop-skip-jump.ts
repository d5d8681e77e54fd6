import { requireArgument, type StreamKey } from '@floatpath/core';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { boundaryNormal } from './boundary-normal.js';
import { boundaryPoint, type WalkNorm } from './boundary-search.js';
import { decisionStart } from './decision-start.js';
import { distance } from './distance.js';
import { labelGoal, type LabelGoal } from './goal.js';
import type { BoxBounds } from './hyperplane.js';
import { labelBudget, type LabelBudget } from './label-budget.js';
import { lanes } from './lanes.js';
import { movingRoom } from './moving-room.js';
import type { Asking } from './search.js';

/** Points that a row may set out from, in input units: it takes the first that meets the criterion, else noise. */
export type StartsOf = (row: {
  readonly image: number;
  readonly goal: LabelGoal;
  readonly x: Float32Array;
}) => readonly Float32Array[];

export interface HopSkipJumpOptions {
  /** Labels asked for per row, those of the start included. Default 5000. */
  readonly queries?: number;
  /** Labels for the first estimate of a direction; the t-th has sqrt(t) times as many. Default 100. */
  readonly firstLabels?: number;
  /** Must depend on its argument alone. A targeted row hardly ever starts from noise: give it inputs of its target. */
  readonly startsOf?: StartsOf;
}

/** Labels of one estimate, at most. */
const MOST_LABELS = 10_000;
/** For fewer values than this delta and the bisection's threshold, both powers of their number, would be as wide as the room. */
const LEAST_SIZE = 100;
/** Points are float32: shares of a way below this are not told apart. */
const FINEST_SHARE = 2 ** -24;

/**
 * HopSkipJump: looks for the nearest point of another label with nothing but labels, whatever epsilon is; a success if a point that
 * was asked for lies in the region. Of a start at which the goal is met it goes, by bisection, to the boundary, estimates from labels around
 * there where the other side lies, and steps that way by half as much until the goal is met; and again. The row's distance bounds the smallest perturbation
 * from above, and no row gets worse from more `queries`.
 *
 * Walks in l2 where the region is a ball of l2 or l1, else in linf, and never leaves the bounds or a box. The nearest point of all that
 * were asked for is returned, not the last; an unbroken row comes back as it was. Steps are as in the paper: delta is the
 * distance over the dimension from the first estimate on (its authors' code begins with a tenth of the bounds).
 *
 * @throws {FloatpathError} `invalid-argument` if a count is not a positive integer; its `run` rejects as that of `pgd`, but never with
 * `no-gradient`, and with `invalid-argument` for a linear criterion or a start of another size
 * @see Chen, Jordan, Wainwright 2020, "HopSkipJumpAttack: a query-efficient decision-based attack", Algorithms 1 and 2
 */
export function hopSkipJump({
  queries = 5000,
  firstLabels = 100,
  startsOf,
}: HopSkipJumpOptions = {}): SearchAttack {
  requireCounts('hopSkipJump', { queries, firstLabels });
  return attackOf({
    name: `hopSkipJump(${queries} queries, first estimate of ${firstLabels}${startsOf === undefined ? '' : ', given starts'})`,
    randomized: true,
    sees: 'labels',
    cost: () => ({ forward: queries, backward: 0 }),
    *search(problem) {
      const { x, region, seed, image, restart } = problem;
      const goal = labelGoal(problem.goal, 'hopSkipJump');
      const given = startsOf?.({ image, goal, x: x.slice() }) ?? [];
      for (const { length } of given) {
        requireArgument(
          length === x.length,
          `hopSkipJump: expected starts of ${x.length} values, got ${length} for image ${image}`,
        );
      }
      const labels = labelBudget(problem, queries);
      const room = movingRoom(problem);
      const stream = (lane: number) => (asked: number) =>
        ({ seed, purpose: 'attack', image, draw: restart * queries + asked, lane }) as const;
      const start = yield* decisionStart(labels, x, room, given, stream(lanes.hopSkipJumpStart));
      if (start !== undefined) {
        yield* walk({
          labels,
          x,
          start,
          room,
          norm: region.kind === 'ball' && region.norm !== 'linf' ? 'l2' : 'linf',
          firstLabels,
          stream: stream(lanes.hopSkipJumpDirection),
        });
      }
      return labels.attempt();
    },
  });
}

interface Walk {
  readonly labels: LabelBudget;
  readonly x: Float32Array;
  readonly start: Float32Array;
  readonly room: BoxBounds;
  readonly norm: WalkNorm;
  readonly firstLabels: number;
  readonly stream: (asked: number) => StreamKey;
}

function* walk({ labels, x, start, room, norm, firstLabels, stream }: Walk): Asking<void> {
  const size = Math.max(x.length, LEAST_SIZE);
  const threshold = Math.max(size ** (norm === 'l2' ? -1.5 : -2), FINEST_SHARE);
  let point = start;
  for (let round = 1; labels.left() > 0; round += 1) {
    const boundary = yield* boundaryPoint(labels, x, point, norm, threshold);
    const delta = distance(point, x, norm) / size;
    const count = Math.min(MOST_LABELS, Math.floor(firstLabels * Math.sqrt(round)));
    const normal = yield* boundaryNormal(labels, boundary, delta, count, room, stream);
    const direction = unitStep(normal, norm);
    const length = distance(boundary, x, norm) / Math.sqrt(round);
    point = yield* longestStep(labels, boundary, direction, length, room);
  }
}

/** Of the steps of this length, of half of it and so on, the end of the first at which the goal is met. */
function* longestStep(
  labels: LabelBudget,
  boundary: Float32Array,
  direction: Float64Array,
  length: number,
  { low, high }: BoxBounds,
): Asking<Float32Array> {
  for (let step = length; labels.left() > 0; step /= 2) {
    const point = boundary.map((v, i) =>
      Math.min(high[i] as number, Math.max(low[i] as number, v + step * (direction[i] as number))),
    );
    if (point.every((v, i) => v === boundary[i])) break;
    if (yield* labels.isMet(point)) return point;
  }
  return boundary;
}

/** The direction of length 1 in the norm that goes furthest along `normal`; zeros for zeros. */
function unitStep(normal: Float64Array, norm: WalkNorm): Float64Array {
  if (norm === 'linf') return normal.map(Math.sign);
  const length = Math.sqrt(normal.reduce((sum, v) => sum + v * v, 0));
  return length > 0 ? normal.map((v) => v / length) : normal;
}
