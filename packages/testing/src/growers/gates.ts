import type { Grower } from '../grower.js';

export const relu: Grower = {
  name: 'Relu',
  grow: (site) => ({ ...site.source, name: site.node('Relu', [site.source.name]) }),
};
