import type { Attack, Engine, RunOptions } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import {
  assertDisjoint,
  certifyVariants,
  claimsOf,
  denoiserControls,
  gainsOf,
  FRESH_DRAWS,
  guaranteeOf,
  refutationFile,
  refute,
  requireCalibration,
  type Calibration,
  type CertifiedVariant,
  type LabelledImages,
  type RefutationFile,
  type RefuteResult,
  type Variant,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import { requestedAnchor, requestWords, type AnchorRequest } from './anchor-request.js';
import { boundsOf, openTarget, refutedTarget } from './refute-target.js';
import type { SmoothableModel } from './smoothable.js';

export interface RefuteRequest {
  /** Which repressed network; plain smoothing if left out. */
  readonly repressed?: AnchorRequest;
  readonly noise: Noise;
  readonly attack: Attack;
  /** Images unless given; see {@link refute}. */
  readonly among?: 'images' | 'all';
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  /** Of the claims; the search uses the next one. */
  readonly seed: number;
  readonly batchSize: number;
}

export interface RefuteOutcome {
  readonly result: RefuteResult;
  readonly file: RefutationFile;
  readonly lines: readonly string[];
  /** An unconditional set that fails is an error somewhere; a conditional one promises nothing. */
  readonly failed: boolean;
}

const NAME = 'repressed';

/**
 * Claims radii for images and then searches for counterexamples to every claim.
 *
 * @throws {FloatpathError} `not-calibrated`, `invalid-data` for images that the calibration has seen; as `refute`
 */
export async function refuteModel(
  engine: Engine,
  { network, hash }: Pick<SmoothableModel, 'network' | 'hash'>,
  data: LabelledImages,
  request: RefuteRequest,
  calibration?: Calibration,
  run: RunOptions = {},
): Promise<RefuteOutcome> {
  const { repressed, noise, attack, among = 'images', n0, n, alpha, seed, batchSize } = request;
  if (calibration !== undefined) {
    requireCalibration(calibration, { network, modelHash: hash, sigma: noise.sigma });
    assertDisjoint(calibration, data.images);
  }
  const counted = { ...run, noise, n0, n, alpha, seed, batchSize };
  const made = repressed && requestedAnchor(repressed, calibration);
  // A gain of the denoised anchor means little without what the denoiser does alone.
  const controls =
    made?.anchor.kind === 'denoised' ? denoiserControls(network, made.anchor.denoiser) : [];
  const variants: readonly Variant[] =
    made === undefined ? [] : [{ name: NAME, ...made }, ...controls];
  const certified = await certifyVariants(engine, network, variants, data, counted);
  const variant = certified[variants.length === 0 ? 0 : 1] as CertifiedVariant;
  const claims = claimsOf(variant, data);
  const options = { ...run, noise, attack, among, n, alpha, seed: seed + 1, batchSize };
  const search = async (): Promise<RefuteResult> => {
    await using target = await openTarget(engine, network, made, { noise, seed, batchSize });
    if (made === undefined) return await refute(target, claims, options);
    await using guide = await createClassifier(engine, network, { bounds: boundsOf(noise) });
    return await refute(target, claims, { ...options, guide });
  };
  const result = await search();
  const of = refutedTarget(made && requestWords(made), hash, calibration);
  const conditional = made !== undefined && guaranteeOf(made.anchor) === 'conditional';
  const gains =
    made === undefined || conditional
      ? []
      : gainsOf(certified, { radii: [], seed, controls: controls.map(({ name }) => name) });
  return {
    result,
    file: refutationFile(of, claims, result, options),
    lines: [
      ...outcomeLines(of.target, result, among, n),
      ...gains
        .filter((gain) => gain.variant === NAME)
        .map(({ over, words }) => `average radius over ${over}: ${words}`),
    ],
    failed: !conditional && !result.verdict.passes,
  };
}

function outcomeLines(
  target: string,
  { guarantee, attack, arithmetic, verdict }: RefuteResult,
  among: 'images' | 'all',
  n: number,
) {
  const { refuted, claims, probability, passes } = verdict;
  const radii = guarantee === 'conditional' ? 'surrogate radii' : 'certified radii';
  return [
    `${target}: ${refuted} of ${claims} ${radii} broken (${guarantee}, ${arithmetic})`,
    `  by ${attack}, each x' on the 8-bit grid${among === 'all' ? ', whatever its bounds,' : ''} inside the radius, its label on ${FRESH_DRAWS * n} fresh draws at level 1e-6`,
    guarantee === 'conditional'
      ? '  CONDITIONAL: these radii speak of the network frozen at each image, not of the one that is deployed'
      : passes
        ? `  as many are to be expected by chance with probability ${probability.toPrecision(2)}: passes`
        : `  as many are to be expected by chance with probability ${probability.toPrecision(2)}: FAILS`,
  ];
}
