import type { Bounds, Classifier, Engine, Network } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import {
  calibrationHash,
  createCenteredClassifier,
  scRfp,
  type Anchor,
  type Calibration,
  type CenteredClassifier,
  type RefutedTarget,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import type { RequestedNetwork } from './anchor-request.js';

export interface TargetOptions {
  readonly noise: Noise;
  /** Of an anchor's draws. */
  readonly seed: number;
  readonly batchSize: number;
}

export const boundsOf = (noise: Noise): Bounds =>
  noise.arithmetic === 'grid' ? noise.bounds : [0, 1];

/** What is deployed, and so attacked: plain, repressed, or anchored anew at every input where the anchor is at the center. */
export async function openTarget(
  engine: Engine,
  network: Network,
  made: RequestedNetwork<Anchor> | undefined,
  { noise, seed, batchSize }: TargetOptions,
): Promise<(Classifier | CenteredClassifier) & AsyncDisposable> {
  const bounds = boundsOf(noise);
  if (made === undefined) return createClassifier(engine, network, { bounds });
  const { anchor } = made;
  if ('observe' in anchor) {
    const centered = { ...made, anchor, bounds, noise, seed, batchSize };
    return createCenteredClassifier(engine, network, centered);
  }
  return createClassifier(engine, scRfp(network, { ...made, anchor }), { bounds });
}

/** What claims speak of, as their refutations name it. */
export const refutedTarget = (
  words: string | undefined,
  modelHash: string,
  calibration: Calibration | undefined,
): RefutedTarget => ({
  target: words ?? 'plain',
  modelHash,
  calibration: calibration === undefined ? null : calibrationHash(calibration),
});
