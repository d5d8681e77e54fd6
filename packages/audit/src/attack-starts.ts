import { distance, type StartsOf } from '@floatpath/attacks';
import { rowsOf } from '@floatpath/core';
import type { ImagesToAttack } from './attack-recipe.js';

/** Images of the target that a row may set out from: the nearest is the likeliest to be taken for another class. */
const MOST = 10;

/**
 * Where attacks by labels set out toward a target: the images labelled so that are nearest in l2, at most ten. Rows without a target
 * have none, and so do not depend on the other images.
 */
export function attackStarts({ images, labels }: ImagesToAttack): StartsOf {
  return ({ goal: { target }, x }) => {
    const near = Array.from(labels.keys())
      .filter((row) => labels[row] === target)
      .map((row) => {
        const point = rowsOf(images, row, row + 1).data;
        return { point, far: distance(point, x, 'l2') };
      });
    return near
      .sort((a, b) => a.far - b.far)
      .slice(0, MOST)
      .map(({ point }) => point);
  };
}
