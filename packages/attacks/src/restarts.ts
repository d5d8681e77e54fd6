import { requireArgument } from '@floatpath/core';
import { attackOf, type SearchAttack } from './attack.js';
import { betterAttempt } from './attempt.js';
import type { Queries } from './answer-batch.js';
import type { Search } from './search.js';

/**
 * Runs an attack up to `count` times per row, each time with other random numbers, until a run succeeds; otherwise the
 * best attempt of all is returned. A broken row makes place for the next at once.
 *
 * @throws {FloatpathError} `invalid-argument` if `count` is not a positive integer, or `attack` draws nothing, so
 * that every run would be the same
 */
export function restarts({ spec }: SearchAttack, count: number): SearchAttack {
  requireArgument(
    Number.isInteger(count) && count > 0 && count < 2 ** 16,
    `restarts: expected count an integer in [1, 65536), got ${count}`,
  );
  requireArgument(
    spec.randomized || count === 1,
    `restarts: expected an attack with a random start, got ${spec.name}; its runs would all be the same`,
  );
  const search: Search = function* (problem) {
    let best = yield* spec.search({ ...problem, restart: 0 });
    for (let restart = 1; restart < count && !best.found; restart += 1) {
      best = betterAttempt(best, yield* spec.search({ ...problem, restart }));
    }
    return best;
  };
  const cost = (classes: number): Queries => {
    const { forward, backward } = spec.cost(classes);
    return { forward: count * forward, backward: count * backward };
  };
  return attackOf({ ...spec, name: `${count} x ${spec.name}`, search, cost });
}
