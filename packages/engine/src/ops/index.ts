import { abs } from './abs.js';
import { add, divide, multiply, negate, subtract } from './arithmetic.js';
import { averagePool } from './average-pool.js';
import { batchNormalization } from './batch-normalization.js';
import { clip } from './clip.js';
import { concat } from './concat.js';
import { conv } from './conv.js';
import { convTranspose } from './conv-transpose.js';
import { gather } from './gather.js';
import { gemm } from './gemm.js';
import { globalAveragePool } from './global-average-pool.js';
import { hardSigmoid } from './hard-sigmoid.js';
import { layerNormalization } from './layer-normalization.js';
import { leakyRelu } from './leaky-relu.js';
import { matmul } from './matmul.js';
import { maximum, minimum } from './maximum.js';
import { maxPool } from './max-pool.js';
import type { Op } from './op.js';
import { argMax, oneHot } from './index-ops.js';
import {
  and,
  cast,
  equal,
  expand,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  not,
  or,
  where,
} from './plumbing.js';
import { pad } from './pad.js';
import { pow } from './pow.js';
import { prelu } from './prelu.js';
import { globalMaxPool, reduceMax, reduceMin } from './reduce-max.js';
import { reduceMean } from './reduce-mean.js';
import { reduceSum } from './reduce-sum.js';
import { relu } from './relu.js';
import { resize } from './resize.js';
import { flatten, identity, reshape, squeeze, transpose, unsqueeze } from './shape-ops.js';
import { slice } from './slice.js';
import { split } from './split.js';
import {
  elu,
  erf,
  exp,
  hardSwish,
  log,
  selu,
  sigmoid,
  softplus,
  softsign,
  sqrt,
  tanh,
} from './smooth.js';
import { logSoftmax, softmax } from './softmax.js';

/** Every op, in one list: an op is added by its file and its line here. */
export const ops: readonly Op[] = [
  // affine
  add,
  averagePool,
  batchNormalization,
  concat,
  conv,
  convTranspose,
  divide,
  flatten,
  gather,
  gemm,
  globalAveragePool,
  identity,
  matmul,
  multiply,
  negate,
  pad,
  reduceMean,
  reduceSum,
  reshape,
  resize,
  slice,
  split,
  squeeze,
  subtract,
  transpose,
  unsqueeze,
  // gates
  abs,
  clip,
  globalMaxPool,
  hardSigmoid,
  leakyRelu,
  maxPool,
  maximum,
  minimum,
  prelu,
  reduceMax,
  reduceMin,
  relu,
  // smooth
  elu,
  erf,
  exp,
  hardSwish,
  layerNormalization,
  log,
  logSoftmax,
  pow,
  selu,
  sigmoid,
  softmax,
  softplus,
  softsign,
  sqrt,
  tanh,
  // plumbing
  and,
  argMax,
  cast,
  equal,
  expand,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  not,
  oneHot,
  or,
  where,
];

const byType: ReadonlyMap<string, Op> = new Map(ops.map((op) => [op.type, op]));

/** The op called `type`, or undefined. */
export function opOf(type: string): Op | undefined {
  return byType.get(type);
}
