import {
  FloatpathError,
  type Bounds,
  type Engine,
  type Feeds,
  type Float32Tensor,
  type LabelCounter,
  type Network,
} from '@floatpath/core';
import {
  createFixedPointCounter,
  createLabelCounter,
  type EngineLabelCounter,
} from '@floatpath/engine';
import { countDraws, noiseOf, sharedDraws, type NoiseSpec } from '@floatpath/smoothing';

export { noiseOf, type NoiseSpec } from '@floatpath/smoothing';

/** Who counts labels under noise: this thread, or workers. Results do not depend on it. */
export interface Counting extends AsyncDisposable {
  /** How many requests it works on at once. */
  readonly parallel: number;
  /**
   * Loads networks that will be counted on the same draws. Every output of every network is one classifier with
   * logits `[batch, classes]`.
   */
  open(networks: readonly Network[], options: CountingOptions): Promise<OpenCounter>;
}

export interface CountingOptions {
  readonly bounds: Bounds;
  readonly noise: NoiseSpec;
  /** `shared`: requests have the same `image`, and the draws made first are kept for the next one. `per-image` unless given. */
  readonly sharing?: 'per-image' | 'shared';
  /**
   * `fixed-point`: f has its first layer in fixed point, and what it makes of shared draws is computed once; for noise on the
   * grid and networks of one output. `float32` unless given: f is the network.
   */
  readonly firstLayer?: FirstLayer;
}

export type FirstLayer = 'float32' | 'fixed-point';

/** `method` of counts of a network whose first layer is in fixed point. */
export const FIXED_POINT_METHOD = 'plain, first layer in fixed point';

export interface OpenCounter extends AsyncDisposable {
  count(request: CountRequest): Promise<CountedDraws>;
}

export interface CountRequest {
  /** One input `[1, ...]`. */
  readonly x: Float32Tensor;
  readonly image: number;
  readonly seed: number;
  readonly purpose: 'selection' | 'estimation';
  /** Number of the first draw; ranges of draws add up. 0 unless given. */
  readonly from?: number;
  readonly n: number;
  readonly batchSize: number;
  /** Per network, values of its further inputs (masks of this image). */
  readonly feeds?: readonly Feeds[];
  readonly signal?: AbortSignal;
}

export interface CountedDraws {
  /** `counts[network][output][class]`. */
  readonly counts: readonly (readonly Uint32Array[])[];
  readonly n: number;
  /** Draws within the rounding slack of the integer sampler; they are in no count. */
  readonly rejected: number;
}

/** Counts in this thread. */
export function inProcessCounting(engine: Engine): Counting {
  return {
    parallel: 1,
    async open(networks, { bounds, noise: spec, sharing, firstLayer = 'float32' }) {
      const drawn = noiseOf(spec, bounds);
      const noise = sharing === 'shared' ? sharedDraws(drawn) : drawn;
      const counters: (LabelCounter & AsyncDisposable & Partial<EngineLabelCounter>)[] = [];
      for (const network of networks) {
        counters.push(
          firstLayer === 'fixed-point'
            ? createFixedPointCounter(engine, network, { bounds })
            : await createLabelCounter(engine, network, { bounds, arithmetic: noise.arithmetic }),
        );
      }
      return {
        async count({ feeds, x, signal, ...request }) {
          const joined = joinCounters(
            counters.map((counter, i) =>
              feeds?.[i] && counter.withFeeds ? counter.withFeeds(feeds[i]) : counter,
            ),
          );
          const { counts, n, rejected } = await countDraws(joined, x, {
            ...request,
            noise,
            ...(signal ? { signal } : {}),
          });
          let at = 0;
          return {
            counts: counters.map((counter) => counts.slice(at, (at += counter.names.length))),
            n,
            rejected,
          };
        },
        async [Symbol.asyncDispose]() {
          for (const counter of counters) await counter[Symbol.asyncDispose]();
        },
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Several counters as one, all fed the same noise rows. */
function joinCounters(counters: readonly LabelCounter[]): LabelCounter {
  const [first] = counters;
  if (first === undefined) {
    throw new FloatpathError('invalid-argument', 'open: expected at least one network, got none');
  }
  return {
    names: counters.flatMap((counter, i) => counter.names.map((name) => `${i}/${name}`)),
    classes: first.classes,
    async countLabels(x, noise) {
      const counts: Uint32Array[] = [];
      for (const counter of counters) counts.push(...(await counter.countLabels(x, noise)));
      return counts;
    },
  };
}
