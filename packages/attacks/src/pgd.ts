import { requireArgument } from '@floatpath/core';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import type { Queries } from './answer-batch.js';
import { lanes } from './lanes.js';
import { lossGradient, type Loss } from './losses.js';
import { fillProjection } from './project.js';
import { ask, type Search } from './search.js';
import { fillStart } from './starts.js';
import { fillAscent } from './step.js';

export interface PgdOptions {
  readonly steps: number;
  /** In units of epsilon; of half the width for a box. Default 2.5 / steps. */
  readonly relativeStep?: number;
  /** Default `cross-entropy`. */
  readonly objective?: Loss;
  /** Default true; false starts at x. */
  readonly randomStart?: boolean;
}

/**
 * Projected gradient ascent from a random point of the region, for every norm and for boxes.
 *
 * Stops at the first point that meets the criterion; otherwise the point with the largest margin is returned, x itself
 * included, so the result is never worse than the input. Costs per row at most steps + 1 forward and steps backward rows, one forward
 * for x and one for the final check (`dlr`: `steps` more). For several starts: `restarts(pgd(...), 5)`.
 *
 * A gradient of exactly zero ends the search, since no later step would differ, and raises the warning `zero-gradient`.
 *
 * @throws {FloatpathError} `invalid-argument` if `steps` is not a positive integer or `relativeStep` is not above 0;
 * its `run` rejects with `invalid-argument`, `invalid-data`, `shape-mismatch`, `not-finite`, `no-gradient`
 * @see Madry, Makelov, Schmidt, Tsipras, Vladu 2018, "Towards deep learning models resistant to adversarial attacks"
 * @example
 * const attack = restarts(pgd({ steps: 40, relativeStep: 0.1, objective: 'margin' }), 5);
 */
export function pgd({
  steps,
  relativeStep = 2.5 / steps,
  objective = 'cross-entropy',
  randomStart = true,
}: PgdOptions): SearchAttack {
  requireArgument(
    Number.isInteger(steps) && steps > 0,
    `pgd: expected steps a positive integer, got ${steps}`,
  );
  requireArgument(
    Number.isFinite(relativeStep) && relativeStep > 0,
    `pgd: expected relativeStep a finite number above 0, got ${relativeStep}`,
  );
  const start = randomStart ? 'random start' : 'start at x';
  return attackOf({
    name: `pgd(${steps} steps, relative step ${relativeStep}, ${objective}, ${start})`,
    search: pgdSearch({ steps, relativeStep, objective, randomStart }),
    randomized: randomStart,
    sees: 'gradients',
    cost: () => pgdCost(steps, objective),
  });
}

/** A score that needs the logits before their gradient costs a second forward row. */
export function pgdCost(steps: number, objective: Loss): Queries {
  return { forward: (objective === 'dlr' ? 2 : 1) * steps + 1, backward: steps };
}

/** The search of {@link pgd}, which {@link fgsm} runs for one step. */
export function pgdSearch(options: Required<PgdOptions>): Search {
  const { steps, relativeStep, objective, randomStart } = options;
  return function* (problem) {
    const { set, seed, image, restart } = problem;
    const point = problem.x.slice();
    if (randomStart) {
      fillStart(point, set, {
        seed,
        purpose: 'attack',
        image,
        draw: restart,
        lane: lanes.pgdStart,
      });
    }
    let best = attemptAt(problem, problem.x, problem.clean);
    for (let step = 0; step < steps; step += 1) {
      const { logits, gradient } = yield* lossGradient(problem.goal, point, objective);
      best = betterAttempt(best, attemptAt(problem, point, logits));
      if (best.found) return best;
      if (gradient.every((slope) => slope === 0)) return { ...best, zeroGradient: true };
      fillAscent(point, gradient, relativeStep, set);
      fillProjection(point, set);
    }
    const { logits } = yield* ask({ kind: 'logits', x: point });
    return betterAttempt(best, attemptAt(problem, point, logits));
  };
}
