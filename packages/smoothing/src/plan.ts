import { requireArgument } from '@floatpath/core';
import type { BoundSpec } from './bounds/bound.js';
import { boundOf } from './bounds/bound-of.js';
import { smallestSample } from './bounds/smallest-sample.js';

/** When an image has had enough estimation draws. At the latest after `n`. */
export type StoppingSpec =
  | { readonly kind: 'fixed' }
  /** Once the radius would grow by less than `gain` (input units) if all n draws went on as the ones so far. */
  | { readonly kind: 'until'; readonly gain: number }
  /** Once the radius is known to be at least `radius`, or known not to be. Reports "R >= radius", nothing more. */
  | { readonly kind: 'target-radius'; readonly radius: number };

/** How every image of a run is certified, fixed before the first draw. Plain data, for the head of a counts file. */
export interface Plan {
  /** Draws that choose the label; 0 for a bound that needs none. */
  readonly n0: number;
  /** Most draws that bound its probability. */
  readonly n: number;
  /** Failure probability per image. */
  readonly alpha: number;
  readonly bound: BoundSpec;
  readonly stopping: StoppingSpec;
}

const isPositive = (value: number): boolean => Number.isFinite(value) && value > 0;

function requireStopping(name: string, { stopping, bound, n }: Plan): void {
  const { looks, spec } = boundOf(bound);
  requireArgument(
    stopping.kind === 'fixed' || looks !== 'planned',
    `${name}: expected the anytime or a staged bound for a run that may stop early, got ${spec.kind}`,
  );
  requireArgument(
    typeof looks === 'string' || looks.at(-1) === n,
    `${name}: expected n = ${n} as the last stage, got stages [${String(looks)}]`,
  );
  if (stopping.kind === 'until') {
    const { gain } = stopping;
    requireArgument(isPositive(gain), `${name}: expected a gain above 0, got ${gain}`);
  }
  if (stopping.kind === 'target-radius') {
    const { radius } = stopping;
    requireArgument(isPositive(radius), `${name}: expected a target radius above 0, got ${radius}`);
  }
}

/**
 * Refuses a plan that could certify nothing or would certify too much.
 *
 * @throws {FloatpathError} `invalid-argument`; too few draws are answered with the smallest number that is enough
 */
export function requirePlan(name: string, plan: Plan): void {
  const { n0, n, alpha, bound } = plan;
  requireArgument(alpha >= 1e-280 && alpha < 1, `${name}: expected alpha in (0, 1), got ${alpha}`);
  const least = boundOf(bound).selects ? 1 : 0;
  requireArgument(
    Number.isSafeInteger(n0) && n0 >= least,
    `${name}: expected n0 an integer of at least ${least}, got ${n0}`,
  );
  const enough = smallestSample(boundOf(bound), alpha);
  requireArgument(
    Number.isSafeInteger(n) && n >= enough,
    `${name}: expected n an integer of at least ${enough} for alpha ${alpha}, got ${n}; fewer draws can only abstain`,
  );
  requireStopping(name, plan);
}

/**
 * The numbers of draws, ascending and ending with n, at which a run looks whether to stop: part of what it does, so they
 * depend on the plan alone and not on batches.
 */
export function looksOf({ n, bound, stopping }: Plan): readonly number[] {
  if (stopping.kind === 'fixed') return [n];
  const { looks } = boundOf(bound);
  if (typeof looks !== 'string') return looks;
  const all: number[] = [];
  for (let at = 20; at < n; at = Math.ceil(at * 1.2)) all.push(at);
  return [...all, n];
}
