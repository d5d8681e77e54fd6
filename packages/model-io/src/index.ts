// ONNX
export { writeOnnx } from './onnx/write.js';
