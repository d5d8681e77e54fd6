import { int64Tensor, sizeOf } from '@floatpath/core';
import type { Grower } from '../grower.js';

/** Flatten or an equal Reshape of an image. */
export const flatten: Grower = {
  name: 'Flatten',
  grow(site) {
    if (site.source.rowShape.length < 2) return undefined;
    const size = sizeOf(site.source.rowShape);
    const name =
      site.choose(2) === 0
        ? site.node('Flatten', [site.source.name], { axis: 1 })
        : site.node('Reshape', [site.source.name, site.constant(int64Tensor([2], [-1, size]))]);
    return { name, rowShape: [size] };
  },
};

/** A row of numbers seen as an image of one or two channels. */
export const unflatten: Grower = {
  name: 'Reshape',
  grow(site) {
    const [size = 0, ...rest] = site.source.rowShape;
    if (rest.length > 0 || size < 4 || size % 2 !== 0) return undefined;
    const rowShape = site.choose(2) === 0 ? [1, 2, size / 2] : [2, 1, size / 2];
    const target = site.constant(int64Tensor([4], [-1, ...rowShape]));
    return { name: site.node('Reshape', [site.source.name, target]), rowShape };
  },
};
