import {
  ballRegion,
  bracketOf,
  createObserver,
  proveFixed,
  proveRegion,
  sampleFlips,
  type Ball,
  type BoundMethod,
  type GateBracket,
} from '@floatpath/activation-patterns';
import type { Float32Tensor, Norm, RunOptions } from '@floatpath/core';
import { floatInput } from '@floatpath/path-decomp';
import { centerAnchor } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { ExploredModel } from './explored-model.js';

/** A neighborhood of an input: a ball, or Gaussian noise. */
export type Around =
  | { readonly kind: 'ball'; readonly norm: Norm; readonly epsilon: number }
  | { readonly kind: 'noise'; readonly sigma: number; readonly tau: number };

/** Fixed and float units, gate by gate. */
export interface NeuronsAround {
  /** What proved the fixed ones: the bounds of `floatpath stability`, or cheaper ones; null under noise. */
  readonly proof: BoundMethod | null;
  /**
   * In a ball `fixed` are proved and `float` seen to switch; under noise they are tau-fixed and tau-float and nothing is
   * undecided.
   */
  readonly gates: readonly GateBracket[];
}

const DRAWS = 128;
const NOISE_DRAWS = 200;
const ALPHA = 0.001;

/**
 * Fixed and float units around an input: proved and sampled in a ball, with the draws of `floatpath stability --draws 128`;
 * tau-fixed and tau-float under noise.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, `invalid-argument`
 */
export async function neuronsAround(
  model: ExploredModel,
  x: Float32Tensor,
  around: Around,
  options: RunOptions = {},
): Promise<NeuronsAround> {
  return around.kind === 'ball'
    ? inBall(model, x, around, options)
    : underNoise(model, x, around, options);
}

async function inBall(
  model: ExploredModel,
  x: Float32Tensor,
  { norm, epsilon }: Extract<Around, { kind: 'ball' }>,
  options: RunOptions,
): Promise<NeuronsAround> {
  const { analysis, bounds } = await model.paths();
  const ball: Ball = { norm, radius: epsilon, bounds: model.bounds };
  const prepared = bounds();
  const proof =
    prepared === null
      ? proveFixed(analysis, x, ball)
      : proveRegion(prepared, ballRegion(analysis, x, ball), { method: 'crown' });
  await using observer = await createObserver(model.engine, analysis);
  const sampling = await sampleFlips(analysis, observer, x, ball, {
    ...options,
    ...{ draws: DRAWS, alpha: ALPHA, seed: 0, image: 0, purpose: 'calibration', batchSize: 32 },
  });
  return {
    proof: prepared === null ? 'interval' : 'crown',
    gates: bracketOf(analysis.layout, { proof, sampling }),
  };
}

async function underNoise(
  model: ExploredModel,
  x: Float32Tensor,
  { sigma, tau }: Extract<Around, { kind: 'noise' }>,
  options: RunOptions,
): Promise<NeuronsAround> {
  const { analysis } = await model.paths();
  const noise = integerGaussian({ sigma, bounds: model.bounds });
  const anchor = centerAnchor({ tau, draws: NOISE_DRAWS });
  const settings = { noise, seed: 0, batchSize: 50 };
  await using observer = await anchor.observe(model.engine, model.network, settings);
  const feeds = await observer.feedsAt(x, 0, options);
  const gates = analysis.gates.map((gate): GateBracket => {
    const mask = feeds[floatInput(gate)];
    const float = mask?.dtype === 'bool' ? mask.data.reduce((sum, mark) => sum + mark, 0) : 0;
    const { node, units } = gate;
    return { gate: node.name, units, fixed: units - float, float, undecided: 0 };
  });
  return { proof: null, gates };
}
