import { attackOf, type SearchAttack } from './attack.js';
import { requireCounts } from './apgd.js';
import { attemptInside } from './attempt.js';
import { distance } from './distance.js';
import type { Queries } from './answer-batch.js';
import { scaledRegion, scaledSet } from './scaled-set.js';
import type { Search } from './search.js';

/**
 * Any attack as one of minimal distance: runs it on the whole region, and while it succeeds looks for a smaller one by bisection, from the
 * distance of the point found. The row's distance bounds the smallest perturbation from above.
 *
 * A box shrinks about x, and its size is measured in shares of the whole. An attack that fails at some size is taken to
 * fail at all smaller ones, which proves nothing: more `steps` find nearer points, none of them a bound from below.
 *
 * @param steps - bisections per row; default 8, which leaves 1/256 of the first distance
 * @throws {FloatpathError} `invalid-argument` if `steps` is not a positive integer
 * @example
 * const attack = minimalEpsilon(restarts(pgd({ steps: 40 }), 3), { steps: 10 });
 */
export function minimalEpsilon(
  { spec }: SearchAttack,
  { steps = 8 }: { readonly steps?: number } = {},
): SearchAttack {
  requireCounts('minimalEpsilon', { steps });
  const search: Search = function* (problem) {
    let best = yield* spec.search(problem);
    if (!best.found) return best;
    const sizeOf = (point: Float32Array): number =>
      problem.region.kind === 'ball'
        ? Math.min(1, distance(point, problem.x, problem.region.norm) / problem.region.epsilon)
        : 1;
    let [lower, upper] = [0, sizeOf(best.x)];
    for (let step = 0; step < steps; step += 1) {
      const factor = (lower + upper) / 2;
      const smaller = {
        ...problem,
        region: scaledRegion(problem, factor),
        set: scaledSet(problem, factor),
      };
      const attempt = yield* spec.search(smaller);
      // The inner search may promise more than its own ball holds.
      const inside = attempt.found ? yield* attemptInside(smaller, attempt.x) : attempt;
      if (inside.found) {
        best = inside;
        upper = Math.min(factor, sizeOf(inside.x));
      } else {
        best = { ...best, zeroGradient: best.zeroGradient || attempt.zeroGradient };
        lower = factor;
      }
    }
    return best;
  };
  const cost = (classes: number): Queries => {
    const { forward, backward } = spec.cost(classes);
    return { forward: (steps + 1) * (forward + 1), backward: (steps + 1) * backward };
  };
  return attackOf({ ...spec, name: `minimalEpsilon(${spec.name}, ${steps} steps)`, search, cost });
}
