// ONNX
export { readOnnx, type ReadOnnxOptions } from './onnx/read.js';
export { writeOnnx } from './onnx/write.js';
