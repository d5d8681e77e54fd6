import type { Guarantee, RunOptions, Float32Tensor } from '@floatpath/core';
import {
  centerAnchor,
  certifyVariants,
  inputAnchor,
  requireCalibration,
  type Calibration,
  type CertifiedVariant,
  type Variant,
} from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { ExploredModel } from './explored-model.js';

export interface RadiiRequest {
  readonly sigma: number;
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly seed: number;
  /** Deviations for the input anchor at this sigma; without them its row is left out. */
  readonly calibration?: Calibration;
}

/** One row: which guarantee it has decides what its number may be called. */
export interface PointRadius {
  readonly method: 'plain' | 'sc-rfp-input' | 'sc-rfp-center';
  readonly guarantee: Guarantee;
  /** Null where it abstains. */
  readonly label: number | null;
  /** A certified radius where the guarantee is unconditional, a surrogate one where it is conditional; l2, input units. */
  readonly value: number | null;
}

/**
 * Smooths the network around one input with integer Gaussian noise: plain, with the input anchor where it is calibrated, and
 * with the paper's center anchor, all on the same draws. Without paths only the plain row.
 *
 * @throws {FloatpathError} `invalid-argument`, naming the smallest n that works for alpha; `not-calibrated` for a calibration of
 * another model or sigma
 */
export async function pointRadii(
  { engine, network, bounds, refusal, hash: modelHash }: ExploredModel,
  x: Float32Tensor,
  { sigma, calibration, ...plan }: RadiiRequest,
  options: RunOptions = {},
): Promise<PointRadius[]> {
  const variants: Variant[] = [];
  if (refusal === null) {
    if (calibration !== undefined) {
      requireCalibration(calibration, { network, modelHash, sigma });
      const anchor = inputAnchor({ kappa: 0.67, deviations: calibration.deviations });
      variants.push({ name: 'sc-rfp-input', anchor, form: 'path-sum', lambda: 0.5 });
    }
    const anchor = centerAnchor({ tau: 0.05 });
    variants.push({ name: 'sc-rfp-center', anchor, form: 'path-sum', lambda: 0 });
  }
  const noise = integerGaussian({ sigma, bounds });
  const data = { images: x, labels: [0], ids: Uint32Array.of(0) };
  const settings = { noise, ...plan, batchSize: 50, ...options };
  const certified = await certifyVariants(engine, network, variants, data, settings);
  return certified.map(pointRadius);
}

function pointRadius(variant: CertifiedVariant): PointRadius {
  const method = variant.name as PointRadius['method'];
  if (variant.guarantee === 'conditional') {
    const surrogate = variant.rows[0]?.surrogate;
    return surrogate?.kind === 'surrogate'
      ? {
          method,
          guarantee: 'conditional',
          label: surrogate.label,
          value: surrogate.surrogateRadius,
        }
      : { method, guarantee: 'conditional', label: null, value: null };
  }
  const certificate = variant.rows[0]?.certificate;
  return certificate?.kind === 'certified'
    ? { method, guarantee: 'unconditional', label: certificate.label, value: certificate.radius }
    : { method, guarantee: 'unconditional', label: null, value: null };
}
