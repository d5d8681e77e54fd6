import {
  numbersOf,
  requireArgument,
  rowsOf,
  type Engine,
  type Float32Tensor,
  type Network,
  type ValueInfo,
} from '@floatpath/core';
import { createGraphBuilder, foldConstants, gatesOf } from '@floatpath/engine';
import { createNoisyRuns } from '../noisy-runs.js';
import { emitSelectionCounts } from '../selection-counts.js';
import type { CalibrateOptions } from './calibrate.js';

/** What the units of a network do under the noise, averaged over images. Maps are per gate node name, row-major. */
export interface SelectionStatistics {
  /** 1 - max_s P(selection = s): how often a unit leaves its most frequent selection. For the global anchor. */
  readonly minority: ReadonlyMap<string, Float32Array>;
  /** `minority` over the images of one class each, over all where a class has none; for mask templates. */
  readonly templates: readonly ReadonlyMap<string, Float32Array>[];
  /** Mean output. For the expectation form. */
  readonly outputs: ReadonlyMap<string, Float32Array>;
}

/** One gate's sums over images. */
interface Sums {
  readonly gate: string;
  readonly counted: readonly string[];
  readonly output: string;
  readonly mean: Float64Array;
  readonly minority: readonly Float64Array[];
}

/**
 * Measures selections and outputs under the noise, image by image, on the draws of `calibrateDeviations`.
 *
 * @param images - `[rows, ...]` training or held-out images, never those that are reported on (`assertDisjoint`)
 * @param labels - one class per image
 * @throws {FloatpathError} `invalid-argument` for labels that are no classes or options out of range
 */
export async function measureSelections(
  engine: Engine,
  network: Network,
  images: Float32Tensor,
  labels: ArrayLike<number>,
  options: Omit<CalibrateOptions, 'modelHash'>,
): Promise<SelectionStatistics> {
  const { noise, draws, seed, batchSize, signal, onProgress } = options;
  const [rows = 0] = images.shape;
  const plain = foldConstants(network);
  const classes = Number(plain.outputs[0]?.shape.at(-1));
  const perClass = imagesPerClass(labels, rows, classes);
  const { observed, sums } = observe(plain, classes);
  await using runs = await createNoisyRuns(engine, observed, noise);
  for (let image = 0; image < rows; image += 1) {
    const counts = new Map<string, Float64Array>();
    const key = { seed, purpose: 'calibration', image, draws, batchSize } as const;
    const request = { ...key, ...(signal && { signal }) };
    for await (const fetches of runs.at(rowsOf(images, image, image + 1), request)) {
      for (const { counted, output, mean } of sums) {
        for (const name of counted) {
          const known = counts.get(name);
          const batch = numbersOf(fetches[name] as Float32Tensor);
          counts.set(name, known ? known.map((n, i) => n + (batch[i] as number)) : batch);
        }
        numbersOf(fetches[output] as Float32Tensor).forEach((value, i) => {
          mean[i % mean.length] = (mean[i % mean.length] as number) + value;
        });
      }
    }
    for (const { counted, minority } of sums) {
      const total = minority[labels[image] as number] as Float64Array;
      const upper = counted.map((name) => counts.get(name) as Float64Array);
      addMinority(total, upper, draws);
    }
    onProgress?.({ stage: 'selections', done: image + 1, total: rows });
  }
  const over = (values: Float64Array, count: number) => Float32Array.from(values, (v) => v / count);
  const all = (of: readonly Float64Array[]) =>
    Float64Array.from({ length: of[0]?.length ?? 0 }, (_, i) =>
      of.reduce((sum, values) => sum + (values[i] as number), 0),
    );
  const overall = new Map(sums.map((s) => [s.gate, over(all(s.minority), rows)]));
  return {
    minority: overall,
    templates: perClass.map((count, c) =>
      count === 0
        ? overall
        : new Map(sums.map((s) => [s.gate, over(s.minority[c] as Float64Array, count)])),
    ),
    outputs: new Map(sums.map((s) => [s.gate, over(s.mean, rows * draws)])),
  };
}

function imagesPerClass(labels: ArrayLike<number>, rows: number, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  const given = Array.from(labels);
  requireArgument(
    given.length === rows && given.every((label) => label in counts),
    `measureSelections: expected ${rows} labels in [0, ${classes}), got ${given.length}: ${given.slice(0, 8).join(', ')}`,
  );
  for (const label of given) counts[label] = (counts[label] as number) + 1;
  return counts;
}

/** The network with selection counts and outputs of every gate as its outputs. */
function observe(
  network: Network,
  classes: number,
): { readonly observed: Network; readonly sums: readonly Sums[] } {
  const graph = createGraphBuilder(network);
  const outputs: ValueInfo[] = [];
  const sums = gatesOf(network).map((gate): Sums => {
    const counted = emitSelectionCounts(graph, gate);
    // A copy, because a gate may make the network's own output.
    const output = graph.add('Identity', [gate.output]);
    outputs.push(
      ...counted.map((name): ValueInfo => ({
        name,
        dtype: 'float32',
        shape: [1, ...gate.rowShape],
      })),
      { name: output, dtype: 'float32', shape: ['batch', ...gate.rowShape] },
    );
    return {
      gate: gate.node.name,
      counted,
      output,
      mean: new Float64Array(gate.units),
      minority: Array.from({ length: classes }, () => new Float64Array(gate.units)),
    };
  });
  return { observed: graph.build(`${network.name} selections and outputs`, outputs), sums };
}

/** Adds to `total` the share of draws that leave the most frequent piece. */
function addMinority(total: Float64Array, upper: readonly Float64Array[], draws: number): void {
  for (let unit = 0; unit < total.length; unit += 1) {
    const counts = upper.map((piece) => piece[unit] as number);
    const lowest = draws - counts.reduce((sum, n) => sum + n, 0);
    total[unit] = (total[unit] as number) + (draws - Math.max(lowest, ...counts)) / draws;
  }
}
