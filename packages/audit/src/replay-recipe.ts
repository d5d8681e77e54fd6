import { FloatpathError, type Engine, type RunOptions } from '@floatpath/core';
import {
  FRESH_DRAWS,
  replayRefutations,
  requireCalibration,
  type Calibration,
  type RefutationFile,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import { requestedAnchor, requestWords, type AnchorRequest } from './anchor-request.js';
import { openTarget, refutedTarget } from './refute-target.js';
import type { SmoothableModel } from './smoothable.js';

export interface ReplayRequest {
  /** Which repressed network; plain smoothing if left out. */
  readonly repressed?: AnchorRequest;
  readonly noise: Noise;
  /** Of the noise, and of the anchor's draws where it has any; another one than the search had. */
  readonly seed: number;
  readonly batchSize: number;
}

export interface ReplayOutcome {
  /** Per counterexample of the file. */
  readonly again: readonly boolean[];
  readonly lines: readonly string[];
}

/**
 * Asks the deployed classifier again at the counterexamples of a file, on other draws of the noise and of the anchor.
 *
 * @throws {FloatpathError} `invalid-data` for a file of another model, network or calibration; as `replayRefutations`
 */
export async function replayModel(
  engine: Engine,
  { network, hash }: Pick<SmoothableModel, 'network' | 'hash'>,
  file: RefutationFile,
  { repressed, noise, seed, batchSize }: ReplayRequest,
  calibration?: Calibration,
  { signal }: RunOptions = {},
): Promise<ReplayOutcome> {
  if (calibration !== undefined) {
    requireCalibration(calibration, { network, modelHash: hash, sigma: noise.sigma });
  }
  const made = repressed && requestedAnchor(repressed, calibration);
  const { record } = file;
  const now = refutedTarget(made && requestWords(made), hash, calibration);
  for (const key of ['target', 'modelHash', 'calibration'] as const) {
    if (record[key] !== now[key]) {
      throw new FloatpathError(
        'invalid-data',
        `replay: expected refutations with ${key} ${now[key] ?? 'none'}, got ${record[key] ?? 'none'}; give the model and the flags of the search`,
      );
    }
  }
  await using target = await openTarget(engine, network, made, { noise, seed, batchSize });
  const options = { noise, seed, batchSize, ...(signal && { signal }) };
  const again = await replayRefutations(target, file, options);
  const missing = record.rows.filter((_, i) => !again[i]).map(({ image }) => image);
  const { guarantee, arithmetic, n } = record;
  return {
    again,
    lines: [
      `${record.target}: ${again.length - missing.length} of ${again.length} counterexamples hold again (${guarantee}, ${arithmetic})`,
      `  each inside its radius, its label on ${FRESH_DRAWS * n} other draws${guarantee === 'conditional' ? ' and another draw of the anchor' : ''}, seed ${seed}, at level 1e-6`,
      ...(missing.length === 0 ? [] : [`  not again: those of images ${missing.join(', ')}`]),
    ],
  };
}
