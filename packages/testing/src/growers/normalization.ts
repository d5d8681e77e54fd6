import { float32Tensor } from '@floatpath/core';
import type { Grower } from '../grower.js';

const variances = [1, 0.25, 4] as const;

/** BatchNormalization at inference. */
export const batchNormalization: Grower = {
  name: 'BatchNormalization',
  grow(site) {
    const [channels] = site.source.rowShape;
    if (channels === undefined) return undefined;
    const variance = variances[site.choose(variances.length)] as number;
    const name = site.node(
      'BatchNormalization',
      [
        site.source.name,
        site.gains([channels]),
        site.shifts([channels]),
        site.shifts([channels]),
        site.constant(float32Tensor([channels], new Float32Array(channels).fill(variance))),
      ],
      { epsilon: 1e-5 },
    );
    return { ...site.source, name };
  },
};
