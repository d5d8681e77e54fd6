import { requireArgument, type Attack } from '@floatpath/core';
import { runInTurn } from './run-in-turn.js';

/**
 * Several attacks as one: each starts from x and sees only the rows that no earlier one broke.
 *
 * Breaks every row that its first attack breaks. Of a row that none breaks, the attempt with the largest margin in the
 * classifier's own logits is returned, at one more forward row per attack. Takes any `Attack`, another `worstOf` included.
 *
 * @throws {FloatpathError} `invalid-argument` without an attack
 * @example
 * const attack = worstOf(fgsm(), pgd({ steps: 40, objective: 'margin' }));
 */
export function worstOf(...attacks: readonly Attack[]): Attack {
  requireArgument(attacks.length > 0, 'worstOf: expected at least one attack, got none');
  return {
    name: `worstOf(${attacks.map(({ name }) => name).join(', ')})`,
    run: async (...call) => (await runInTurn(attacks, ...call)).result,
  };
}
