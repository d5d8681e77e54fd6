import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { labelGoal } from './goal.js';
import { labelBudget, type LabelBudget } from './label-budget.js';
import { movingRoom } from './moving-room.js';
import type { Asking } from './search.js';

export interface RaysOptions {
  /** Labels asked for per row. Default 5000. */
  readonly queries?: number;
}

/** Shares of the radius below which a direction is not taken for a better one: at first, and at last. */
const FIRST_TOLERANCE = 1e-3;
const LAST_TOLERANCE = 1e-6;

/**
 * RayS: looks for the direction of signs along which the label changes soonest, with nothing but labels, whatever epsilon is; a success if a
 * point that was asked for lies in the region. Flips the signs of one block of coordinates after the other, of all of them at first, then of halves,
 * quarters and so on; a flip is kept if the label changes at a smaller radius, which one question decides, and bisection finds. The row's
 * distance bounds the smallest perturbation from above, and no row gets worse from more `queries`.
 *
 * Draws nothing: begins with all signs +1. Points are clipped to the bounds, or a box. In regions of another norm the nearest point in linf
 * is still what is looked for. An unbroken row comes back as it was. The one question is asked below the best radius by
 * the tolerance of the bisection, so that none ends where it began (the authors ask at the radius itself). It is a thousandth of the radius, and a tenth of
 * that whenever turning any one sign alone has helped no more, down to a millionth; then the search is over.
 *
 * @throws {FloatpathError} `invalid-argument` if `queries` is not a positive integer; its `run` rejects as that of `pgd`, but never with
 * `no-gradient`, and with `invalid-argument` for a linear criterion
 * @see Chen, Gu 2020, "RayS: a ray searching method for hard-label adversarial attack", Algorithm 3
 */
export function rays({ queries = 5000 }: RaysOptions = {}): SearchAttack {
  requireCounts('rays', { queries });
  return attackOf({
    name: `rays(${queries} queries)`,
    randomized: false,
    sees: 'labels',
    cost: () => ({ forward: queries, backward: 0 }),
    *search(problem) {
      labelGoal(problem.goal, 'rays');
      const { x } = problem;
      const { low, high } = movingRoom(problem);
      const labels = labelBudget(problem, queries);
      const most = x.reduce(
        (reach, v, i) => Math.max(reach, (high[i] as number) - v, v - (low[i] as number)),
        0,
      );
      const pointAt = (signs: Int8Array, radius: number): Float32Array =>
        x.map((v, i) =>
          Math.min(
            high[i] as number,
            Math.max(low[i] as number, v + radius * (signs[i] as number)),
          ),
        );
      let signs: Int8Array = new Int8Array(x.length).fill(1);
      let radius = Infinity;
      let tolerance = FIRST_TOLERANCE;
      const consider = function* (candidate: Int8Array): Asking<void> {
        const along = (r: number): Float32Array => pointAt(candidate, r);
        const from = radius === Infinity ? most : radius * (1 - tolerance);
        if (!(yield* labels.isMet(along(from)))) return;
        signs = candidate;
        radius = yield* smallestRadius(labels, along, from, tolerance);
      };
      yield* consider(signs);
      for (let blocks = 1; labels.left() > 0; blocks = Math.min(2 * blocks, x.length)) {
        const width = Math.ceil(x.length / blocks);
        const before = radius;
        for (let from = 0; from < x.length && labels.left() > 0; from += width) {
          const end = from + width;
          yield* consider(signs.map((sign, i) => (i >= from && i < end ? -sign : sign)));
        }
        if (width > 1 || radius < before) continue;
        if (radius === Infinity || tolerance <= LAST_TOLERANCE) break;
        tolerance /= 10;
        yield* consider(signs);
      }
      return labels.attempt();
    },
  });
}

/** The smallest radius at which the goal is met, as far as it is met at all larger ones; `high` is one. */
function* smallestRadius(
  labels: LabelBudget,
  along: (radius: number) => Float32Array,
  high: number,
  tolerance: number,
): Asking<number> {
  let low = 0;
  while (high - low > tolerance * high && labels.left() > 0) {
    const middle = (low + high) / 2;
    if (yield* labels.isMet(along(middle))) high = middle;
    else low = middle;
  }
  return high;
}
