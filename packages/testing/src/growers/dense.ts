import type { Grower, Site } from '../grower.js';

const widths = [3, 5, 2, 6, 4] as const;

const width = (site: Site): number => widths[site.choose(widths.length)] as number;

/** Gemm with and without bias, with weights either way round. */
export const gemm: Grower = {
  name: 'Gemm',
  grow(site) {
    const [size, ...rest] = site.source.rowShape;
    if (size === undefined || rest.length > 0) return undefined;
    const units = width(site);
    const transB = site.choose(2) === 0 ? 1 : 0;
    const weights = site.weights(transB === 1 ? [units, size] : [size, units], size);
    const bias = site.choose(4) === 3 ? [] : [site.shifts([units])];
    const name = site.node('Gemm', [site.source.name, weights, ...bias], { transB });
    return { name, rowShape: [units] };
  },
};

/** MatMul with a constant on the right; acts on the last axis, so images fit too. */
export const matmul: Grower = {
  name: 'MatMul',
  grow(site) {
    const size = site.source.rowShape.at(-1);
    if (size === undefined) return undefined;
    const units = width(site);
    const name = site.node('MatMul', [site.source.name, site.weights([size, units], size)]);
    return { name, rowShape: site.source.rowShape.with(-1, units) };
  },
};
