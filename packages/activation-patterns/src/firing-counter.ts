import { numbersOf, sizeOf, type Engine, type Tensor } from '@floatpath/core';
import type { Analysis } from './analysis.js';
import { countedSelections, countSelections } from './count-selections.js';
import { createFiringRates, type FiringRates } from './firing-rates.js';
import { createObserver, selectionsAt } from './observer.js';

/** Counts on an engine how often units fire. */
export interface FiringCounter extends AsyncDisposable {
  /** @param x - `[rows, ...shape]`, or one input where rows cannot run together */
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
  const size = sizeOf(analysis.inputShape);
  return {
    rates,
    async add(x) {
      const fetches = await kernel.run({ [analysis.input]: x });
      const { counts, openRows } = countedSelections(analysis, counting, fetches);
      const values = numbersOf(x);
      const settled = openRows.map((row) =>
        selectionsAt(analysis, {
          dtype: 'float64',
          shape: analysis.inputShape,
          data: values.slice(row * size, (row + 1) * size),
        }),
      );
      rates.addCounts(counts);
      for (const selections of settled) rates.add(selections);
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}
