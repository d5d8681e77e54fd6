import type { Engine, Feeds, Float32Tensor, Guarantee, Network } from '@floatpath/core';
import {
  assertDisjoint,
  calibrationHash,
  guaranteeOf,
  lambdaOutput,
  repressFloatPaths,
  requireCalibration,
  scRfp,
  type AnchorObserver,
  type Calibration,
} from '@floatpath/sc-rfp';
import type { Noise } from '@floatpath/smoothing';
import { requestedAnchor, requestWords, type AnchorRequest } from './anchor-request.js';
import type { OpenCounter } from './counting.js';
import type { SmoothableModel } from './smoothable.js';

/** The network whose labels a counts file holds, and what its head says of it. */
export interface CountTarget {
  readonly network: Network;
  readonly method: string;
  readonly guarantee: Guarantee;
  /** Values of the network's further inputs at an image, where it is another one at every image. */
  readonly feedsAt?: AnchorObserver['feedsAt'];
}

export interface CountTargetOptions {
  readonly noise: Noise;
  readonly seed: number;
  readonly batchSize: number;
  /** The images that will be reported on; no calibration may have seen them. */
  readonly images: Float32Tensor;
  readonly calibration?: Calibration;
}

/**
 * A repressed network to be counted like any other. With an anchor at the center the counts are those of the network frozen at
 * each image: their radii are surrogate ones.
 *
 * @throws {FloatpathError} `not-calibrated`, `invalid-data` for reported images that the calibration has seen, `invalid-argument`
 * for a lambda outside [0, 1] (unless extrapolated) or a network without gates, `not-piecewise-linear`
 */
export async function repressedTarget(
  engine: Engine,
  { network, hash }: Pick<SmoothableModel, 'network' | 'hash'>,
  request: AnchorRequest,
  { calibration, images, ...observed }: CountTargetOptions,
): Promise<CountTarget & AsyncDisposable> {
  if (calibration !== undefined) {
    requireCalibration(calibration, { network, modelHash: hash, sigma: observed.noise.sigma });
    assertDisjoint(calibration, images);
  }
  const made = requestedAnchor(request, calibration);
  const { anchor, lambda } = made;
  const from = calibration === undefined ? '' : `, calibration ${calibrationHash(calibration)}`;
  const said = { method: `${requestWords(made)}${from}`, guarantee: guaranteeOf(anchor) };
  if (!('observe' in anchor)) {
    return {
      ...said,
      network: scRfp(network, { ...made, anchor }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const { partition } = anchor;
  const frozen = repressFloatPaths(network, { ...made, partition, lambdas: [lambda] });
  const observer = await anchor.observe(engine, network, observed);
  return {
    ...said,
    network: { ...frozen, outputs: frozen.outputs.filter((o) => o.name === lambdaOutput(lambda)) },
    // Lambda 1 is the plain network: no partition, no inputs.
    feedsAt: (x, image, run) =>
      lambda === 1 ? Promise.resolve({}) : observer.feedsAt(x, image, run),
    [Symbol.asyncDispose]: () => observer[Symbol.asyncDispose](),
  };
}

/** More images than any number of workers looks at between two draws of one of them. */
const KEPT = 256;

/** `open` with the feeds of each image, found once for all its draws. */
export function frozenCounter(
  open: OpenCounter,
  feedsAt: AnchorObserver['feedsAt'],
): Pick<OpenCounter, 'count'> {
  const known = new Map<number, { readonly x: Float32Tensor; readonly feeds: Promise<Feeds> }>();
  return {
    async count(request) {
      const { x, image, signal } = request;
      let found = known.get(image);
      // Images that share their noise share its key, too: what was found holds for the same pixels only.
      if (found?.x.data !== x.data) {
        found = { x, feeds: feedsAt(x, image, signal ? { signal } : {}) };
        known.delete(image);
        known.set(image, found);
        for (const old of known.keys()) if (known.size > KEPT) known.delete(old);
      }
      return open.count({ ...request, feeds: [await found.feeds] });
    },
  };
}
