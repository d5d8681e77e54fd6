import {
  requireArgument,
  type Classifier,
  type Float32Tensor,
  type RunOptions,
} from '@floatpath/core';
import { topClass } from './bounds/bound.js';
import { labelCounter } from './counter.js';
import { gridPoint } from './grid.js';
import type { Splitting } from './noise/splitting.js';

/**
 * What is known for certain about a classifier smoothed by splitting: no draw was random. On 8-bit inputs the label is
 * constant for every perturbation of l1 norm below `radius`.
 */
export type ExactCertificate =
  | {
      readonly kind: 'certified';
      readonly guarantee: 'unconditional';
      readonly arithmetic: 'grid';
      readonly norm: 'l1';
      readonly label: number;
      /** Input units. */
      readonly radius: number;
    }
  | { readonly kind: 'abstain'; readonly label: number };

/**
 * The certificate that the counts of all offsets are worth.
 *
 * @param offGrid - `gridPoint(x, bounds, 'l1').correction`; 0 unless given
 * @throws {FloatpathError} `invalid-argument` if the counts do not add up to the number of offsets
 * @see Levine, Feizi 2021, Corollary 1
 */
export function exactCertificateOf(
  splitting: Splitting,
  counts: Uint32Array,
  offGrid = 0,
): ExactCertificate {
  const counted = counts.reduce((sum, count) => sum + count, 0);
  requireArgument(
    counted === splitting.draws,
    `exactCertificateOf: expected counts of all ${splitting.draws} offsets, got ${counted}`,
  );
  const label = topClass(counts);
  const runnerUp = counts.reduce((most, n, j) => (j === label ? most : Math.max(most, n)), 0);
  const radius = splitting.radius(counts[label] ?? 0, runnerUp) - offGrid;
  if (!(radius > 0)) return { kind: 'abstain', label };
  return {
    kind: 'certified',
    guarantee: 'unconditional',
    arithmetic: 'grid',
    norm: 'l1',
    label,
    radius: offGrid === 0 ? radius : radius * (1 - 2 ** -52),
  };
}

/**
 * The labels of `x` under every offset of the splitting noise.
 *
 * @param x - one input `[1, ...inputShape]` in the units of `classifier.bounds`
 * @throws {FloatpathError} `invalid-argument` for noise of other bounds or a batchSize below 1; whatever the classifier
 * throws
 */
export async function countSplits(
  classifier: Classifier,
  x: Float32Tensor,
  options: RunOptions & { readonly splitting: Splitting; readonly batchSize: number },
): Promise<Uint32Array> {
  const { splitting, batchSize, signal, onProgress } = options;
  requireArgument(
    splitting.bounds.join() === classifier.bounds.join(),
    `countSplits: expected noise for the classifier's bounds [${classifier.bounds.join(', ')}], got noise for [${splitting.bounds.join(', ')}]`,
  );
  requireArgument(
    Number.isSafeInteger(batchSize) && batchSize >= 1,
    `countSplits: expected batchSize an integer of at least 1, got ${batchSize}`,
  );
  const counter = labelCounter([{ name: 'classifier', classifier }]);
  const { levels } = gridPoint(x, classifier.bounds);
  const counts = new Uint32Array(classifier.classes);
  for (let from = 0; from < splitting.draws;) {
    signal?.throwIfAborted();
    const count = Math.min(batchSize, splitting.draws - from);
    const [batch] = await counter.countLabels(x, splitting.rows(levels, from, count));
    batch?.forEach((n, label) => {
      counts[label] = (counts[label] ?? 0) + n;
    });
    from += count;
    onProgress?.({ stage: 'estimation', done: from, total: splitting.draws });
  }
  return counts;
}

/**
 * Certifies, for certain, that the classifier smoothed by splitting keeps its label in an l1 ball around `x`. Takes
 * `splitting.draws` passes (255 for halfWidth 1/2).
 *
 * @see Levine, Feizi 2021, Corollary 1
 */
export async function certifySplitting(
  classifier: Classifier,
  x: Float32Tensor,
  options: Parameters<typeof countSplits>[2],
): Promise<ExactCertificate & { readonly counts: Uint32Array }> {
  const counts = await countSplits(classifier, x, options);
  const { correction } = gridPoint(x, classifier.bounds, 'l1');
  return { ...exactCertificateOf(options.splitting, counts, correction), counts };
}
