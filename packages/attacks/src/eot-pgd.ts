import { fillNormal, requireArgument, type StreamKey } from '@floatpath/core';
import { attackOf, type SearchAttack } from './attack.js';
import { attemptAt, betterAttempt } from './attempt.js';
import { labelGoal, meetsGoal } from './goal.js';
import { lanes } from './lanes.js';
import { logMeanSoftmax, logProbability, normalizedWeights } from './mean-softmax.js';
import { fillProjection } from './project.js';
import type { Judge, Look } from './row-fate.js';
import type { Answer, Search } from './search.js';
import { fillStart } from './starts.js';
import { fillAscent } from './step.js';

export interface EotPgdOptions {
  /** Standard deviation of the smoothing noise, in input units. */
  readonly sigma: number;
  /** Noisy copies per gradient. */
  readonly draws: number;
  readonly steps: number;
  /** In units of epsilon. Default 2.5 / steps. */
  readonly relativeStep?: number;
  /** Noisy copies per judgement of a row. Default 100. */
  readonly checkDraws?: number;
}

/**
 * PGD on the smoothed classifier g(x) = argmax_c E f(x + sigma Z)_c, with f the softmax of the base classifier that it
 * is run on (expectation over transformation).
 *
 * Climbs J(x) = -log( (1/m) sum_i p_y(x + sigma Z_i) ), m = `draws`. With l_i = -log p_y(x + sigma Z_i) its gradient is
 * sum_i w_i grad l_i, w_i = p_y(x + sigma Z_i) / sum_j p_y(x + sigma Z_j): one cross-entropy gradient per copy, weighted by the probabilities
 * that come with it. Every step draws fresh noise. Copies are never clipped.
 *
 * `success`, `predicted` and `already-wrong` are the argmax of the mean softmax over `checkDraws` draws that the search
 * never saw: an estimate of the soft classifier, at that sample size. They are not the majority label that randomized smoothing
 * certifies; to say that a smoothed prediction was changed, count labels at the returned point.
 *
 * Costs per step `draws` forward and backward rows, and `checkDraws` forward rows for x, for the final check, and
 * whenever a step looks successful. Noise is keyed by (seed, image, restart, step, copy).
 *
 * @throws {FloatpathError} `invalid-argument` if `sigma` or `relativeStep` is not above 0, or a count is not a positive integer
 * @see Salman et al. 2019, "Provably robust deep learning via adversarially trained smoothed classifiers", section 2.2
 * (SmoothAdv, the plug-in objective)
 * @see Athalye, Engstrom, Ilyas, Kwok 2018, "Synthesizing robust adversarial examples" (EOT)
 */
export function eotPgd({
  sigma,
  draws,
  steps,
  relativeStep = 2.5 / steps,
  checkDraws = 100,
}: EotPgdOptions): SearchAttack {
  for (const [name, count] of Object.entries({ draws, steps, checkDraws })) {
    requireArgument(
      Number.isInteger(count) && count > 0,
      `eotPgd: expected ${name} a positive integer, got ${count}`,
    );
  }
  for (const [name, value] of Object.entries({ sigma, relativeStep })) {
    requireArgument(
      Number.isFinite(value) && value > 0,
      `eotPgd: expected ${name} a finite number above 0, got ${value}`,
    );
  }
  const judge = judgeByMeanSoftmax(sigma, checkDraws);
  const search: Search = function* (problem) {
    const { set, seed, image, restart } = problem;
    const goal = labelGoal(problem.goal, 'eotPgd');
    const label = goal.target ?? goal.label;
    const ascent = goal.target === undefined ? relativeStep : -relativeStep;
    const stream = { seed, purpose: 'attack', image } as const;
    const point = problem.x.slice();
    fillStart(point, set, { ...stream, draw: restart, lane: lanes.eotPgdStart });
    let best = attemptAt(problem, problem.x, problem.clean);
    for (let step = 0; step < steps; step += 1) {
      const draw = (restart * steps + step) * draws;
      const key = { ...stream, draw, lane: lanes.eotPgdNoise };
      const answers = yield noisyCopies(point, sigma, draws, key).map(
        (x) => ({ kind: 'cross-entropy', x, label }) as const,
      );
      if (meetsGoal(logMeanSoftmax(answers.map(({ logits }) => logits)), goal)) {
        const index = restart * (steps + 1) + step;
        const scores = yield* judge(problem, point, { kind: 'search', index });
        best = betterAttempt(best, attemptAt(problem, point, scores));
        if (best.found) return best;
      }
      const gradient = meanGradient(answers, label);
      if (gradient.every((slope) => slope === 0)) best = { ...best, zeroGradient: true };
      fillAscent(point, gradient, ascent, set);
      fillProjection(point, set);
    }
    const index = restart * (steps + 1) + steps;
    const scores = yield* judge(problem, point, { kind: 'search', index });
    return betterAttempt(best, attemptAt(problem, point, scores));
  };
  return attackOf({
    name: `eotPgd(sigma ${sigma}, ${draws} draws, ${steps} steps, relative step ${relativeStep}, ${checkDraws} check draws)`,
    search,
    judge,
    randomized: true,
    sees: 'gradients',
    cost: () => ({ forward: steps * (draws + checkDraws) + checkDraws, backward: steps * draws }),
  });
}

function judgeByMeanSoftmax(sigma: number, draws: number): Judge {
  const firstDraw = (look: Look): number =>
    (look.kind === 'clean' ? 0 : look.kind === 'final' ? 1 : 2 + look.index) * draws;
  return function* ({ seed, image }, x, look) {
    const draw = firstDraw(look);
    const key = { seed, purpose: 'attack', image, draw, lane: lanes.eotPgdCheck } as const;
    const copies = noisyCopies(x, sigma, draws, key);
    const answers = yield copies.map((copy) => ({ kind: 'logits', x: copy }) as const);
    return logMeanSoftmax(answers.map(({ logits }) => logits));
  };
}

/** `count` copies of x + sigma Z; copy i is draw `key.draw + i`. */
function noisyCopies(
  x: Float32Array,
  sigma: number,
  count: number,
  key: StreamKey,
): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const copy = new Float32Array(x.length);
    fillNormal(copy, 0, x.length, { ...key, draw: key.draw + i });
    return copy.map((z, at) => (x[at] as number) + sigma * z);
  });
}

function meanGradient(answers: readonly Answer[], label: number): Float32Array {
  const weights = normalizedWeights(answers.map(({ logits }) => logProbability(logits, label)));
  const sum = new Float64Array(answers[0]?.gradient.length ?? 0);
  answers.forEach(({ gradient }, i) => {
    const weight = weights[i] as number;
    for (let j = 0; j < sum.length; j += 1) {
      sum[j] = (sum[j] as number) + weight * (gradient[j] as number);
    }
  });
  return Float32Array.from(sum);
}
