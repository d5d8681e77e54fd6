// Tensors
export {
  boolTensor,
  float32Tensor,
  float64Tensor,
  int64Tensor,
  numbersOf,
  rowsOf,
  sizeOf,
  type BoolTensor,
  type DType,
  type Float32Tensor,
  type Float64Tensor,
  type Int64Tensor,
  type Tensor,
  type TensorData,
  type TensorOf,
} from './tensor.js';
// Networks and models
export {
  checkNetwork,
  IR_VERSION,
  OPSET,
  shapeWithRows,
  type Attribute,
  type Attributes,
  type Dimension,
  type Network,
  type NetworkNode,
  type ValueInfo,
} from './network.js';
export {
  defaultPreprocessing,
  type Bounds,
  type DeclaredValue,
  type FileFacts,
  type GraphModel,
  type Model,
  type ModelFormat,
  type OpaqueModel,
  type Preprocessing,
} from './model.js';
export { parseUnitId, unitId, type Unit } from './unit.js';
// Running
export type { Engine, Feeds, Fetches, Kernel } from './engine.js';
export type { Progress, RunOptions } from './run-options.js';
// Classifiers and attacks
export {
  argmaxRows,
  oneHotLogits,
  type Classifier,
  type Gradient,
  type LabelCounter,
  type Objective,
} from './classifier.js';
export type {
  Attack,
  AttackOptions,
  AttackResult,
  AttackRow,
  AttackWarning,
  Criterion,
  LinearConstraint,
  Region,
} from './attack.js';
// Noise and what a number holds for
export {
  GRID_STEPS,
  type Arithmetic,
  type Evidence,
  type Guarantee,
  type NoiseRows,
  type Norm,
} from './noise.js';
// Random bits
export { fillPhiloxBlock, type PhiloxState } from './random/philox.js';
export {
  fillUniform,
  fillWords,
  purposes,
  streamState,
  type Purpose,
  type StreamKey,
} from './random/stream.js';
export { fillNormal } from './random/normal.js';
export { gridGaussian, type GridGaussian } from './random/grid-gaussian.js';
export { gridGaussianCuts } from './random/grid-gaussian-cuts.js';
// Conventions
export { FloatpathError, requireArgument, type ErrorCode } from './errors.js';
export { defaults, exitCode, fileSchema } from './defaults.js';
