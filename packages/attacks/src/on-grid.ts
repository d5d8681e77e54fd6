import { FloatpathError, GRID_STEPS, type Bounds } from '@floatpath/core';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { fillProjection } from './project.js';
import { ask, type Problem, type Search } from './search.js';

/** How much longer a perturbation is made, in turn, where rounding undid it. */
const LONGER = [1.05, 1.1, 1.2, 1.4, 1.8];

/**
 * An attack whose rows survive being saved with 8 bits: what it finds is rounded to the 256 levels of the bounds before it
 * is judged, toward x where the nearest levels would leave the region. Attacks of minimal distance end on the boundary, where rounding
 * undoes what they found: then the perturbation is made longer in up to five steps, within the region. A row that only succeeds
 * between the levels is `failed`.
 *
 * @throws {FloatpathError} its `run` rejects with `invalid-data` where x itself is not on the levels
 * @example
 * const attack = onGrid(pgd({ steps: 40 }));
 */
export function onGrid({ spec }: SearchAttack): SearchAttack {
  const search: Search = function* (problem) {
    requireGrid(problem);
    const attempt = yield* spec.search(problem);
    let best = attemptAt(problem, problem.x, problem.clean);
    // Logits say whether rounding undid it only where they are what rows are judged by.
    const factors = attempt.found && spec.judge === undefined ? [1, ...LONGER] : [1];
    for (const factor of factors) {
      const inside = stretched(problem, attempt.x, factor);
      const rounded = roundedInside(problem, inside);
      const { logits } = yield* ask({ kind: 'logits', x: rounded });
      best = betterAttempt(best, attemptAt(problem, rounded, logits));
      if (best.found) break;
    }
    return { ...best, zeroGradient: attempt.zeroGradient };
  };
  return attackOf({
    ...spec,
    name: `onGrid(${spec.name})`,
    search,
    cost: (classes) => {
      const { forward, backward } = spec.cost(classes);
      return { forward: forward + 1 + LONGER.length, backward };
    },
  });
}

/** The perturbation times `factor`, within region and bounds. */
function stretched({ x, bounds, set }: Problem, point: Float32Array, factor: number): Float32Array {
  const result = point.map((v, i) => {
    const center = x[i] as number;
    return factor === 1
      ? v
      : Math.min(bounds[1], Math.max(bounds[0], center + factor * (v - center)));
  });
  fillProjection(result, set);
  return result;
}

/** The nearest of the 256 levels of `bounds`, as float32. */
export function roundedToGrid(value: number, [low, high]: Bounds): number {
  return gridValue(Math.round(gridPlace(value, [low, high])), [low, high]);
}

function gridPlace(value: number, [low, high]: Bounds): number {
  return ((value - low) / (high - low)) * GRID_STEPS;
}

function gridValue(place: number, [low, high]: Bounds): number {
  const level = Math.min(GRID_STEPS, Math.max(0, place));
  return Math.fround(low + ((high - low) * level) / GRID_STEPS);
}

function roundedInside(problem: Problem, point: Float32Array): Float32Array {
  const { x, bounds, set } = problem;
  const nearest = point.map((v) => roundedToGrid(v, bounds));
  const projected = nearest.slice();
  fillProjection(projected, set);
  if (projected.every((v, i) => v === nearest[i])) return nearest;
  // Between x and a point of the region: inside, since regions are convex and measured coordinate by coordinate.
  return point.map((v, i) => {
    const center = x[i] as number;
    const near = roundedToGrid(v, bounds);
    if (Math.abs(near - center) <= Math.abs(v - center)) return near;
    const place = Math.round(gridPlace(near, bounds));
    return gridValue(place + Math.sign(center - v), bounds);
  });
}

function requireGrid({ x, bounds, image }: Problem): void {
  const at = x.findIndex((v) => roundedToGrid(v, bounds) !== v);
  if (at < 0) return;
  throw new FloatpathError(
    'invalid-data',
    `onGrid: expected x on the 256 levels of [${bounds[0]}, ${bounds[1]}], got ${x[at] ?? NaN} in image ${image}; use images of 8 bits, divided by 255 once, or round them first`,
  );
}
