import { defaults, type Classifier, type Float32Tensor, type RunOptions } from '@floatpath/core';
import { binary } from './bounds/binary.js';
import type { Bound } from './bounds/bound.js';
import { randomizationOf } from './bounds/stevens.js';
import type { Certificate } from './certificate.js';
import { countPlanned, type SampleCounts } from './count-planned.js';
import { countDraws, type DrawCounts } from './count.js';
import { labelCounter } from './counter.js';
import type { Noise } from './noise/noise.js';
import { requirePlan, type Plan, type StoppingSpec } from './plan.js';
import { plannedCertificate } from './planned-certificate.js';
import { offGridOf, requireSameBounds } from './smoothing-input.js';

export interface CertifyOptions extends RunOptions {
  readonly noise: Noise;
  /** Draws that choose the label; not used by a bound that needs none. */
  readonly n0?: number;
  /** Draws that bound its probability: all of them, or at most as many under another stopping rule. */
  readonly n?: number;
  readonly alpha?: number;
  /** `binary()` unless given. */
  readonly bound?: Bound;
  /** `{ kind: 'fixed' }` unless given. */
  readonly stopping?: StoppingSpec;
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
  const { stopping = { kind: 'fixed' } } = options;
  const plan: Plan = { n0: bound.selects ? n0 : 0, n, alpha, bound: bound.spec, stopping };
  requirePlan('certify', plan);
  requireSameBounds('certify', noise, classifier);
  const counter = labelCounter([{ name: 'classifier', classifier }]);
  const known = { offGrid: offGridOf(noise, x), u: randomizationOf({ seed, image }) };
  const { selection, estimation } = await countPlanned(
    plan,
    noise,
    (range) => countDraws(counter, x, { ...options, image, seed, ...range }),
    known,
  );
  const none = { counts: new Uint32Array(classifier.classes), n: 0, rejected: 0 };
  const drawCounts = ({ counts, ...rest }: SampleCounts): DrawCounts => ({
    counts: [counts],
    ...rest,
  });
  const certificate = plannedCertificate(plan, noise, {
    selection: (selection ?? none).counts,
    estimation: estimation.counts,
    n: estimation.n,
    ...known,
  });
  return {
    ...certificate,
    selection: drawCounts(selection ?? none),
    estimation: drawCounts(estimation),
  };
}
