import { gelu, mish } from './canonical/activation.js';
import { batchNormalization } from './canonical/batch-normalization.js';
import { cast } from './canonical/cast.js';
import { constant, constantOfShape, passThrough, shapeOf } from './canonical/constant.js';
import { conv, globalPool, pool } from './canonical/convolution.js';
import {
  binary,
  clip,
  mean,
  pow,
  prelu,
  selu,
  sum,
  unary,
  variadic,
} from './canonical/elementwise.js';
import { layerNormalization } from './canonical/layer-normalization.js';
import { concat, transpose } from './canonical/layout.js';
import { gemm, matmul } from './canonical/linear.js';
import { gather, pad, slice, split } from './canonical/pick.js';
import { reduce } from './canonical/reduce.js';
import { expand, tile } from './canonical/repeat.js';
import { flatten, reshape, squeeze, unsqueeze } from './canonical/reshape.js';
import { resize } from './canonical/resize.js';
import { softmax } from './canonical/softmax.js';
import { convTranspose } from './canonical/transposed-convolution.js';
import type { OpRule } from './reading.js';

/** Every op that `readOnnx` accepts and the rule that makes it canonical. A further op is one line here. */
export const ops: Readonly<Record<string, OpRule>> = {
  Abs: unary(),
  Add: binary,
  AveragePool: pool,
  BatchNormalization: batchNormalization,
  Cast: cast,
  Clip: clip,
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Conv: conv,
  ConvTranspose: convTranspose,
  Div: binary,
  Dropout: passThrough,
  Elu: unary({ alpha: 1 }),
  Erf: unary(),
  Exp: unary(),
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gelu: gelu,
  Gemm: gemm,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  HardSigmoid: unary({ alpha: 0.2, beta: 0.5 }),
  HardSwish: unary(),
  Identity: passThrough,
  LayerNormalization: layerNormalization,
  LeakyRelu: unary({ alpha: 0.01 }),
  Log: unary(),
  LogSoftmax: softmax,
  MatMul: matmul,
  Max: variadic,
  MaxPool: pool,
  Mean: mean,
  Min: variadic,
  Mish: mish,
  Mul: binary,
  Neg: unary(),
  PRelu: prelu,
  Pad: pad,
  Pow: pow,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceSum: reduce,
  Relu: unary(),
  Reshape: reshape,
  Resize: resize,
  Selu: selu,
  Shape: shapeOf,
  Sigmoid: unary(),
  Slice: slice,
  Softmax: softmax,
  Softplus: unary(),
  Softsign: unary(),
  Split: split,
  Sqrt: unary(),
  Squeeze: squeeze,
  Sub: binary,
  Sum: sum,
  Tanh: unary(),
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Upsample: resize,
};
