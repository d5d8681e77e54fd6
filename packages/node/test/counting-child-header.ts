import { fileSchema } from '@floatpath/core';
import type { CountsHeader } from '@floatpath/smoothing';

export const childImages = 150;

export const childHeader: CountsHeader = {
  schema: fileSchema.counts,
  version: '0.1.0',
  engine: 'none',
  model: { name: 'brighter', hash: 'sha256:00' },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing: { bounds: [0, 1], layout: 'nchw' },
  data: 'made up',
  classes: 2,
  noise: { kind: 'integer-gaussian', sigma: 0.25 },
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: {
    n0: 20,
    n: 200,
    alpha: 0.001,
    bound: { kind: 'binary' },
    stopping: { kind: 'fixed' },
  },
};
