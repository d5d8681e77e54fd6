import { float64Tensor, numbersOf, type Float32Tensor } from '@floatpath/core';
import { referenceEngine, withOutputs } from '@floatpath/engine';
import type { Analysis, AnalysisGate, Ball } from '../src/index.js';

/** What a proof bounds: pre-activations, and the outputs of choice gates. */
const watchedValue = (gate: AnalysisGate): string =>
  gate.kind === 'choice' ? gate.output : (gate.inputs[0] as string);

export interface Watched {
  /** Per unit what a proof bounds. */
  readonly units: Float64Array;
  readonly logits: Float64Array;
}

/** These values of all units at one input, by the reference engine. */
export async function watchedValues(analysis: Analysis, x: Float64Array): Promise<Watched> {
  const names = analysis.gates.map(watchedValue);
  await using kernel = await referenceEngine().load(
    withOutputs(analysis.network, [...new Set([...names, analysis.logits])]),
  );
  const z = await kernel.run({ [analysis.input]: float64Tensor(analysis.inputShape, x) });
  const read = (name: string): Float64Array => z[name]?.data as Float64Array;
  return {
    units: Float64Array.from(names.flatMap((name) => Array.from(read(name)))),
    logits: read(analysis.logits),
  };
}

/** A corner of the linf ball, a vertex of the l1 ball, or a corner on the l2 sphere: where bounds are tight. */
export function extremePoint(
  x: Float32Tensor,
  { norm, radius, bounds }: Ball,
  coins: Uint8Array,
): Float64Array {
  const signs = Array.from(coins, (coin) => (coin === 1 ? 1 : -1));
  const axis = coins.reduce((sum, coin, i) => sum + coin * (i + 1), 0) % coins.length;
  const [low, high] = bounds ?? [-Infinity, Infinity];
  return numbersOf(x).map((value, i) => {
    const offset =
      norm === 'linf'
        ? radius * (signs[i] as number)
        : norm === 'l1'
          ? i === axis
            ? radius * (signs[i] as number)
            : 0
          : (radius * (signs[i] as number)) / Math.sqrt(coins.length) / (1 + 1e-12);
    return Math.min(high, Math.max(low, value + offset));
  });
}

/** How many values leave their bounds. */
export const outside = (z: Float64Array, low: Float64Array, high: Float64Array): number =>
  z.filter((value, i) => !(value >= (low[i] as number) && value <= (high[i] as number))).length;
