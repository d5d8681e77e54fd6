import { float32Tensor, rowsOf, sizeOf, type Engine } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import type { AuditModel } from './prepare.js';
import type { AuditData, AuditSettings } from './settings.js';
import { analyzedNetwork } from './analyzed-network.js';
import { EXPLAINED, GRADIENT, REPRESSED } from './passes.js';

/** 5 restarts of 40 steps, and 10 steps of 8 draws against the smoothed network. */
const ATTACKED_ROWS = GRADIENT * (5 * 40 + 10 * 8);
/** Plain smoothing, and two repressed networks. */
const SMOOTHED_NETWORKS = 1 + 2 * REPRESSED;

export interface EstimateHost {
  readonly engine: Engine;
  readonly workers: number;
  /** Milliseconds since some fixed moment. */
  readonly clock: () => number;
}

/**
 * Seconds that an audit will take, to about a factor of 3: the time of one batch of each network, times the batches that the
 * stages need.
 *
 * @returns null where a model has no graph that could be timed
 */
export async function estimateAudit(
  models: readonly AuditModel[],
  data: AuditData,
  settings: AuditSettings,
  { engine, workers, clock }: EstimateHost,
): Promise<number | null> {
  const { n0, n, preprocessing, batchSize } = settings;
  const images = data.labels.length;
  let milliseconds = 0;
  for (const { model } of models) {
    if (model.kind === 'opaque') return null;
    const network = analyzedNetwork(model, preprocessing);
    const { bounds } = preprocessing;
    await using classifier = await createClassifier(engine, network, { bounds });
    const rows = Math.min(images, batchSize);
    const values = rowsOf(data.images, 0, rows).data;
    const fits = values.length === rows * sizeOf(classifier.inputShape);
    if (!fits) return null;
    const x = float32Tensor([rows, ...classifier.inputShape], values);
    // The first run sets up the session.
    await classifier.logits(x);
    const begun = clock();
    await classifier.logits(x);
    const perRow = (clock() - begun) / rows;
    const counted = (SMOOTHED_NETWORKS * (n0 + n)) / workers;
    milliseconds += images * perRow * (ATTACKED_ROWS + EXPLAINED + counted);
  }
  return milliseconds / 1000;
}
