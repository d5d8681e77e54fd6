import { int64Tensor } from '@floatpath/core';
import type { Grower } from '../grower.js';
import { channelShape, sameShape } from './arithmetic.js';
import { slidWindow } from './pools.js';

/** Max or Min of the source, an earlier value (or its negative) and perhaps a constant, in any order. */
export const extremum: Grower = {
  name: 'Max',
  grow(site) {
    const op = site.choose(2) === 0 ? 'Max' : 'Min';
    const peers = site.others.filter((other) => sameShape(other.rowShape, site.source.rowShape));
    const peer = peers[site.choose(Math.max(1, peers.length))];
    const other = peer?.name ?? site.node('Neg', [site.source.name]);
    const operands = [
      [site.source.name, site.shifts(channelShape(site))],
      [site.source.name, other],
      [site.shifts(site.source.rowShape), other, site.source.name],
    ][site.choose(3)] as string[];
    return { ...site.source, name: site.node(op, operands) };
  },
};

/** MaxPool: padded, overlapping, dilated, rounded up. */
export const maxPool: Grower = {
  name: 'MaxPool',
  grow(site) {
    const slid = slidWindow(site, { dilated: true });
    if (slid === undefined) return undefined;
    const name = site.node('MaxPool', [site.source.name], slid.attributes);
    return { name, rowShape: slid.rowShape };
  },
};

/** The greatest or least element of the channels, of the plane, or of each line. */
export const reduceMax: Grower = {
  name: 'ReduceMax',
  grow(site) {
    const { rowShape } = site.source;
    const op = site.choose(2) === 0 ? 'ReduceMax' : 'ReduceMin';
    if (rowShape.length === 3 && site.choose(3) === 2) {
      const name = site.node('GlobalMaxPool', [site.source.name]);
      return { name, rowShape: [rowShape[0] as number, 1, 1] };
    }
    const axes = (rowShape.length === 3 ? [[1], [2, 3], [3]] : [[1]])[
      rowShape.length === 3 ? site.choose(3) : 0
    ] as number[];
    const name = site.node(
      op,
      [site.source.name, site.constant(int64Tensor([axes.length], axes))],
      {
        keepdims: 1,
      },
    );
    return {
      name,
      rowShape: rowShape.map((extent, axis) => (axes.includes(axis + 1) ? 1 : extent)),
    };
  },
};
