import { defaultPreprocessing, defaults, FloatpathError } from '@floatpath/core';
import {
  assertDisjoint,
  certifyVariants,
  requireCalibration,
  type Variant,
} from '@floatpath/sc-rfp';
import { integerGaussian, type Noise } from '@floatpath/smoothing';
import { rowsOf } from '@floatpath/core';
import { audit, type AuditHost } from '../audit.js';
import { inProcessCounting } from '../counting.js';
import type { AuditModel } from '../prepare.js';
import type { Report } from '../report.js';
import { labelDraws, type AuditData, type AuditSettings } from '../settings.js';
import { smoothableModel } from '../smoothable.js';
import { reproducedClaims } from './claims.js';
import { reproducedDiagnosis } from './diagnosis.js';
import { floatFractions } from './float-fractions.js';
import { reproducedMethods } from './radii.js';
import { reproducedRefutations } from './refutations.js';
import type { ReproducedNetwork, Reproduction } from './reproduction.js';
import {
  FRACTION_SIGMAS,
  REPRODUCED_EPSILON,
  REPRODUCED_SIGMA,
  reproductionSizes,
  type ReproductionSize,
  type ReproductionSizeName,
} from './sizes.js';
import { reproducedVariants } from './variants.js';

export interface ReproductionSettings {
  readonly size: ReproductionSizeName;
  readonly seed: number;
  readonly batchSize: number;
}

/**
 * The paper's experiment on small networks: float fractions; failures diagnosed, and what smoothing corrects of each kind; radii
 * of every anchor beside plain smoothing and the denoiser's controls, on the same draws; attacks inside the radii.
 *
 * @param models - each with a calibration at sigma .25 that holds selections and a convolutional denoiser
 * @param data - at least as many images as the size says; the first of them are used
 * @throws {FloatpathError} `not-calibrated`; `invalid-data` for images that a calibration has seen or too few of them; as `audit`
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path
 */
export async function reproduce(
  models: readonly AuditModel[],
  data: AuditData,
  { size: name, seed, batchSize }: ReproductionSettings,
  host: Pick<AuditHost, 'engine' | 'version' | 'signal' | 'onProgress'>,
): Promise<Reproduction> {
  const size: ReproductionSize = reproductionSizes[name];
  const images = firstImages(data, size.images);
  const { n0, alpha } = defaults;
  const settings: AuditSettings = {
    seed,
    norm: 'l2',
    epsilon: REPRODUCED_EPSILON,
    sigma: REPRODUCED_SIGMA,
    // The audit is asked for failures and their repair only; radii come from draws that all variants share.
    n0: 1,
    n: labelDraws(alpha),
    alpha,
    preprocessing: defaultPreprocessing,
    allowInaccurate: false,
    batchSize,
  };
  await using counting = inProcessCounting(host.engine);
  const report = await audit(models, images, settings, { ...host, counting });
  const networks: ReproducedNetwork[] = [];
  for (const [i, model] of models.entries()) {
    networks.push(
      await reproduceNetwork(
        model,
        images,
        report,
        i,
        { ...size, ...settings, n0, n: size.n },
        host,
      ),
    );
  }
  return {
    schema: 'floatpath/reproduction@1',
    version: host.version,
    engine: host.engine.name,
    data: images.name,
    size: name,
    seed,
    sigma: settings.sigma,
    epsilon: settings.epsilon,
    images: size.images,
    ...{ n0, n: size.n, alpha },
    networks,
    claims: reproducedClaims(networks),
  };
}

function firstImages(data: AuditData, count: number): AuditData {
  const [rows = 0] = data.images.shape;
  if (rows < count) {
    throw new FloatpathError(
      'invalid-data',
      `reproduce: expected at least ${count} images, got ${rows}; choose a smaller size`,
    );
  }
  return {
    ...data,
    images: rowsOf(data.images, 0, count),
    labels: data.labels.slice(0, count),
    ids: data.ids.slice(0, count),
  };
}

async function reproduceNetwork(
  { label, model, calibration }: AuditModel,
  data: AuditData,
  report: Report,
  index: number,
  settings: Omit<ReproductionSize, 'images'> & AuditSettings,
  host: Pick<AuditHost, 'engine' | 'signal' | 'onProgress'>,
): Promise<ReproducedNetwork> {
  const { engine, signal, onProgress } = host;
  const run = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  const { preprocessing, sigma, seed, batchSize, n0, n, alpha } = settings;
  const { bounds } = preprocessing;
  const ready = await smoothableModel(model, data, preprocessing, engine);
  const { network, hash } = ready;
  if (calibration === undefined) {
    throw new FloatpathError(
      'not-calibrated',
      `reproduce: expected a calibration of ${label} at sigma ${sigma}, got none; make one with floatpath calibrate`,
    );
  }
  requireCalibration(calibration, { network, modelHash: hash, sigma });
  assertDisjoint(calibration, ready.images);
  const labelled = { images: ready.images, labels: data.labels, ids: data.ids };
  const few = {
    images: rowsOf(ready.images, 0, settings.fractionImages),
    ids: data.ids.slice(0, settings.fractionImages),
  };
  const common = { seed, batchSize, bounds, ...run };
  const fractions = await floatFractions(engine, network, few, {
    ...common,
    sigmas: FRACTION_SIGMAS,
  });

  const variants = reproducedVariants(network, calibration);
  const noise: Noise = integerGaussian({ sigma, bounds });
  const counted = { ...run, noise, n0, n, alpha, seed, batchSize };
  const certified = await certifyVariants(
    engine,
    network,
    variants.map(({ name, made, network: control }): Variant =>
      made === undefined ? { name, network: control ?? network } : { name, ...made },
    ),
    labelled,
    counted,
  );
  const refutations = await reproducedRefutations(engine, network, certified, variants, labelled, {
    ...common,
    ...{ noise, n, alpha },
    ...{ steps: settings.steps, surrogates: settings.surrogates },
    certificates: settings.certificates,
  });
  const id = report.networks[index]?.id;
  return {
    label,
    hash,
    ...fractions,
    diagnosis: reproducedDiagnosis(report.rows.filter((row) => row.network === id)),
    ...reproducedMethods(certified, variants, seed),
    refutations,
  };
}
