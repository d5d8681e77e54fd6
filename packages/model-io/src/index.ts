// Models
export { detectFormat } from './detect.js';
export { finalSoftmax, type FinalSoftmax } from './final-softmax.js';
export { modelHash, readModel, readOpaque, type ReadModelOptions } from './model.js';
// ONNX
export { inlineExternalData, type ExternalData } from './onnx/external-data.js';
export { readOnnx, type ReadOnnxOptions } from './onnx/read.js';
export { writeOnnx } from './onnx/write.js';
// Specifications
export { counterexampleText } from './vnnlib/counterexample.js';
export { readVnnlib } from './vnnlib/read.js';
export type { VnnlibCase, VnnlibConstraint, VnnlibSpec, VnnlibTerm } from './vnnlib/spec.js';
