import { FloatpathError, type Engine, type Tensor } from '@floatpath/core';
import { requireFinite, type Analysis } from './analysis.js';
import { hashSelections } from './hash-selections.js';
import { addSelections, addSums, hashWeights } from './hash-weights.js';
import { gatePart } from './layout.js';
import { createObserver, rowAt, settleSelections } from './observer.js';

/** Tells on an engine which inputs share a pattern. */
export interface PatternHasher extends AsyncDisposable {
  /**
   * @param x - `[rows, ...shape]`, or one input where rows cannot run together
   * @returns one key per row: equal for equal patterns
   * @throws {FloatpathError} `shape-mismatch`, `not-finite`; `engine-failed` for an engine whose sums are not exact
   */
  hash(x: Tensor): Promise<string[]>;
  /** The key of selections seen otherwise. @throws {FloatpathError} `shape-mismatch` */
  keyOf(selections: Uint16Array): string;
}

/**
 * Loads a network that hashes patterns inside the graph: no pattern leaves the engine. Keys are those of the observer's
 * selections: rows of which float32 leaves a selection open are settled by a float64 evaluation. They depend on the pattern and
 * `seed` only, not on engine, batch size or order.
 *
 * Every word of a key is a sum of pieces by integer weights of b bits drawn from `seed`. Where two patterns differ at a unit, at
 * most one of the unit's 2^b weights makes a word equal, whatever the other weights; a unit's gate has ceil(128 / b)
 * words. So two patterns that were not chosen by looking at the seed have one key with probability at most 2^-128. Among n
 * distinct ones at most n^2 / 2^129 pairs of equal keys are expected, and there is none with probability at least
 * 1 - n^2 / 2^129: for a million patterns 1 - 1.5e-27.
 *
 * @throws {FloatpathError} `unsupported-op` for a gate of more than 2^24 units times further pieces
 * @see Carter, Wegman 1979, Universal classes of hash functions (the class H3, here with sums of integers)
 */
export async function createPatternHasher(
  engine: Engine,
  analysis: Analysis,
  { seed }: { readonly seed: number },
): Promise<PatternHasher> {
  const { layout } = analysis;
  const weights = hashWeights(layout, seed);
  const length = Math.max(0, ...weights.map(({ words }) => words));
  const keyOf = (selections: Uint16Array): string => {
    if (selections.length !== layout.units) {
      throw new FloatpathError(
        'shape-mismatch',
        `pattern hasher: expected selections of ${layout.units} units, got ${selections.length}`,
      );
    }
    const key = new Int32Array(length);
    weights.forEach((of, gate) => addSelections(key, of, gatePart(layout, gate, selections)));
    return key.join();
  };
  if (!analysis.batched || analysis.gates.length === 0) {
    const observer = await createObserver(engine, analysis);
    return {
      keyOf,
      async hash(x) {
        return (await observer.observe(x)).map(({ selections }) => keyOf(selections));
      },
      [Symbol.asyncDispose]: () => observer[Symbol.asyncDispose](),
    };
  }
  const hashing = hashSelections(analysis, weights);
  const kernel = await engine.load(hashing.network);
  return {
    keyOf,
    async hash(x) {
      requireFinite(x, 'pattern hasher');
      const fetches = await kernel.run({ [analysis.input]: x });
      const sums = hashing.gates.map((outputs) => fetches[outputs.sums]?.data ?? []);
      const marks = hashing.gates.map(({ near }) => fetches[near]?.data ?? []);
      const settled = new Uint16Array(layout.units);
      return Array.from({ length: x.shape[0] as number }, (_, row) => {
        const key = new Int32Array(length);
        const open = marks.findLastIndex((of) => of[row]) + 1;
        if (open > 0) settleSelections(analysis, rowAt(analysis, x, row), open, settled);
        weights.forEach((of, gate) => {
          if (marks[gate]?.[row]) addSelections(key, of, gatePart(layout, gate, settled));
          else addSums(key, of, sums[gate] ?? [], row);
        });
        return key.join();
      });
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}
