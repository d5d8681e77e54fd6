// Running
export { referenceEngine } from './reference.js';
export { createClassifier } from './classifier.js';
export { createLabelCounter, type EngineLabelCounter } from './label-counter.js';
export { createFixedPointCounter } from './fixed-point-counter.js';
// Networks to networks
export { addNoise, noisyInputs } from './add-noise.js';
export { differentiate, TARGET } from './differentiate.js';
export { objectivesOf } from './logits-cotangent.js';
export { targetRows } from './target-rows.js';
export { foldConstants } from './fold.js';
export { applyPreprocessing, prependNormalization } from './normalization.js';
export { valueInfo, withOutputs } from './with-outputs.js';
export { fixedPointLayer, fixedPointNames, type FixedPointLayer } from './fixed-point-layer.js';
export { denseLayer, type DenseLayer } from './ops/dense-layer.js';
export { affinePrefix, withComposedPrefix, type AffinePrefix } from './affine-prefix.js';
// Writing transformations
export { createGraphBuilder, type GraphBuilder } from './graph-builder.js';
export {
  constantTensors64,
  emitHomogeneous,
  evaluateHomogeneous,
  evaluateMagnitude,
  evaluateNode,
} from './affine-parts.js';
// What a network is made of
export { opOf, ops } from './ops/index.js';
export type {
  AffineOp,
  BackwardContext,
  Candidate,
  ChoiceGate,
  ElementwiseGate,
  GateNode,
  GateOp,
  IsConstant,
  Op,
  Pieces,
  PlumbingOp,
  Role,
  SmoothOp,
  ValueType,
} from './ops/op.js';
export {
  constantSlots,
  dataValues,
  gatesOf,
  isElementwise,
  requirePiecewiseLinear,
  selectionDtype,
  type Gate,
} from './roles.js';
export { inferTypes, isBatched } from './types.js';
