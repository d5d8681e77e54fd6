import { float64Tensor, type Float32Tensor } from '@floatpath/core';
import { referenceEngine, withOutputs } from '@floatpath/engine';
import type { Analysis } from '../src/index.js';

export interface OracleCrossing {
  readonly t: number;
  readonly unit: number;
  readonly from: number;
}

/** A pre-activation so near to 0 that its sign may be roundoff: the oracle has no opinion then. */
export class Ambiguous extends Error {}

const DEPTH = 28;

/**
 * All selection changes of a ReLU network on a segment by bisection: equal patterns at both ends of a sub-interval imply a
 * constant pattern on it, by induction over the layers. Runs on the reference engine and knows nothing about slopes.
 */
export async function bisectCrossings(
  analysis: Analysis,
  x: Float32Tensor,
  end: Float32Tensor,
): Promise<OracleCrossing[]> {
  const names = analysis.gates.map((gate) => gate.preActivation);
  await using kernel = await referenceEngine().load(withOutputs(analysis.network, names));
  const signsAt = async (t: number): Promise<number[]> => {
    const data = Float64Array.from(x.data, (v, i) => v + t * ((end.data[i] as number) - v));
    const z = await kernel.run({ [analysis.input]: float64Tensor(x.shape, data) });
    return names
      .flatMap((name) => Array.from(z[name]?.data as Float64Array))
      .map((v) => {
        if (v !== 0 && Math.abs(v) < 1e-13) throw new Ambiguous();
        return v > 0 ? 1 : 0;
      });
  };
  const found: OracleCrossing[] = [];
  const search = async (
    a: number,
    b: number,
    at: number[],
    to: number[],
    depth: number,
  ): Promise<void> => {
    if (at.every((sign, i) => sign === to[i])) return;
    if (depth === 0) {
      at.forEach((from, unit) => {
        if (from !== to[unit]) found.push({ t: (a + b) / 2, unit, from });
      });
      return;
    }
    const middle = (a + b) / 2;
    const signs = await signsAt(middle);
    await search(a, middle, at, signs, depth - 1);
    await search(middle, b, signs, to, depth - 1);
  };
  await search(0, 1, await signsAt(0), await signsAt(1), DEPTH);
  return withoutTouches(found);
}

/** Two opposite changes of one unit at one place are a touch that bisection happened to hit. */
function withoutTouches(found: readonly OracleCrossing[]): OracleCrossing[] {
  const kept: OracleCrossing[] = [];
  for (const crossing of found) {
    const touch = kept.findIndex(
      (other) =>
        other.unit === crossing.unit &&
        other.from !== crossing.from &&
        Math.abs(other.t - crossing.t) < 1e-8,
    );
    if (touch >= 0) kept.splice(touch, 1);
    else kept.push(crossing);
  }
  return kept;
}
