import { requireArgument } from '@floatpath/core';

/** What every radius asks of its probabilities. */
export function requireProbabilities(pLower: number, pUpper: number | undefined): void {
  if (pUpper === undefined) {
    requireArgument(
      pLower >= 0.5 && pLower < 1,
      `radius: expected pLower in [1/2, 1), got ${pLower}; abstain below 1/2`,
    );
  } else {
    requireArgument(
      pUpper > 0 && pUpper <= pLower && pLower < 1,
      `radius: expected 0 < pUpper <= pLower < 1, got ${pUpper} and ${pLower}; abstain where the runner-up may be as likely`,
    );
  }
}
