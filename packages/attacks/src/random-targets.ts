import { fillUniform, requireArgument } from '@floatpath/core';
import { lanes } from './lanes.js';

/**
 * For each image a class other than its label, each with the same probability up to 2^-32. An image's target depends on (seed, image)
 * only, not on the images beside it.
 *
 * @param images - the identity of each row
 * @throws {FloatpathError} `invalid-argument` for fewer than two classes, a label that is no class, or a bad seed
 * @see Carlini, Wagner 2017, "Towards evaluating the robustness of neural networks", section V (average case)
 */
export function randomTargets(
  labels: Int32Array,
  images: Uint32Array,
  classes: number,
  seed: number,
): Int32Array {
  requireArgument(
    classes >= 2 && images.length === labels.length && labels.every((j) => j >= 0 && j < classes),
    `randomTargets: expected an image per label and labels in [0, ${classes}) of two or more classes, got ${images.length} images and labels ${labels.join(', ')}`,
  );
  const uniform = new Float64Array(1);
  return labels.map((label, row) => {
    const image = images[row] as number;
    fillUniform(uniform, { seed, purpose: 'attack', image, draw: 0, lane: lanes.randomTarget });
    const other = Math.floor((uniform[0] as number) * (classes - 1));
    return other < label ? other : other + 1;
  });
}
