import * as ort from 'onnxruntime-node';
import { ortEngine } from '../../src/ort.js';

export const onRuntime = ortEngine(ort, 'onnxruntime-node');
