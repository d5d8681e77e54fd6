import type { Bounds, Classifier, Float32Tensor, Guarantee, RunOptions } from '@floatpath/core';
import type { CenteredClassifier } from '../centered-classifier.js';

/** A classifier as it answers a user: at every input it is made anew where it depends on that input. */
export interface Deployed {
  readonly guarantee: Guarantee;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly bounds: Bounds;
  /** What is smoothed at x. @param image - keys the draws of an anchor */
  at(x: Float32Tensor, image: number, options?: RunOptions): Promise<Classifier>;
}

/** A Classifier is the same one everywhere; a centered one is anchored again at every x. */
export function deployed(target: Classifier | CenteredClassifier): Deployed {
  if ('at' in target) return target;
  const { inputShape, classes, bounds } = target;
  return {
    guarantee: 'unconditional',
    inputShape,
    classes,
    bounds,
    at: () => Promise.resolve(target),
  };
}
