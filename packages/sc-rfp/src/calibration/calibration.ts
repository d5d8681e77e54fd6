import {
  FloatpathError,
  type Arithmetic,
  type fileSchema,
  type Float32Tensor,
} from '@floatpath/core';
import type { Network } from '@floatpath/core';
import { foldConstants, gatesOf } from '@floatpath/engine';
import { imageFingerprints } from './fingerprint.js';

/** How far every unit's pre-activation moves under the noise, measured on images that are not reported on. */
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
  /** Sorted; one per distinct calibration image. */
  readonly fingerprints: readonly string[];
  /** Per gate node name, one s_u per unit, row-major. */
  readonly deviations: ReadonlyMap<string, Float32Array>;
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
  for (const [gate, values] of calibration.deviations) {
    if (units.get(gate) !== values.length) {
      throw new FloatpathError(
        'invalid-data',
        `requireCalibration: expected ${units.get(gate) ?? 'no'} units at gate "${gate}", got ${values.length}; calibrate this model again`,
      );
    }
  }
  for (const gate of units.keys()) {
    if (!calibration.deviations.has(gate)) {
      throw new FloatpathError(
        'invalid-data',
        `requireCalibration: expected deviations of gate "${gate}", got none; calibrate this model again`,
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
      `assertDisjoint: expected reported images that the calibration has not seen, got ${shared} of ${prints.length} shared; calibrate on training images`,
    );
  }
}
