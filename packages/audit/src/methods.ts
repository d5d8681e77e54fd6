import {
  calibrationHash,
  guaranteeOf,
  centerAnchor,
  inputAnchor,
  requireCalibration,
  assertDisjoint,
  type Variant,
} from '@floatpath/sc-rfp';
import { FloatpathError, type Arithmetic } from '@floatpath/core';
import { isBatched } from '@floatpath/engine';
import { denoisedMethods } from './denoised-methods.js';
import type { PlannedMethod } from './method-summary.js';
import { isAnalyzable, type PreparedModel } from './prepare.js';
import type { AuditSettings } from './settings.js';

/** Defaults of the rows that need no denoiser: the input anchor's near-neutral setting and the paper's center anchor. */
const INPUT = { kappa: 0.67, lambda: 0.5 } as const;
const CENTER = { tau: 0.05, lambda: 0 } as const;

/** The classifiers that are smoothed for one network, and the repressed variants that make them. */
export interface NetworkMethods {
  readonly planned: readonly PlannedMethod[];
  readonly variants: readonly Variant[];
}

/**
 * Plain smoothing; SC-RFP with the input anchor (where the model is calibrated), with the denoised anchor beside its controls
 * (where the calibration holds a denoiser), with the center anchor.
 *
 * @throws {FloatpathError} `not-calibrated` or `invalid-data` for a calibration of another model, sigma or of audited images
 */
export function planMethods(
  prepared: PreparedModel,
  settings: AuditSettings,
  arithmetic: Arithmetic,
): NetworkMethods {
  const { calibration } = prepared.source;
  const from = calibration === undefined ? '' : `, calibration ${calibrationHash(calibration)}`;
  const center = centerAnchor({ tau: CENTER.tau });
  const refused = refusedStatus(prepared);
  const planned: PlannedMethod[] = [
    {
      method: 'plain',
      guarantee: 'unconditional',
      arithmetic,
      specification: 'plain',
      status: 'done',
    },
    {
      method: 'sc-rfp-input',
      guarantee: 'unconditional',
      arithmetic,
      specification: `input(kappa ${INPUT.kappa}), path-sum, lambda ${INPUT.lambda}${from}`,
      status: refused ?? (calibration === undefined ? 'not-calibrated' : 'done'),
    },
    {
      method: 'sc-rfp-center',
      guarantee: guaranteeOf(center),
      arithmetic,
      specification: `${center.name}, path-sum, lambda ${CENTER.lambda}`,
      status: refused ?? 'done',
    },
  ];
  if (refused !== undefined || !isAnalyzable(prepared)) {
    if (calibration === undefined) return { planned, variants: [] };
    throw new FloatpathError(
      'invalid-argument',
      `audit: expected no calibration for ${prepared.source.label}, whose float paths cannot be repressed; leave it out`,
    );
  }
  const variants: Variant[] = [
    { name: 'sc-rfp-center', anchor: center, form: 'path-sum', lambda: CENTER.lambda },
  ];
  if (calibration !== undefined) {
    const { network, hash: modelHash, images } = prepared;
    requireCalibration(calibration, { network, modelHash, sigma: settings.sigma });
    assertDisjoint(calibration, images);
    const anchor = inputAnchor({ kappa: INPUT.kappa, deviations: calibration.deviations });
    const denoised = denoisedMethods(network, calibration, arithmetic);
    variants.unshift(
      { name: 'sc-rfp-input', anchor, form: 'path-sum', lambda: INPUT.lambda },
      ...denoised.variants,
    );
    planned.splice(-1, 0, ...denoised.planned);
  }
  return { planned, variants };
}

/** Why the float paths of a model cannot be repressed under noise. */
function refusedStatus(
  prepared: PreparedModel,
): 'not-piecewise-linear' | 'one-row-at-a-time' | undefined {
  if (!isAnalyzable(prepared)) return 'not-piecewise-linear';
  return isBatched(prepared.network) ? undefined : 'one-row-at-a-time';
}
