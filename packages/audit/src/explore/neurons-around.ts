import { createObserver, proveFixed, sampleFlips, type Ball } from '@floatpath/activation-patterns';
import type { Float32Tensor, Norm, RunOptions } from '@floatpath/core';
import { floatInput } from '@floatpath/path-decomp';
import { centerAnchor } from '@floatpath/sc-rfp';
import { integerGaussian } from '@floatpath/smoothing';
import type { ExploredModel } from './explored-model.js';

/** A neighborhood of an input: a ball, or Gaussian noise. */
export type Around =
  | { readonly kind: 'ball'; readonly norm: Norm; readonly epsilon: number }
  | { readonly kind: 'noise'; readonly sigma: number; readonly tau: number };

/** What is known about the units of one gate. In a ball the three numbers sum to the units; under noise nothing is undecided. */
export interface GateStates {
  readonly gate: string;
  readonly units: number;
  /** Proved to keep their selection on the ball; under noise, tau-fixed. */
  readonly fixed: number;
  /** Seen to switch in the ball; under noise, tau-float. */
  readonly float: number;
  readonly undecided: number;
}

const DRAWS = 128;
const NOISE_DRAWS = 200;
const ALPHA = 0.001;

/**
 * Fixed and float units around an input: proved and sampled in a ball, tau-fixed and tau-float under noise.
 *
 * @throws {FloatpathError} `not-piecewise-linear`, `invalid-argument`
 */
export async function neuronsAround(
  model: ExploredModel,
  x: Float32Tensor,
  around: Around,
  options: RunOptions = {},
): Promise<GateStates[]> {
  const marks =
    around.kind === 'ball'
      ? await marksInBall(model, x, around, options)
      : await marksUnderNoise(model, x, around, options);
  const { layout } = (await model.paths()).analysis;
  return layout.gates.map(({ name, start, units }) => {
    const count = (of: Uint8Array): number =>
      of.subarray(start, start + units).reduce((sum, mark) => sum + mark, 0);
    const fixed = count(marks.fixed);
    const float = count(marks.float);
    return { gate: name, units, fixed, float, undecided: units - fixed - float };
  });
}

interface Marks {
  readonly fixed: Uint8Array;
  readonly float: Uint8Array;
}

async function marksInBall(
  model: ExploredModel,
  x: Float32Tensor,
  { norm, epsilon }: Extract<Around, { kind: 'ball' }>,
  options: RunOptions,
): Promise<Marks> {
  const { analysis } = await model.paths();
  const ball: Ball = { norm, radius: epsilon, bounds: model.bounds };
  const { fixed } = proveFixed(analysis, x, ball);
  await using observer = await createObserver(model.engine, analysis);
  const { seen } = await sampleFlips(analysis, observer, x, ball, {
    ...options,
    ...{ draws: DRAWS, alpha: ALPHA, seed: 0, image: 0, purpose: 'anchor', batchSize: 32 },
  });
  return { fixed, float: seen };
}

async function marksUnderNoise(
  model: ExploredModel,
  x: Float32Tensor,
  { sigma, tau }: Extract<Around, { kind: 'noise' }>,
  options: RunOptions,
): Promise<Marks> {
  const { analysis } = await model.paths();
  const noise = integerGaussian({ sigma, bounds: model.bounds });
  const anchor = centerAnchor({ tau, draws: NOISE_DRAWS });
  const settings = { noise, seed: 0, batchSize: 50 };
  await using observer = await anchor.observe(model.engine, model.network, settings);
  const feeds = await observer.feedsAt(x, 0, options);
  const float = new Uint8Array(analysis.layout.units);
  for (const gate of analysis.gates) {
    const mask = feeds[floatInput(gate)];
    if (mask?.dtype === 'bool') float.set(mask.data, gate.start);
  }
  return { float, fixed: float.map((mark) => 1 - mark) };
}
