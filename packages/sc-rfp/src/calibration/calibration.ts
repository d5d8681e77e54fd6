import {
  FloatpathError,
  type Arithmetic,
  type fileSchema,
  type Float32Tensor,
} from '@floatpath/core';
import type { Network } from '@floatpath/core';
import { foldConstants, gatesOf } from '@floatpath/engine';
import { requireDenoiser, type Denoiser } from '../denoise/denoiser.js';
import { wienerDenoiser, type WienerOptions } from '../denoise/wiener.js';
import type { Choice } from './choice.js';
import { imageFingerprints } from './fingerprint.js';
import type { SelectionStatistics } from './selections.js';

/**
 * What SC-RFP knows about a network beforehand, all of it from images that are not reported on: how far every unit's
 * pre-activation moves under the noise, how often it changes its selection, denoisers, and settings chosen on held-out images.
 */
export interface Calibration {
  readonly schema: typeof fileSchema.calibration;
  /** The model that was measured: sha256 of file and preprocessing. */
  readonly modelHash: string;
  /** In input units. */
  readonly sigma: number;
  readonly arithmetic: Arithmetic;
  /** Number of calibration images. */
  readonly images: number;
  /** Noise vectors per image. */
  readonly draws: number;
  readonly seed: number;
  /** Sorted; one per distinct image that anything in here was measured, estimated or chosen on. */
  readonly fingerprints: readonly string[];
  /** Per gate node name, one s_u per unit, row-major. */
  readonly deviations: ReadonlyMap<string, Float32Array>;
  /** What `measureSelections` found; absent in files made without labels. */
  readonly selections?: SelectionStatistics;
  /** Linear denoisers for this sigma, at most one per kind. */
  readonly denoisers?: readonly Denoiser[];
  /** Settings chosen on held-out images, oldest first. */
  readonly choices?: readonly Choice[];
}

/** What a calibration is going to be used for. */
export interface CalibrationUse {
  readonly network: Network;
  readonly modelHash: string;
  readonly sigma: number;
}

/**
 * Checks that a calibration belongs to this model, this sigma and these gates.
 *
 * @throws {FloatpathError} `not-calibrated` for another model or sigma; `invalid-data` if its gates are not the network's
 */
export function requireCalibration(calibration: Calibration, use: CalibrationUse): void {
  if (calibration.modelHash !== use.modelHash) {
    throw new FloatpathError(
      'not-calibrated',
      `requireCalibration: expected a calibration of model ${use.modelHash}, got one of ${calibration.modelHash}; calibrate this model`,
    );
  }
  if (calibration.sigma !== use.sigma) {
    throw new FloatpathError(
      'not-calibrated',
      `requireCalibration: expected a calibration at sigma ${use.sigma}, got sigma ${calibration.sigma}; calibrate at this sigma`,
    );
  }
  const units = new Map(
    gatesOf(foldConstants(use.network)).map((gate) => [gate.node.name, gate.units]),
  );
  const { deviations, selections, denoisers = [] } = calibration;
  requireUnits('deviations', deviations, units);
  if (selections !== undefined) {
    requireUnits('frequencies', selections.minority, units);
    requireUnits('mean outputs', selections.outputs, units);
    for (const template of selections.templates) requireUnits('frequencies', template, units);
  }
  for (const denoiser of denoisers) requireDenoiser(denoiser, use);
}

function requireUnits(
  what: string,
  given: ReadonlyMap<string, Float32Array>,
  units: ReadonlyMap<string, number>,
): void {
  for (const [gate, values] of given) {
    if (units.get(gate) !== values.length) {
      throw new FloatpathError(
        'invalid-data',
        `requireCalibration: expected ${units.get(gate) ?? 'no'} units at gate "${gate}", got ${values.length} ${what}; calibrate this model again`,
      );
    }
  }
  for (const gate of units.keys()) {
    if (!given.has(gate)) {
      throw new FloatpathError(
        'invalid-data',
        `requireCalibration: expected ${what} of gate "${gate}", got none; calibrate this model again`,
      );
    }
  }
}

/**
 * Refuses to report on an image that the calibration has seen.
 *
 * @throws {FloatpathError} `invalid-data` with the number of shared images
 */
export function assertDisjoint(calibration: Calibration, reported: Float32Tensor): void {
  const seen = new Set(calibration.fingerprints);
  const prints = imageFingerprints(reported);
  const shared = prints.filter((print) => seen.has(print)).length;
  if (shared > 0) {
    throw new FloatpathError(
      'invalid-data',
      `assertDisjoint: expected reported images that the calibration has not seen, got ${shared} of ${prints.length} shared; report on images that it has not seen, or calibrate on others`,
    );
  }
}

/** The calibration with `images` among those that are not to be reported on. */
export function withSeenImages(calibration: Calibration, images: Float32Tensor): Calibration {
  const fingerprints = new Set([...calibration.fingerprints, ...imageFingerprints(images)]);
  return { ...calibration, fingerprints: [...fingerprints].sort() };
}

/**
 * The calibration with a Wiener denoiser for its sigma, estimated from `images`, in place of one of the same kind.
 *
 * @param images - clean training images `[rows, ...]`
 * @throws {FloatpathError} as `wienerDenoiser`
 */
export function withDenoiser(
  calibration: Calibration,
  images: Float32Tensor,
  kind: WienerOptions['kind'],
): Calibration {
  const made = wienerDenoiser(images, { kind, sigma: calibration.sigma });
  const others = calibration.denoisers?.filter((other) => other.kind !== kind) ?? [];
  return { ...withSeenImages(calibration, images), denoisers: [...others, made] };
}

/** @throws {FloatpathError} `not-calibrated` if the calibration has no denoiser of this kind */
export function denoiserIn(calibration: Calibration, kind: Denoiser['kind']): Denoiser {
  const found = calibration.denoisers?.find((denoiser) => denoiser.kind === kind);
  if (found === undefined) {
    throw new FloatpathError(
      'not-calibrated',
      `denoiserIn: expected a calibration with a ${kind} denoiser, got ${calibration.denoisers?.map((d) => d.kind).join(', ') || 'none'}; calibrate with --anchor denoised --denoiser ${kind}`,
    );
  }
  return found;
}

/** @throws {FloatpathError} `not-calibrated` if the calibration was made without selections */
export function selectionsIn(calibration: Calibration): SelectionStatistics {
  if (calibration.selections !== undefined) return calibration.selections;
  throw new FloatpathError(
    'not-calibrated',
    'selectionsIn: expected a calibration with selections, got one without; calibrate with --anchor global or --form expectation',
  );
}
