import {
  ballRegion,
  bracketOf,
  createObserver,
  prepareBounds,
  proveFixed,
  proveRegion,
  sampleFlips,
  type Analysis,
  type Ball,
  type BoundMethod,
  type GateBracket,
  type Observer,
  type PreparedBounds,
  type Proof,
  type Sampling,
} from '@floatpath/activation-patterns';
import {
  requireArgument,
  rowsOf,
  type Bounds,
  type Engine,
  type Float32Tensor,
  type Norm,
  type RunOptions,
} from '@floatpath/core';
import { requirePixels } from './settings.js';

/** How fixed and float units are told apart: by draws, by bounds, or by both where several are named. */
export type StabilityEvidence = 'sampled' | BoundMethod;

export interface StabilityRequest {
  readonly norm: Norm;
  readonly epsilons: readonly number[];
  readonly bounds: Bounds;
  readonly evidence: readonly StabilityEvidence[];
  /** Of `sampled`. */
  readonly draws: number;
  readonly alpha: number;
  readonly seed: number;
  readonly batchSize: number;
}

/** One image and one radius. */
export interface StabilityRow {
  readonly image: number;
  readonly epsilon: number;
  /** The strongest bounds asked for; null without any. */
  readonly proof: BoundMethod | null;
  /** Draws from the ball; null without any. */
  readonly draws: number | null;
  /**
   * With probability at least 1 - alpha over the draws, every unit of this row not seen to flip does so with at most this
   * chance per draw; null without draws.
   */
  readonly unseenChance: number | null;
  readonly gates: readonly GateBracket[];
}

/**
 * How many units of every gate are fixed on a ball around each image: at least those proved, at most those not seen to
 * flip.
 *
 * @param images - in the network's input shape; @param ids - their identities, for the draws' streams
 * @throws {FloatpathError} `invalid-data`, naming the image, for one outside the input bounds; `invalid-argument`
 */
export async function* stabilityRows(
  engine: Engine,
  analysis: Analysis,
  data: { readonly images: Float32Tensor; readonly ids: Uint32Array },
  request: StabilityRequest,
  run: RunOptions = {},
): AsyncGenerator<StabilityRow> {
  const { epsilons, evidence, norm, bounds } = request;
  requirePixels(data, bounds, 'stability');
  requireArgument(
    evidence.length > 0 && epsilons.length > 0,
    'stability: expected at least one evidence and one epsilon, got none',
  );
  const method = strongest(evidence);
  const prepared = method === null || method === 'interval' ? undefined : prepareBounds(analysis);
  await using observer = evidence.includes('sampled')
    ? await createObserver(engine, analysis)
    : noObserver;
  const total = data.ids.length * epsilons.length;
  let done = 0;
  for (const [row, image] of data.ids.entries()) {
    const x = rowsOf(data.images, row, row + 1);
    for (const epsilon of epsilons) {
      run.signal?.throwIfAborted();
      const ball: Ball = { norm, radius: epsilon, bounds };
      const proof =
        method === null ? undefined : proved(analysis, prepared, x, ball, method, run.signal);
      const sampling = await sampled(analysis, observer, x, ball, request, image, run.signal);
      done += 1;
      run.onProgress?.({ stage: 'stability', done, total });
      yield {
        image,
        epsilon,
        proof: method,
        draws: sampling?.draws ?? null,
        unseenChance: sampling?.unseenChance ?? null,
        gates: bracketOf(analysis.layout, {
          ...(proof && { proof }),
          ...(sampling && { sampling }),
        }),
      };
      // Bounds are synchronous: let timers and signals through between balls.
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
    }
  }
}

const order: readonly BoundMethod[] = ['interval', 'crown', 'alpha-crown'];

function strongest(evidence: readonly StabilityEvidence[]): BoundMethod | null {
  return order.findLast((method) => evidence.includes(method)) ?? null;
}

const noObserver = {
  observe: null,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function proved(
  analysis: Analysis,
  prepared: PreparedBounds | undefined,
  x: Float32Tensor,
  ball: Ball,
  method: BoundMethod,
  signal: AbortSignal | undefined,
): Proof {
  if (prepared === undefined) return proveFixed(analysis, x, ball);
  return proveRegion(prepared, ballRegion(analysis, x, ball), {
    method,
    ...(signal && { signal }),
  });
}

async function sampled(
  analysis: Analysis,
  observer: Observer | typeof noObserver,
  x: Float32Tensor,
  ball: Ball,
  { draws, alpha, seed, batchSize }: StabilityRequest,
  image: number,
  signal: AbortSignal | undefined,
): Promise<Sampling | undefined> {
  if (observer.observe === null) return undefined;
  return sampleFlips(analysis, observer, x, ball, {
    ...{ draws, alpha, seed, image, batchSize, purpose: 'calibration' },
    ...(signal && { signal }),
  });
}
