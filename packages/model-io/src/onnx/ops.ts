import { batchNormalization } from './canonical/batch-normalization.js';
import { constant, constantOfShape, passThrough, shapeOf } from './canonical/constant.js';
import { conv, globalPool, pool } from './canonical/convolution.js';
import { binary, clip, prelu, sum, unary, variadic } from './canonical/elementwise.js';
import { concat, transpose } from './canonical/layout.js';
import { gemm, matmul } from './canonical/linear.js';
import { gather, pad, slice, split } from './canonical/pick.js';
import { reduce } from './canonical/reduce.js';
import { flatten, reshape, squeeze, unsqueeze } from './canonical/reshape.js';
import { convTranspose } from './canonical/transposed-convolution.js';
import type { OpRule } from './reading.js';

/** Every op that `readOnnx` accepts and the rule that makes it canonical. A further op is one line here. */
export const ops: Readonly<Record<string, OpRule>> = {
  Abs: unary(),
  Add: binary,
  AveragePool: pool,
  BatchNormalization: batchNormalization,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: binary,
  Dropout: passThrough,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  HardSigmoid: unary({ alpha: 0.2, beta: 0.5 }),
  Identity: passThrough,
  LeakyRelu: unary({ alpha: 0.01 }),
  MatMul: matmul,
  Max: variadic,
  MaxPool: pool,
  Min: variadic,
  Mul: binary,
  Neg: unary(),
  PRelu: prelu,
  Pad: pad,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceSum: reduce,
  Relu: unary(),
  Reshape: reshape,
  Shape: shapeOf,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Sub: binary,
  Sum: sum,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
