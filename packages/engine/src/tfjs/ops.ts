import * as broadcast from './broadcast.js';
import { batchNormalization } from './batch-normalization.js';
import { cast } from './cast.js';
import { conv, convTranspose } from './convolution.js';
import * as elementwise from './elementwise.js';
import type { TfjsOp } from './op.js';
import { averagePool, maxPool } from './pooling.js';
import { gemm, matmul } from './products.js';
import * as reductions from './reductions.js';
import { resize } from './resize.js';
import * as shapes from './shapes.js';

/** How TensorFlow.js runs every op, by ONNX name. */
export const tfjsOps: ReadonlyMap<string, TfjsOp> = new Map([
  // affine
  ['Add', broadcast.add],
  ['AveragePool', averagePool],
  ['BatchNormalization', batchNormalization],
  ['Concat', shapes.concat],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['Div', broadcast.div],
  ['Flatten', shapes.reshape],
  ['Gather', shapes.gather],
  ['Gemm', gemm],
  ['GlobalAveragePool', reductions.globalAveragePool],
  ['Identity', elementwise.identity],
  ['MatMul', matmul],
  ['Mul', broadcast.mul],
  ['Neg', elementwise.neg],
  ['Pad', shapes.pad],
  ['ReduceMean', reductions.reduceMean],
  ['ReduceSum', reductions.reduceSum],
  ['Reshape', shapes.reshape],
  ['Resize', resize],
  ['Slice', shapes.slice],
  ['Split', shapes.split],
  ['Squeeze', shapes.reshape],
  ['Sub', broadcast.sub],
  ['Transpose', shapes.transpose],
  ['Unsqueeze', shapes.reshape],
  // gates
  ['Abs', elementwise.abs],
  ['Clip', broadcast.clip],
  ['GlobalMaxPool', reductions.globalMaxPool],
  ['HardSigmoid', elementwise.hardSigmoid],
  ['LeakyRelu', elementwise.leakyRelu],
  ['Max', broadcast.max],
  ['MaxPool', maxPool],
  ['Min', broadcast.min],
  ['PRelu', broadcast.prelu],
  ['ReduceMax', reductions.reduceMax],
  ['ReduceMin', reductions.reduceMin],
  ['Relu', elementwise.relu],
  // smooth
  ['Elu', elementwise.elu],
  ['Erf', elementwise.erf],
  ['Exp', elementwise.exp],
  ['HardSwish', elementwise.hardSwish],
  ['LayerNormalization', reductions.layerNormalization],
  ['Log', elementwise.log],
  ['LogSoftmax', reductions.logSoftmax],
  ['Pow', broadcast.pow],
  ['Selu', elementwise.selu],
  ['Sigmoid', elementwise.sigmoid],
  ['Softmax', reductions.softmax],
  ['Softplus', elementwise.softplus],
  ['Softsign', elementwise.softsign],
  ['Sqrt', elementwise.sqrt],
  ['Tanh', elementwise.tanh],
  // plumbing
  ['And', broadcast.and],
  ['ArgMax', reductions.argMax],
  ['Cast', cast],
  ['Equal', broadcast.equal],
  ['Expand', broadcast.expand],
  ['Greater', broadcast.greater],
  ['GreaterOrEqual', broadcast.greaterOrEqual],
  ['Less', broadcast.less],
  ['LessOrEqual', broadcast.lessOrEqual],
  ['Not', elementwise.not],
  ['OneHot', reductions.oneHot],
  ['Or', broadcast.or],
  ['Where', broadcast.where],
]);
