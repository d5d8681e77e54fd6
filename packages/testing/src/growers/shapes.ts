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

/** Rows and columns of an image exchanged, or its channels last. */
export const transpose: Grower = {
  name: 'Transpose',
  grow(site) {
    const { rowShape } = site.source;
    if (rowShape.length !== 3) return undefined;
    const perm = [
      [0, 1, 3, 2],
      [0, 2, 3, 1],
    ][site.choose(2)] as number[];
    const name = site.node('Transpose', [site.source.name], { perm });
    return { name, rowShape: perm.slice(1).map((axis) => rowShape[axis - 1] as number) };
  },
};

/** A row of numbers as an image of one pixel or as one channel of one column; or such an image as a row. */
export const pixel: Grower = {
  name: 'Unsqueeze',
  grow(site) {
    const { rowShape } = site.source;
    const unsqueezed = [
      [2, 3],
      [1, 3],
    ][site.choose(2)] as number[];
    if (rowShape.length === 1) {
      const axes = site.constant(int64Tensor([2], unsqueezed));
      const shape = unsqueezed[0] === 2 ? [rowShape[0], 1, 1] : [1, rowShape[0], 1];
      return {
        name: site.node('Unsqueeze', [site.source.name, axes]),
        rowShape: shape as number[],
      };
    }
    const ones = rowShape.flatMap((extent, axis) => (extent === 1 ? [axis + 1] : [])).slice(-2);
    if (rowShape.length !== 3 || ones.length < 2) return undefined;
    const axes = site.constant(int64Tensor([2], ones));
    return {
      name: site.node('Squeeze', [site.source.name, axes]),
      rowShape: rowShape.filter((_, axis) => !ones.includes(axis + 1)),
    };
  },
};

/** The value itself: what Dropout is at inference. */
export const identity: Grower = {
  name: 'Identity',
  grow: (site) => ({ ...site.source, name: site.node('Identity', [site.source.name]) }),
};
