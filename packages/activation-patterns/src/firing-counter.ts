import type { Engine, Tensor } from '@floatpath/core';
import { requireFinite, type Analysis } from './analysis.js';
import { countedSelections, countSelections } from './count-selections.js';
import { createFiringRates, type FiringRates } from './firing-rates.js';
import { createObserver, rowAt, settleSelections } from './observer.js';

/** Counts on an engine how often units fire. */
export interface FiringCounter extends AsyncDisposable {
  /**
   * @param x - `[rows, ...shape]`, or one input where rows cannot run together
   * @throws {FloatpathError} `shape-mismatch`, `not-finite`; nothing is counted then
   */
  add(x: Tensor): Promise<void>;
  readonly rates: FiringRates;
}

/**
 * Loads a network that counts selections inside the graph: what `createObserver` and `createFiringRates` count together, for less
 * because no pattern leaves the engine. Rows of which float32 leaves a selection open are settled by a float64 evaluation.
 */
export async function createFiringCounter(
  engine: Engine,
  analysis: Analysis,
): Promise<FiringCounter> {
  const rates = createFiringRates(analysis.layout);
  if (!analysis.batched || analysis.gates.length === 0) {
    const observer = await createObserver(engine, analysis);
    return {
      rates,
      async add(x) {
        for (const { selections } of await observer.observe(x)) rates.add(selections);
      },
      [Symbol.asyncDispose]: () => observer[Symbol.asyncDispose](),
    };
  }
  const counting = countSelections(analysis);
  const kernel = await engine.load(counting.network);
  return {
    rates,
    async add(x) {
      requireFinite(x, 'firing counter');
      const fetches = await kernel.run({ [analysis.input]: x });
      const settle = (row: number, gates: number): Uint16Array => {
        const selections = new Uint16Array(analysis.layout.units);
        settleSelections(analysis, rowAt(analysis, x, row), gates, selections);
        return selections;
      };
      rates.addCounts(countedSelections(analysis, counting, fetches, settle));
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}
