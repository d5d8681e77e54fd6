import {
  defaults,
  requireArgument,
  type Classifier,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import { binary } from './bounds/binary.js';
import type { Bound } from './bounds/bound.js';
import { smallestSample } from './bounds/smallest-sample.js';
import { randomizationOf } from './bounds/stevens.js';
import { certificateOf, type Certificate } from './certificate.js';
import { countDraws, type DrawCounts } from './count.js';
import { labelCounter } from './counter.js';
import type { Noise } from './noise/noise.js';
import { offGridOf, requireSameBounds } from './smoothing-input.js';

export interface CertifyOptions extends RunOptions {
  readonly noise: Noise;
  /** Draws that choose the label. */
  readonly n0?: number;
  /** Draws that bound its probability. */
  readonly n?: number;
  readonly alpha?: number;
  /** `binary()` unless given. */
  readonly bound?: Bound;
  readonly seed?: number;
  /** Identity of the image, which keys its noise; 0 unless given. */
  readonly image?: number;
  readonly batchSize: number;
}

/** A certificate with the counts it was made from. */
export type CertifyResult = Certificate & {
  readonly selection: DrawCounts;
  readonly estimation: DrawCounts;
};

/** @throws {FloatpathError} `invalid-argument` where nothing could be certified, with the smallest n that could */
export function requireSampleSizes(
  name: string,
  sizes: Required<Pick<CertifyOptions, 'n0' | 'n' | 'alpha' | 'bound'>>,
): void {
  const { n0, n, alpha, bound } = sizes;
  requireArgument(alpha > 0 && alpha < 1, `${name}: expected alpha in (0, 1), got ${alpha}`);
  requireArgument(
    Number.isSafeInteger(n0) && n0 >= 1,
    `${name}: expected n0 an integer of at least 1, got ${n0}`,
  );
  const enough = smallestSample(bound, alpha);
  requireArgument(
    Number.isSafeInteger(n) && n >= enough,
    `${name}: expected n an integer of at least ${enough} for alpha ${alpha}, got ${n}; fewer draws can only abstain`,
  );
}

/**
 * Certifies that the smoothed classifier's label is constant in a ball around `x`.
 *
 * Selects the label with `n0` draws, then bounds its probability with `n` fresh ones. With
 * probability at least `1 - alpha` over the draws: abstains, or the label is g(x) and holds for
 * every x' with |x' - x| < radius in the norm of the noise. With `integerGaussian` this is a statement about the program
 * that runs, for x' on the 8-bit grid; off-grid inputs pay the correction of `gridPoint`.
 *
 * @param classifier - must be a function of its noisy input alone; what depends on the centre x is
 * no Classifier
 * @param x - one input `[1, ...inputShape]` in the units of `classifier.bounds`
 * @throws {FloatpathError} `invalid-argument` for n0, n, alpha, batchSize or seed out of range, or
 * noise for other bounds; `shape-mismatch`; `not-finite` for NaN inputs or logits
 * @see Cohen, Rosenfeld, Kolter 2019, Algorithm 1 (CERTIFY), Theorem 1; Voracek, Hein 2023
 * @example
 * const noise = integerGaussian({ sigma: 0.25, bounds: classifier.bounds });
 * const c = await certify(classifier, x, { noise, n0: 100, n: 10_000, alpha: 0.001, batchSize: 250 });
 */
export async function certify(
  classifier: Classifier,
  x: Float32Tensor,
  options: CertifyOptions,
): Promise<CertifyResult> {
  const { noise, n0 = defaults.n0, n = defaults.n, alpha = defaults.alpha } = options;
  const { seed = defaults.seed, image = 0, bound = binary() } = options;
  requireSampleSizes('certify', { n0, n, alpha, bound });
  requireSameBounds('certify', noise, classifier);
  const counter = labelCounter([{ name: 'classifier', classifier }]);
  const draws = { ...options, image, seed };
  const selection = await countDraws(counter, x, { ...draws, purpose: 'selection', n: n0 });
  const estimation = await countDraws(counter, x, { ...draws, purpose: 'estimation', n });
  const certificate = certificateOf({
    selection: selection.counts[0] ?? new Uint32Array(),
    estimation: estimation.counts[0] ?? new Uint32Array(),
    n,
    alpha,
    bound,
    noise,
    u: randomizationOf({ seed, image }),
    offGrid: offGridOf(noise, x),
  });
  return { ...certificate, selection, estimation };
}
