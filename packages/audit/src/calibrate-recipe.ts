import { requireArgument, rowsOf, type Engine, type RunOptions } from '@floatpath/core';
import {
  calibrateDeviations,
  chooseSettings,
  measureSelections,
  withDenoiser,
  type Calibration,
  type Candidate,
  type DenoiserKind,
  type LabelledImages,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import { requestedAnchor, type AnchorRequest } from './anchor-request.js';
import type { SmoothableModel } from './smoothable.js';

export interface CalibrateRequest {
  /** What the calibration is for: `input` needs deviations alone. */
  readonly anchor: 'input' | 'global' | 'denoised';
  readonly form: AnchorRequest['form'];
  readonly noise: Noise;
  /** Noise vectors per image. */
  readonly draws: number;
  readonly denoiser: DenoiserKind;
  /** The last so many images choose kappa and lambda; none are chosen for 0. */
  readonly heldOut: number;
  readonly kappas: readonly number[];
  readonly lambdas: readonly number[];
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  readonly batchSize: number;
}

/** Images on which units are measured; more move the deviations by little. */
export const MEASURED = 150;

/**
 * Calibrates a model: deviations on the first images, what the anchor needs besides from all that are not held out, and settings
 * chosen on the held-out ones. None of the images may be reported on later.
 *
 * @param data - training or held-out images in the network's input shape
 * @throws {FloatpathError} `invalid-argument` where no image is left to measure on; as the steps
 */
export async function calibrateModel(
  engine: Engine,
  { network, hash }: Pick<SmoothableModel, 'network' | 'hash'>,
  data: LabelledImages & { readonly labels: Int32Array },
  request: CalibrateRequest,
  run: RunOptions = {},
): Promise<Calibration> {
  const { anchor, form, noise, draws, heldOut, seed, batchSize } = request;
  const rows = data.ids.length;
  const training = rows - heldOut;
  requireArgument(
    training >= 1,
    `calibrate: expected more than ${heldOut} images, got ${rows}; some must be left to measure on`,
  );
  const measured = Math.min(training, MEASURED);
  const options = { ...run, noise, draws, seed, batchSize };
  const images = rowsOf(data.images, 0, measured);
  let calibration = await calibrateDeviations(engine, network, images, {
    ...options,
    modelHash: hash,
  });
  if (anchor === 'global' || form === 'expectation') {
    const labels = data.labels.slice(0, measured);
    const selections = await measureSelections(engine, network, images, labels, options);
    calibration = { ...calibration, selections };
  }
  if (anchor === 'denoised') {
    calibration = withDenoiser(calibration, rowsOf(data.images, 0, training), request.denoiser);
  }
  if (heldOut === 0) return calibration;
  const candidates = request.kappas.flatMap((kappa) =>
    request.lambdas.map((lambda) => ({
      ...requestedAnchor(
        { anchor, form, lambda, kappa, q: kappa, denoiser: request.denoiser },
        calibration,
      ),
      lambda,
    })),
  );
  const rest = {
    images: rowsOf(data.images, training, rows),
    labels: data.labels.slice(training),
    ids: data.ids.slice(training),
  };
  const { n0, n, alpha } = request;
  const counted = { ...run, noise, n0, n, alpha, seed, batchSize };
  const chosen = await chooseSettings(engine, network, calibration, candidates, rest, counted);
  return chosen.calibration;
}

const settingWords = ({ anchor, denoiser, kappa, q, form, lambda }: Candidate): string =>
  [
    `${anchor}(${[denoiser, kappa !== undefined && `kappa ${kappa}`, q !== undefined && `q ${q}`].filter(Boolean).join(', ')})`,
    form,
    `lambda ${lambda}`,
  ].join(', ');

/** What a calibration holds, as lines. */
export function calibrationLines(calibration: Calibration): readonly string[] {
  const {
    sigma,
    images,
    draws,
    deviations,
    selections,
    denoisers = [],
    choices = [],
  } = calibration;
  const units = [...deviations.values()].reduce((sum, { length }) => sum + length, 0);
  return [
    `deviations of ${units} units at sigma ${sigma}: ${images} images, ${draws} draws each`,
    ...(selections ? [`selections and mean outputs, ${selections.templates.length} classes`] : []),
    ...denoisers.map(({ kind, imageShape }) => `${kind} denoiser for [${imageShape.join(', ')}]`),
    ...choices.flatMap(({ chosen, candidates, plainAverageRadius, images: heldOut, n }) => [
      `chosen on ${heldOut} held-out images at n ${n}: ${settingWords(chosen)}`,
      `  plain: average radius ${plainAverageRadius.toFixed(4)}`,
      ...candidates.map(
        (candidate) => `  ${settingWords(candidate)}: ${candidate.averageRadius.toFixed(4)}`,
      ),
    ]),
    `${calibration.fingerprints.length} images are in here and cannot be reported on`,
  ];
}
