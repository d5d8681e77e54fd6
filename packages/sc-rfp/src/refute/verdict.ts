import { requireArgument } from '@floatpath/core';
import { binomialUpperTail } from '@floatpath/statistics';

/** Level of the prediction that a refutation rests on. */
export const REFUTATION_LEVEL = 1e-6;

/** A set of certificates fails where this many violations are less likely. */
const SET_LEVEL = 1e-4;

/** Whether certificates of failure probability alpha may have been violated this often by chance. */
export interface Verdict {
  readonly passes: boolean;
  /** P(Bin(claims, alpha + 1e-6) >= refuted). */
  readonly probability: number;
  readonly claims: number;
  readonly refuted: number;
}

/**
 * A certificate fails with probability at most alpha, and a refutation is wrong with probability at most 1e-6. The set passes iff
 * P(Bin(claims, alpha + 1e-6) >= refuted) >= 1e-4; a set without claims passes.
 *
 * @throws {FloatpathError} `invalid-argument` for counts or alpha out of range
 */
export function verdictOf(counts: {
  readonly claims: number;
  readonly refuted: number;
  readonly alpha: number;
}): Verdict {
  const { claims, refuted, alpha } = counts;
  requireArgument(
    Number.isSafeInteger(claims) &&
      Number.isSafeInteger(refuted) &&
      refuted >= 0 &&
      claims >= refuted,
    `verdictOf: expected 0 <= refuted <= claims, got ${refuted} of ${claims}`,
  );
  requireArgument(
    alpha > 0 && alpha < 1 - REFUTATION_LEVEL,
    `verdictOf: expected alpha in (0, 1), got ${alpha}`,
  );
  const probability =
    refuted === 0 ? 1 : binomialUpperTail(refuted, claims, alpha + REFUTATION_LEVEL);
  return { passes: probability >= SET_LEVEL, probability, claims, refuted };
}
