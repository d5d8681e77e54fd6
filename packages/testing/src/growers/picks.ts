import { float32Tensor, int64Tensor, sizeOf } from '@floatpath/core';
import { MOST_ELEMENTS, type Grower, type Site } from '../grower.js';
import { sameShape } from './arithmetic.js';

const integers = (site: Site, values: readonly number[]): string =>
  site.constant(int64Tensor([values.length], values));

/** An axis of the batch's shape, and the extent along it. */
function someAxis(site: Site): { readonly axis: number; readonly extent: number } {
  const axis = 1 + site.choose(site.source.rowShape.length);
  return { axis, extent: site.source.rowShape[axis - 1] as number };
}

/** Part of one axis: without its first element, every second, or all of it backward. */
export const slice: Grower = {
  name: 'Slice',
  grow(site) {
    const { axis, extent } = someAxis(site);
    if (extent < 2) return undefined;
    const [start, end, step, count] = [
      [1, extent, 1, extent - 1],
      [0, extent, 2, Math.ceil(extent / 2)],
      [-1, -extent - 1, -1, extent],
    ][site.choose(3)] as [number, number, number, number];
    const bounds = [[start], [end], [axis], [step]].map((values) => integers(site, values));
    const name = site.node('Slice', [site.source.name, ...bounds]);
    return { name, rowShape: site.source.rowShape.with(axis - 1, count) };
  },
};

/** Elements of one axis, some of them twice, counted from either end. */
export const gather: Grower = {
  name: 'Gather',
  grow(site) {
    const { axis, extent } = someAxis(site);
    const picks = [0, site.choose(extent), -1, site.choose(extent) - extent];
    const { rowShape } = site.source;
    if ((sizeOf(rowShape) / extent) * picks.length > MOST_ELEMENTS) return undefined;
    const name = site.node('Gather', [site.source.name, integers(site, picks)], { axis });
    return { name, rowShape: rowShape.with(axis - 1, picks.length) };
  },
};

/** An uneven split whose parts change places, or whose first part is left unused. */
export const split: Grower = {
  name: 'Split',
  grow(site) {
    const { axis, extent } = someAxis(site);
    if (extent < 2) return undefined;
    const first = 1 + site.choose(extent - 1);
    const sizes = integers(site, [first, extent - first]);
    const parts = site.nodes('Split', [site.source.name, sizes], 2, { axis });
    if (site.choose(3) === 2) {
      const { rowShape } = site.source;
      return { name: parts[1] as string, rowShape: rowShape.with(axis - 1, extent - first) };
    }
    return { ...site.source, name: site.node('Concat', [...parts].reverse(), { axis }) };
  },
};

/** The source behind an earlier value of its shape (dense connections), or behind itself. */
export const concat: Grower = {
  name: 'Concat',
  grow(site) {
    const { axis, extent } = someAxis(site);
    const { rowShape } = site.source;
    if (2 * sizeOf(rowShape) > MOST_ELEMENTS) return undefined;
    const peers = site.others.filter((other) => sameShape(other.rowShape, rowShape));
    const peer = peers[site.choose(Math.max(1, peers.length))] ?? site.source;
    const name = site.node('Concat', [peer.name, site.source.name], { axis });
    return { name, rowShape: rowShape.with(axis - 1, 2 * extent) };
  },
};

/** A border of a value, wider on one side; or cut on the other. */
export const pad: Grower = {
  name: 'Pad',
  grow(site) {
    const { axis, extent } = someAxis(site);
    const { rowShape } = site.source;
    const [before, after] = [
      [1, 0],
      [1, 2],
      [2, -1],
    ][site.choose(3)] as [number, number];
    const total = extent + before + after;
    if ((sizeOf(rowShape) / extent) * total > MOST_ELEMENTS) return undefined;
    const widths = new Array<number>(2 * rowShape.length + 2).fill(0);
    widths[axis] = before;
    widths[axis + rowShape.length + 1] = after;
    const value = [0.75, -1, 0][site.choose(3)] as number;
    const name = site.node(
      'Pad',
      [site.source.name, integers(site, widths), site.constant(float32Tensor([], [value]))],
      { mode: 'constant' },
    );
    return { name, rowShape: rowShape.with(axis - 1, total) };
  },
};
