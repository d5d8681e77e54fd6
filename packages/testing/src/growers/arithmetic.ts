import type { Grower, Site } from '../grower.js';

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);

/** One number per channel of an image, one per element of a row. */
export const channelShape = (site: Site): number[] =>
  site.source.rowShape.map((extent, axis) => (axis === 0 ? extent : 1));

/** The sum (or difference) of two values of the same shape: residual connections, shared sub-graphs. */
export const residual: Grower = {
  name: 'residual',
  grow(site) {
    const peers = site.others.filter((other) => sameShape(other.rowShape, site.source.rowShape));
    const peer = peers[site.choose(Math.max(1, peers.length))];
    if (peer === undefined) return undefined;
    const op = site.choose(3) === 2 ? 'Sub' : 'Add';
    return { ...site.source, name: site.node(op, [site.source.name, peer.name]) };
  },
};

/** A constant added, subtracted, or subtracted from; broadcast over the plane or not. */
export const shift: Grower = {
  name: 'shift',
  grow(site) {
    const form = site.choose(3);
    const shape = site.choose(2) === 0 ? channelShape(site) : site.source.rowShape;
    const operands = [site.source.name, site.shifts(shape)];
    const name = site.node(form === 0 ? 'Add' : 'Sub', form === 2 ? operands.reverse() : operands);
    return { ...site.source, name };
  },
};

/** Multiplication by signed weights, or division by gains. */
export const scale: Grower = {
  name: 'scale',
  grow(site) {
    const shape = channelShape(site);
    const name =
      site.choose(2) === 0
        ? site.node('Mul', [site.source.name, site.weights(shape, 1)])
        : site.node('Div', [site.source.name, site.gains(shape)]);
    return { ...site.source, name };
  },
};

/** A branch without the input: a Relu of a constant, which folding must turn into a source of fixed paths. */
export const constantBranch: Grower = {
  name: 'constant branch',
  grow(site) {
    const branch = site.node('Relu', [site.shifts(channelShape(site))]);
    return { ...site.source, name: site.node('Add', [site.source.name, branch]) };
  },
};

/** The negative. */
export const negative: Grower = {
  name: 'Neg',
  grow: (site) => ({ ...site.source, name: site.node('Neg', [site.source.name]) }),
};
