import { float32Tensor, rowsOf, sizeOf, type Engine } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { integerGaussian } from '@floatpath/smoothing';
import type { AuditModel } from './prepare.js';
import type { AuditData, AuditSettings } from './settings.js';
import { analyzedNetwork } from './analyzed-network.js';
import { auditPasses, auditVariants } from './passes.js';
import { secondsPerPass } from './seconds-per-pass.js';

export interface EstimateHost {
  readonly engine: Engine;
  readonly workers: number;
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
}

/**
 * Seconds that an audit will take, to about a factor of 3: the time of a pass of each network, with noise and without, times the
 * passes that the stages need.
 *
 * @returns null where a model has no graph that could be timed
 */
export async function estimateAudit(
  models: readonly AuditModel[],
  data: AuditData,
  settings: AuditSettings,
  { engine, workers, clock }: EstimateHost,
): Promise<number | null> {
  const { sigma, preprocessing, batchSize } = settings;
  const { bounds } = preprocessing;
  const noise = integerGaussian({ sigma, bounds });
  let seconds = 0;
  for (const { model, calibration } of models) {
    if (model.kind === 'opaque') return null;
    const network = analyzedNetwork(model, preprocessing);
    await using classifier = await createClassifier(engine, network, { bounds });
    const rows = Math.min(data.labels.length, batchSize);
    const values = rowsOf(data.images, 0, rows).data;
    if (values.length !== rows * sizeOf(classifier.inputShape)) return null;
    const x = float32Tensor([rows, ...classifier.inputShape], values);
    const timed = { batchSize, clock };
    const { attacked, counted } = auditPasses(
      data.labels.length,
      settings,
      auditVariants(calibration),
    );
    seconds += attacked * (await secondsPerPass(classifier, x, timed));
    seconds += (counted / workers) * (await secondsPerPass(classifier, x, { ...timed, noise }));
  }
  return seconds;
}
