import {
  FloatpathError,
  numbersOf,
  requireArgument,
  sizeOf,
  type Engine,
  type Fetches,
  type RunOptions,
  type Tensor,
} from '@floatpath/core';
import type { Analysis } from '@floatpath/activation-patterns';
import { maskFeeds, type Neighborhood } from './neighborhood.js';
import { givenPartition } from './partition.js';
import { splitWithChannels } from './split.js';
import type { unitRoundoff } from './tolerance.js';
import { withTolerance } from './tolerance-output.js';

/** One input's output, split. Arrays are of length K. */
export interface DecomposedRow {
  /** The plain network's output in the same engine. */
  readonly logits: Float64Array;
  readonly fixed: Float64Array;
  readonly float: Float64Array;
  /** Largest |fixed + float - logits|, with float from its own recurrence. */
  readonly residual: number;
  /** What roundoff can make of it: 16 L u s. */
  readonly tolerance: number;
  /** Whether the sum law holds: residual <= tolerance. A mask that is wrong for the row breaks it. */
  readonly holds: boolean;
}

export interface Decomposer extends AsyncDisposable {
  readonly analysis: Analysis;
  /**
   * @param x - `[rows, ...shape]`
   * @param neighborhoods - one per row
   * @throws {FloatpathError} `shape-mismatch`; `not-finite` if an output is NaN or infinite
   */
  decompose(
    x: Tensor,
    neighborhoods: readonly Neighborhood[],
    options?: RunOptions,
  ): Promise<DecomposedRow[]>;
}

export interface DecomposerOptions {
  /** `recorded`: fixed units keep the neighborhood's selections; `own`: the mask only says which units are float. */
  readonly selection: 'own' | 'recorded';
  /** What the engine computes in. */
  readonly precision: keyof typeof unitRoundoff;
  readonly batchSize: number;
}

/** Loads the split network of `analysis` on an engine, both recurrences, to decompose outputs in batches. */
export async function createDecomposer(
  engine: Engine,
  analysis: Analysis,
  options: DecomposerOptions,
): Promise<Decomposer> {
  const { selection, precision, batchSize } = options;
  requireArgument(
    Number.isInteger(batchSize) && batchSize >= 1,
    `createDecomposer: expected batchSize an integer of at least 1, got ${batchSize}`,
  );
  const split = splitWithChannels(analysis.network, {
    partition: givenPartition(),
    selection,
    form: 'two-recurrences',
  });
  const { network, tolerance } = withTolerance(split, precision);
  const kernel = await engine.load(network);
  const size = sizeOf(analysis.inputShape);
  const limit = analysis.batched ? batchSize : 1;

  return {
    analysis,
    async decompose(x, neighborhoods, run = {}) {
      const total = neighborhoods.length;
      if (sizeOf(x.shape) !== total * size) {
        throw new FloatpathError(
          'shape-mismatch',
          `decompose: expected ${total} inputs of shape [${analysis.inputShape.join(', ')}], got [${x.shape.join(', ')}]`,
        );
      }
      const values = numbersOf(x);
      const rows: DecomposedRow[] = [];
      for (let first = 0; first < total; first += limit) {
        run.signal?.throwIfAborted();
        const last = Math.min(total, first + limit);
        const feeds = {
          [analysis.input]: {
            dtype: 'float64',
            shape: analysis.batched
              ? [last - first, ...analysis.inputShape.slice(1)]
              : analysis.inputShape,
            data: values.slice(first * size, last * size),
          } satisfies Tensor,
          ...maskFeeds(analysis, neighborhoods.slice(first, last), selection),
        };
        rows.push(...decomposedRows(await kernel.run(feeds), tolerance));
        run.onProgress?.({ stage: 'decompose', done: last, total });
      }
      return rows;
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

function decomposedRows(fetches: Fetches, toleranceOutput: string): DecomposedRow[] {
  const tolerances = numbersOf(fetches[toleranceOutput] as Tensor);
  const [logits, fixed, float] = ['logits', 'fixed', 'float'].map((name) =>
    numbersOf(fetches[name] as Tensor),
  ) as [Float64Array, Float64Array, Float64Array];
  const classes = logits.length / tolerances.length;
  return Array.from(tolerances, (tolerance, row): DecomposedRow => {
    const part = (values: Float64Array): Float64Array =>
      values.slice(row * classes, (row + 1) * classes);
    const [output, a, b] = [part(logits), part(fixed), part(float)];
    const residual = output.reduce(
      (most, value, j) => Math.max(most, Math.abs((a[j] as number) + (b[j] as number) - value)),
      0,
    );
    if (!Number.isFinite(residual)) {
      throw new FloatpathError(
        'not-finite',
        'decompose: expected finite outputs, got NaN or infinity; check the weights and the input',
      );
    }
    return {
      logits: output,
      fixed: a,
      float: b,
      residual,
      tolerance,
      holds: residual <= tolerance,
    };
  });
}
