import { fillUniform, requireArgument } from '@floatpath/core';
import { requireCounts } from './apgd.js';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { goalScore, meetsGoal } from './goal.js';
import { imageView } from './image-view.js';
import { lanes } from './lanes.js';
import { ask } from './search.js';
import { ballWalk } from './square-ball.js';
import { boxWalk } from './square-box.js';
import { squareShare } from './square-schedule.js';

export interface SquareOptions {
  /** Forward rows, the one of the start included. Default 5000. */
  readonly queries?: number;
  /** Share of the coordinates that the first steps change, in (0, 1]. Default .8. */
  readonly firstShare?: number;
}

/**
 * Square: a random search that needs logits only. Every step changes one window, and is kept if the criterion's margin grew.
 *
 * Any input shape: the last two axes are height and width, a vector is one row; windows are as near to squares as the shape allows.
 * Each row draws its own windows and signs, and every offset can be drawn; the authors' code draws one window per batch and never
 * the last row or column. The schedule is that of 10,000 queries, not stretched to `queries`, as in AutoAttack.
 *
 * @throws {FloatpathError} `invalid-argument` if `queries` is not a positive integer or `firstShare` not in (0, 1]; its `run`
 * rejects as that of `pgd`, but never with `no-gradient`
 * @see Andriushchenko, Croce, Flammarion, Hein 2020, "Square Attack: a query-efficient black-box adversarial attack via
 * random search"
 */
export function square({ queries = 5000, firstShare = 0.8 }: SquareOptions = {}): SearchAttack {
  requireCounts('square', { queries });
  requireArgument(
    firstShare > 0 && firstShare <= 1,
    `square: expected firstShare in (0, 1], got ${firstShare}`,
  );
  return attackOf({
    name: `square(${queries} queries, first share ${firstShare})`,
    randomized: true,
    sees: 'logits',
    cost: () => ({ forward: queries, backward: 0 }),
    *search(problem) {
      const { set, seed, image, restart } = problem;
      const view = imageView(problem.shape);
      const stream = { seed, purpose: 'attack', image } as const;
      const walk = set.kind === 'box' ? boxWalk(set, view) : ballWalk(set, view);
      const point = problem.x.slice();
      const first = new Float64Array(walk.startUniforms);
      fillUniform(first, { ...stream, draw: restart, lane: lanes.squareStart });
      walk.start(point, first);
      let best = attemptAt(problem, problem.x, problem.clean);
      // The walk goes on from the start even where x itself was nearer to the goal.
      let { logits } = yield* ask({ kind: 'logits', x: point });
      let score = goalScore(logits, problem.goal);
      best = betterAttempt(best, attemptAt(problem, point, logits));
      walk.hold(point);
      const uniforms = new Float64Array(walk.stepUniforms);
      for (let query = 1; query < queries && !best.found; query += 1) {
        const draw = restart * queries + query;
        fillUniform(uniforms, { ...stream, draw, lane: lanes.squareStep });
        walk.propose(point, squareShare(firstShare, query), uniforms);
        ({ logits } = yield* ask({ kind: 'logits', x: point }));
        const next = goalScore(logits, problem.goal);
        const found = meetsGoal(logits, problem.goal);
        if (!found && !(next > score)) continue;
        score = next;
        best = betterAttempt(best, attemptAt(problem, point, logits));
        walk.hold(point);
      }
      return best;
    },
  });
}
