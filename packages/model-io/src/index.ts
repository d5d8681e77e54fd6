// Models
export { detectFormat } from './detect.js';
export { finalSoftmax, type FinalSoftmax } from './final-softmax.js';
export { modelHash, readAnyModel, readModel, readOpaque, type ReadModelOptions } from './model.js';
// TensorFlow.js, Keras, .nnet and bare weights
export type { FileNetwork } from './file-network.js';
export {
  kerasJsonArchive,
  readKerasArchive,
  readKerasH5,
  readKerasJson,
} from './keras/read-keras.js';
export { readNnet, type ReadNnetOptions } from './nnet/read-nnet.js';
export { onnxWithWeights } from './safetensors/onnx-weights.js';
export { readSafetensors, type Safetensors } from './safetensors/read-safetensors.js';
export { tfjsShards } from './tfjs/model-json.js';
export { readTfjs, tfjsArchive, tfjsFiles } from './tfjs/read-tfjs.js';
// ONNX
export { batchRefusal, onnxFacts, type OnnxFacts } from './onnx/facts.js';
export { inlineExternalData, type ExternalData } from './onnx/external-data.js';
export { readOnnx, type ReadOnnxOptions } from './onnx/read.js';
export { writeOnnx } from './onnx/write.js';
// Specifications
export { counterexampleText } from './vnnlib/counterexample.js';
export { readVnnlib } from './vnnlib/read.js';
export type { VnnlibCase, VnnlibConstraint, VnnlibSpec, VnnlibTerm } from './vnnlib/spec.js';
