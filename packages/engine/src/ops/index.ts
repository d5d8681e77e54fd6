import { add, divide, multiply, negate, subtract } from './arithmetic.js';
import { batchNormalization } from './batch-normalization.js';
import { conv } from './conv.js';
import { convTranspose } from './conv-transpose.js';
import { gemm } from './gemm.js';
import { matmul } from './matmul.js';
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
  maximum,
  minimum,
  not,
  or,
  where,
} from './plumbing.js';
import { reduceSum } from './reduce-sum.js';
import { relu } from './relu.js';
import { flatten, identity, reshape, squeeze, transpose, unsqueeze } from './shape-ops.js';
import { softmax } from './softmax.js';

/** Every op, in one list: an op is added by its file and its line here. */
export const ops: readonly Op[] = [
  // affine
  add,
  batchNormalization,
  conv,
  convTranspose,
  divide,
  flatten,
  gemm,
  identity,
  matmul,
  multiply,
  negate,
  reduceSum,
  reshape,
  squeeze,
  subtract,
  transpose,
  unsqueeze,
  // gates
  relu,
  // smooth
  softmax,
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
  maximum,
  minimum,
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
