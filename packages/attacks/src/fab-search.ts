import type { Norm } from '@floatpath/core';
import { attemptAt, attemptInside, betterAttempt } from './attempt.js';
import { distance } from './distance.js';
import { meetsGoal } from './goal.js';
import { hyperplaneOffset, type BoxBounds, type Hyperplane, type Workspace } from './hyperplane.js';
import { movingRoom } from './moving-room.js';
import { ask, type Answer, type Asking, type Attempt, type Problem } from './search.js';

const ALPHA_MAX = 0.1;
/** Overshoot of each projection. */
const ETA = 1.05;
/** How far back toward x a found point is taken. */
const BETA = 0.9;

export interface FabRun {
  readonly problem: Problem;
  readonly label: number;
  /** The classes whose boundaries are looked at. */
  readonly rivals: readonly number[];
  readonly start: Float32Array;
  readonly iterations: number;
  readonly workspaces: (size: number) => readonly [Workspace, Workspace];
}

/**
 * One run of FAB: projects the point and x onto the nearest linearized boundary within the bounds, and goes to a mean of both
 * that is biased toward x. A point that meets the goal is kept if it is the nearest to x, and the search goes on from nine tenths of the way.
 * Returns the nearest point found, brought into the region.
 *
 * @see Croce, Hein 2020, "Minimally distorted adversarial examples with a fast adaptive boundary attack", Algorithm 1;
 * without its final search, as in its authors' code
 */
export function* fabRun(run: FabRun): Asking<Attempt> {
  const { problem, label, rivals, start, iterations, workspaces } = run;
  const { x, region } = problem;
  const norm = region.kind === 'ball' ? region.norm : 'linf';
  const box = movingRoom(problem);
  const point = start.slice();
  let nearest: { x: Float32Array; distance: number } | undefined;
  let best = attemptAt(problem, x, problem.clean);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const answers = yield* boundaries(point, label, rivals, problem.classes);
    const plane = nearestPlane(answers, label, rivals, norm);
    if (plane === undefined) {
      best = { ...best, zeroGradient: true };
      break;
    }
    biasedStep(point, x, plane, box, norm, workspaces(x.length));
    // Looked at without its gradient: most points are found ones, and the gradient is wanted further back.
    const { logits } = yield* ask({ kind: 'logits', x: point });
    if (!meetsGoal(logits, problem.goal)) continue;
    const length = distance(point, x, norm);
    if (length < (nearest?.distance ?? Infinity)) nearest = { x: point.slice(), distance: length };
    for (let i = 0; i < point.length; i += 1) {
      point[i] = (x[i] as number) + BETA * ((point[i] as number) - (x[i] as number));
    }
  }
  if (nearest === undefined) return best;
  return betterAttempt(best, yield* attemptInside(problem, nearest.x));
}

/** Logits and the gradient of z_r - z_y for every rival r. */
function* boundaries(
  point: Float32Array,
  label: number,
  rivals: readonly number[],
  classes: number,
): Asking<readonly Answer[]> {
  return yield rivals.map((rival) => {
    const cotangent = new Float32Array(classes);
    cotangent[rival] = 1;
    cotangent[label] = -1;
    return { kind: 'cotangent', x: point, cotangent };
  });
}

/** The boundary z_r = z_y, linearized, at the least distance |z_r - z_y| / ||gradient||_dual. */
function nearestPlane(
  answers: readonly Answer[],
  label: number,
  rivals: readonly number[],
  norm: Norm,
): Hyperplane | undefined {
  let best: (Hyperplane & { readonly away: number }) | undefined;
  answers.forEach(({ logits, gradient }, i) => {
    const gap = (logits[rivals[i] as number] as number) - (logits[label] as number);
    const dual = dualNorm(gradient, norm);
    const away = Math.abs(gap) / dual;
    if (dual > 0 && away < (best?.away ?? Infinity)) best = { slope: gradient, gap, away };
  });
  return best;
}

export function dualNorm(gradient: Float32Array, norm: Norm): number {
  let total = 0;
  for (let i = 0; i < gradient.length; i += 1) {
    const slope = Math.abs(gradient[i] as number);
    if (norm === 'l1') total = Math.max(total, slope);
    else total += norm === 'linf' ? slope : slope * slope;
  }
  return norm === 'l2' ? Math.sqrt(total) : total;
}

function lengthOf(offset: Float64Array, norm: Norm): number {
  let total = 0;
  if (norm === 'linf') {
    for (let i = 0; i < offset.length; i += 1) {
      const size = Math.abs(offset[i] as number);
      if (size > total) total = size;
    }
    return total;
  }
  const squared = norm === 'l2';
  for (let i = 0; i < offset.length; i += 1) {
    const value = offset[i] as number;
    total += squared ? value * value : Math.abs(value);
  }
  return squared ? Math.sqrt(total) : total;
}

function biasedStep(
  point: Float32Array,
  x: Float32Array,
  { slope, gap }: Hyperplane,
  box: BoxBounds,
  norm: Norm,
  [first, second]: readonly [Workspace, Workspace],
): void {
  const size = point.length;
  let gapAtX = gap;
  for (let i = 0; i < size; i += 1) {
    gapAtX += (slope[i] as number) * ((x[i] as number) - (point[i] as number));
  }
  const own = hyperplaneOffset(point, { slope, gap }, box, norm, first);
  const fromX = hyperplaneOffset(x, { slope, gap: gapAtX }, box, norm, second);
  const near = Math.max(lengthOf(own, norm), 1e-8);
  const far = Math.max(lengthOf(fromX, norm), 1e-8);
  const alpha = Math.min(near / (near + far), ALPHA_MAX);
  fillMean(point, x, own, fromX, alpha, box);
}

/** The mean of the two projections, each overshot, within the box. */
function fillMean(
  point: Float32Array,
  x: Float32Array,
  own: Float64Array,
  fromX: Float64Array,
  alpha: number,
  { low, high }: BoxBounds,
): void {
  for (let i = 0; i < point.length; i += 1) {
    const next =
      (1 - alpha) * ((point[i] as number) + ETA * (own[i] as number)) +
      alpha * ((x[i] as number) + ETA * (fromX[i] as number));
    const least = low[i] as number;
    const most = high[i] as number;
    point[i] = next < least ? least : next > most ? most : next;
  }
}
