import { randomTargets } from '@floatpath/attacks';
import {
  float32Tensor,
  FloatpathError,
  requireArgument,
  rowsOf,
  type Classifier,
  type RunOptions,
} from '@floatpath/core';
import type { ImagesToAttack } from './attack-recipe.js';

/**
 * Which class a row is to become: the one after its label, cyclically; the one of the smallest logit at x; one drawn from the seed
 * and the row's image; this one; the row's own of a list; or `all`: each other class in turn, until one is reached.
 */
export type TargetRule = 'next' | 'least-likely' | 'random' | 'all' | number | readonly number[];

/**
 * The target of every row, never its own label; the lowest class of equal logits.
 *
 * @returns undefined for `all`, which aims at no class
 * @throws {FloatpathError} `invalid-argument` for a class that is a row's own label: see {@link targetableImages}
 * @see Kurakin, Goodfellow, Bengio 2017, "Adversarial machine learning at scale", section 2 (least likely)
 */
export async function attackTargets(
  classifier: Classifier,
  { images, labels, ids }: ImagesToAttack,
  rule: TargetRule,
  { batchSize, seed, signal }: RunOptions & { readonly batchSize: number; readonly seed: number },
): Promise<Int32Array | undefined> {
  const { classes } = classifier;
  if (rule === 'all') return undefined;
  if (rule === 'next') return labels.map((label) => (label + 1) % classes);
  if (rule === 'random') return randomTargets(labels, ids, classes, seed);
  if (rule !== 'least-likely') return givenTargets(labels, rule, classes);
  const targets = new Int32Array(labels.length);
  for (let from = 0; from < labels.length; from += batchSize) {
    signal?.throwIfAborted();
    const to = Math.min(labels.length, from + batchSize);
    const { data } = await classifier.logits(rowsOf(images, from, to));
    for (let row = from; row < to; row += 1) {
      const scores = data.subarray((row - from) * classes, (row - from + 1) * classes);
      targets[row] = leastLikely(scores, labels[row] as number);
    }
  }
  return targets;
}

function givenTargets(
  labels: Int32Array,
  rule: number | readonly number[],
  classes: number,
): Int32Array {
  requireArgument(
    typeof rule === 'number' || rule.length === labels.length,
    `attackTargets: expected a class for each of ${labels.length} images, got ${String(rule).split(',').length}; give one per image, in order`,
  );
  return labels.map((label, row) => {
    const target = typeof rule === 'number' ? rule : (rule[row] as number);
    requireArgument(
      Number.isInteger(target) && target >= 0 && target < classes && target !== label,
      `attackTargets: expected a class in [0, ${classes}) other than the image's label ${label}, got ${target} for image ${row} of ${labels.length}`,
    );
    return target;
  });
}

function leastLikely(scores: Float32Array, label: number): number {
  let least = label === 0 ? 1 : 0;
  for (let j = least + 1; j < scores.length; j += 1) {
    if (j !== label && (scores[j] as number) < (scores[least] as number)) least = j;
  }
  return least;
}

/**
 * The images that a rule has a target for: all, but those of the class itself where it names one.
 *
 * @throws {FloatpathError} `invalid-argument` if the class is none of the classifier's, `invalid-data` if no image is left
 */
export function targetableImages(
  whole: ImagesToAttack,
  rule: TargetRule | undefined,
  classes: number,
): ImagesToAttack {
  if (typeof rule !== 'number') return whole;
  requireArgument(
    Number.isInteger(rule) && rule >= 0 && rule < classes,
    `attack: expected --targets next, least-likely, random, all or a class in [0, ${classes}), got ${rule}`,
  );
  const { images, labels, ids } = whole;
  const kept = Array.from(labels.keys()).filter((row) => labels[row] !== rule);
  if (kept.length === 0) {
    throw new FloatpathError(
      'invalid-data',
      `attack: expected an image of another class than the target ${rule}, got none of ${labels.length}; name another class`,
    );
  }
  const size = images.data.length / labels.length;
  const data = new Float32Array(kept.length * size);
  kept.forEach((row, to) => data.set(rowsOf(images, row, row + 1).data, to * size));
  return {
    images: float32Tensor([kept.length, ...images.shape.slice(1)], data),
    labels: Int32Array.from(kept, (row) => labels[row] as number),
    ids: Uint32Array.from(kept, (row) => ids[row] as number),
  };
}
