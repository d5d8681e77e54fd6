import { requireArgument, type Engine, type Network } from '@floatpath/core';
import { averageCertifiedRadius } from '@floatpath/smoothing';
import type { UnconditionalAnchor } from '../anchor.js';
import type { DenoiserKind } from '../denoise/denoiser.js';
import {
  certifyVariants,
  type CertifyVariantsOptions,
  type LabelledImages,
} from '../certify-variants.js';
import { formName, type RepressForm } from '../repress.js';
import { PLAIN_OUTPUT, type RepressedVariant } from '../variants.js';
import { assertDisjoint, withSeenImages, type Calibration } from './calibration.js';

/** One setting and what it gave on the held-out images. */
export interface Candidate {
  readonly anchor: UnconditionalAnchor['kind'];
  /** Of the denoised anchor. */
  readonly denoiser?: DenoiserKind;
  /** Of the input and denoised anchors. */
  readonly kappa?: number;
  /** Of the global anchor. */
  readonly q?: number;
  readonly form: 'path-sum' | 'layerwise' | 'expectation';
  readonly lambda: number;
  /** Mean over the held-out images, 0 for wrong ones; input units. */
  readonly averageRadius: number;
}

/** A setting chosen on held-out images, with everything it was chosen from. */
export interface Choice {
  readonly chosen: Candidate;
  /** In the order in which they were tried. */
  readonly candidates: readonly Candidate[];
  readonly plainAverageRadius: number;
  readonly images: number;
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
}

export interface Settings {
  readonly anchor: UnconditionalAnchor;
  readonly form: RepressForm;
  readonly lambda: number;
}

function numbersOf(
  anchor: UnconditionalAnchor,
): Pick<Candidate, 'anchor' | 'denoiser' | 'kappa' | 'q'> {
  switch (anchor.kind) {
    case 'input':
      return { anchor: 'input', kappa: anchor.kappa };
    case 'global':
      return { anchor: 'global', q: anchor.q };
    case 'denoised':
      return { anchor: 'denoised', denoiser: anchor.denoiser.kind, kappa: anchor.kappa };
  }
}

/** The setting that was chosen last for an anchor, its denoiser and a form; undefined if none was. */
export function chosenIn(
  { choices = [] }: Calibration,
  wanted: Pick<Candidate, 'anchor' | 'denoiser' | 'form'>,
): Candidate | undefined {
  return choices
    .map(({ chosen }) => chosen)
    .filter(
      ({ anchor, denoiser, form }) =>
        anchor === wanted.anchor &&
        form === wanted.form &&
        (anchor !== 'denoised' || denoiser === wanted.denoiser),
    )
    .at(-1);
}

/**
 * Chooses among settings by their average certified radius on held-out images, and records the choice and all that was
 * tried. Of equal ones the first wins, so list the most conservative first. The images become images that are not to be
 * reported on: a setting must be chosen before, never per image.
 *
 * @param heldOut - not used in training or calibration
 * @returns the calibration with one more choice, and the settings chosen
 * @throws {FloatpathError} `invalid-argument` for no settings, two that have one name, or noise of another sigma; `invalid-data`
 * for images that the calibration has seen
 */
export async function chooseSettings<S extends Settings>(
  engine: Engine,
  network: Network,
  calibration: Calibration,
  settings: readonly S[],
  heldOut: LabelledImages,
  options: CertifyVariantsOptions,
): Promise<{ readonly calibration: Calibration; readonly settings: S }> {
  requireArgument(settings.length > 0, 'chooseSettings: expected at least one setting, got none');
  requireArgument(
    options.noise.sigma === calibration.sigma,
    `chooseSettings: expected noise of sigma ${calibration.sigma}, got ${options.noise.sigma}`,
  );
  assertDisjoint(calibration, heldOut.images);
  const variants = settings.map(({ anchor, form, lambda }): RepressedVariant => ({
    name: `${anchor.name} ${formName(form)} lambda ${lambda}`,
    anchor,
    form,
    lambda,
  }));
  const certified = await certifyVariants(engine, network, variants, heldOut, options);
  const radiusOf = (name: string): number => {
    const found = certified.find((variant) => variant.name === name);
    return found?.guarantee === 'unconditional' ? averageCertifiedRadius(found.rows) : 0;
  };
  const candidates = settings.map(({ anchor, form, lambda }, i): Candidate => ({
    ...numbersOf(anchor),
    form: formName(form),
    lambda,
    averageRadius: radiusOf((variants[i] as RepressedVariant).name),
  }));
  const best = candidates.reduce(
    (at, candidate, i) =>
      candidate.averageRadius > (candidates[at] as Candidate).averageRadius ? i : at,
    0,
  );
  const { n0, n, alpha, seed } = options;
  const choice: Choice = {
    chosen: candidates[best] as Candidate,
    candidates,
    plainAverageRadius: radiusOf(PLAIN_OUTPUT),
    images: heldOut.labels.length,
    n0,
    n,
    alpha,
    seed,
  };
  const seen = withSeenImages(calibration, heldOut.images);
  return {
    calibration: { ...seen, choices: [...(calibration.choices ?? []), choice] },
    settings: settings[best] as S,
  };
}
