import { FloatpathError, requireArgument, type Arithmetic } from '@floatpath/core';
import { clopperPearsonLower } from '@floatpath/statistics';
import type { Noise } from './noise/noise.js';

/**
 * What is known about the smoothed classifier at one input, with probability at least 1 - alpha
 * over the draws.
 */
export type Certificate =
  | {
      readonly kind: 'certified';
      readonly guarantee: 'unconditional';
      readonly arithmetic: Arithmetic;
      readonly label: number;
      /** The label is constant for every perturbation of norm below it; input units. */
      readonly radius: number;
      /** Lower confidence bound of the label's probability under noise. */
      readonly pLower: number;
    }
  | {
      readonly kind: 'abstain';
      /** The label that was tried. */
      readonly label: number;
      readonly pLower: number;
    };

export interface CertificateInput {
  /** Class counts that choose the label; drawn independently of `estimation`. */
  readonly selection: Uint32Array;
  /** Class counts that bound its probability. */
  readonly estimation: Uint32Array;
  /**
   * Planned number of estimation draws: a draw that is in no class count was rejected and counts
   * against.
   */
  readonly n: number;
  readonly alpha: number;
}

/**
 * The top class of `selection` (lowest index on ties) and the Clopper-Pearson lower bound of its
 * probability from `estimation`.
 *
 * @throws {FloatpathError} `shape-mismatch` for counts of different length, `invalid-argument` for
 * n, alpha or counts out of range
 */
export function topClassBound(input: CertificateInput): {
  readonly label: number;
  readonly pLower: number;
} {
  const { selection, estimation, n, alpha } = input;
  if (selection.length === 0 || selection.length !== estimation.length) {
    throw new FloatpathError(
      'shape-mismatch',
      `certificateOf: expected selection and estimation counts of the same classes, got ${selection.length} and ${estimation.length}`,
    );
  }
  requireArgument(
    alpha >= 1e-290 && alpha < 1,
    `certificateOf: expected alpha in (0, 1), got ${alpha}`,
  );
  requireArgument(
    Number.isSafeInteger(n) && n >= 1,
    `certificateOf: expected n an integer of at least 1, got ${n}`,
  );
  const counted = estimation.reduce((sum, count) => sum + count, 0);
  requireArgument(
    counted <= n,
    `certificateOf: expected at most n = ${n} estimation counts, got ${counted}; n is the planned number of draws`,
  );
  const label = selection.indexOf(Math.max(...selection));
  return { label, pLower: clopperPearsonLower(estimation[label] ?? 0, n, alpha) };
}

/**
 * The certificate that class counts are worth: Cohen's binary bound, p_B <= 1 - p_A. A pure
 * function, so counts that were kept can be certified again at any alpha.
 *
 * With probability at least 1 - alpha over the estimation draws: abstains, or `label` is g(x) and
 * stays so for every perturbation of l2 norm below `radius`; with `arithmetic: 'grid'`, for
 * perturbed inputs on the 8-bit grid, or anywhere where `offGrid` was subtracted.
 *
 * @param input.offGrid - `gridPoint(x).correction` for grid noise; 0 unless given
 * @throws {FloatpathError} `invalid-argument` or `shape-mismatch` for counts, n or alpha that do
 * not fit
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (CERTIFY), Theorem 1
 */
export function certificateOf(
  input: CertificateInput & {
    readonly noise: Pick<Noise, 'arithmetic' | 'radius'>;
    readonly offGrid?: number;
  },
): Certificate {
  const { noise, offGrid = 0 } = input;
  requireArgument(offGrid >= 0, `certificateOf: expected offGrid of at least 0, got ${offGrid}`);
  const { label, pLower } = topClassBound(input);
  if (!(pLower > 0.5)) return { kind: 'abstain', label, pLower };
  const full = noise.radius(pLower);
  // One rounding of the difference, made harmless by one ulp less.
  const radius = offGrid === 0 ? full : (full - offGrid) * (1 - 2 ** -52);
  if (!(radius > 0)) return { kind: 'abstain', label, pLower };
  const { arithmetic } = noise;
  return { kind: 'certified', guarantee: 'unconditional', arithmetic, label, radius, pLower };
}
