import type { Arithmetic, Float32Tensor } from '@floatpath/core';
import {
  certificateOf,
  certify,
  type Certificate,
  type CertifyOptions,
  type DrawCounts,
} from '@floatpath/smoothing';
import type { CenteredClassifier } from './centered-classifier.js';

/**
 * What smoothing says about the network frozen at one x, with probability at least 1 - alpha over the draws. It is no
 * certificate: within the surrogate radius the classifier that is frozen anew at every input may answer otherwise.
 */
export type SurrogateRadius =
  | {
      readonly kind: 'surrogate';
      readonly guarantee: 'conditional';
      readonly arithmetic: Arithmetic;
      readonly label: number;
      /** Input units. */
      readonly surrogateRadius: number;
      readonly pLower: number;
    }
  | { readonly kind: 'abstain'; readonly label: number; readonly pLower: number };

/** A surrogate radius with the counts it was made from. */
export type SurrogateResult = SurrogateRadius & {
  readonly selection: DrawCounts;
  readonly estimation: DrawCounts;
};

function surrogateOf(certificate: Certificate): SurrogateRadius {
  const { label, pLower } = certificate;
  if (certificate.kind === 'abstain') return { kind: 'abstain', label, pLower };
  const { arithmetic, radius } = certificate;
  return {
    kind: 'surrogate',
    guarantee: 'conditional',
    arithmetic,
    label,
    surrogateRadius: radius,
    pLower,
  };
}

/**
 * The surrogate radius that class counts of a network frozen at x are worth: `certificateOf`, in a type that cannot be
 * taken for a certificate.
 *
 * @throws {FloatpathError} `invalid-argument` or `shape-mismatch` for counts, n or alpha that do not fit
 */
export function surrogateRadiusOf(counts: Parameters<typeof certificateOf>[0]): SurrogateRadius {
  return surrogateOf(certificateOf(counts));
}

/**
 * Freezes the classifier at `x` and bounds the radius within which the smoothed frozen network keeps its label, by the
 * procedure of `certify`. The anchor, the choice of the label and the bound use disjoint draws.
 *
 * @param x - one input `[1, ...inputShape]` in the units of `classifier.bounds`
 * @throws {FloatpathError} as `certify`
 * @see Cohen, Rosenfeld, Kolter 2019, Theorem 1, for the frozen network
 */
export async function surrogateRadius(
  classifier: CenteredClassifier,
  x: Float32Tensor,
  options: CertifyOptions,
): Promise<SurrogateResult> {
  const { signal, image = 0 } = options;
  const frozen = await classifier.at(x, image, { ...(signal && { signal }) });
  const { selection, estimation, ...certificate } = await certify(frozen, x, options);
  return { ...surrogateOf(certificate), selection, estimation };
}
