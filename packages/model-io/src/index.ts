// Models
export { detectFormat } from './detect.js';
export { finalSoftmax, type FinalSoftmax } from './final-softmax.js';
export { modelHash, readModel } from './model.js';
// ONNX
export { readOnnx, type ReadOnnxOptions } from './onnx/read.js';
export { writeOnnx } from './onnx/write.js';
