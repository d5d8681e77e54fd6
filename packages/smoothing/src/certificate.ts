import { requireArgument, type Arithmetic, type Norm } from '@floatpath/core';
import { binary } from './bounds/binary.js';
import { requireBoundInput, type Bound, type BoundInput, type ClassBound } from './bounds/bound.js';
import type { Noise } from './noise/noise.js';

/**
 * What is known about the smoothed classifier at one input, with probability at least 1 - alpha
 * over the draws.
 */
export type Certificate =
  | (ClassBound & {
      readonly kind: 'certified';
      readonly guarantee: 'unconditional';
      readonly arithmetic: Arithmetic;
      /** The label is constant for every perturbation of this norm below `radius`. */
      readonly norm: Norm;
      /** Input units. */
      readonly radius: number;
    })
  | (ClassBound & {
      /** `label` is the one that was tried. */
      readonly kind: 'abstain';
    });

export interface CertificateInput extends BoundInput {
  /** `binary()` unless given. */
  readonly bound?: Bound;
  /**
   * Planned number of estimation draws, where `n` is not it: rows stopped early or extended accept
   * only bounds that hold then.
   */
  readonly planned?: number;
  readonly noise: Pick<Noise, 'arithmetic' | 'radius'> & { readonly norm?: Norm };
  /** `gridPoint(x, bounds, norm).correction` for grid noise; 0 unless given. */
  readonly offGrid?: number;
}

function requireLook({ looks, spec }: Bound, n: number, plan: number): void {
  const allowed = looks === 'any' || (looks === 'planned' ? n === plan : looks.includes(n));
  const expected = looks === 'planned' ? `the planned n = ${plan}` : `one of ${String(looks)}`;
  requireArgument(
    allowed,
    `certificateOf: expected ${expected} draws for the ${spec.kind} bound, got ${n}; rows stopped early or extended need the anytime or a staged bound`,
  );
}

/**
 * The certificate that class counts are worth. A pure function, so counts that were kept can be
 * certified again at any alpha.
 *
 * With probability at least 1 - alpha over the draws: abstains, or `label` is g(x) and stays so for
 * every perturbation of norm below `radius`; with `arithmetic: 'grid'`, for perturbed inputs on the
 * 8-bit grid, or anywhere where `offGrid` was subtracted.
 *
 * @throws {FloatpathError} `invalid-argument` or `shape-mismatch` for counts, n or alpha that do
 * not fit, and for a number of draws at which the bound does not hold
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (CERTIFY), Theorem 1
 */
export function certificateOf(input: CertificateInput): Certificate {
  const { noise, bound = binary(), planned = input.n, offGrid = 0 } = input;
  requireArgument(offGrid >= 0, `certificateOf: expected offGrid of at least 0, got ${offGrid}`);
  requireBoundInput(input);
  requireLook(bound, input.n, planned);
  const known = bound.classBound(input);
  const { pLower, pUpper = 1 - pLower } = known;
  if (!(pLower > pUpper)) return { kind: 'abstain', ...known };
  const full = noise.radius(pLower, known.pUpper);
  // One rounding of the difference, made harmless by one ulp less.
  const radius = offGrid === 0 ? full : (full - offGrid) * (1 - 2 ** -52);
  if (!(radius > 0)) return { kind: 'abstain', ...known };
  const { arithmetic, norm = 'l2' } = noise;
  return { kind: 'certified', guarantee: 'unconditional', arithmetic, norm, radius, ...known };
}
