import { float32Tensor } from '@floatpath/core';
import { createClassifier, createGraphBuilder, gatesOf } from '@floatpath/engine';
import { ortEngine } from '@floatpath/engine/ort';
import * as ort from 'onnxruntime-node';

const graph = createGraphBuilder();
const x = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 2] });
const z = graph.add('MatMul', [x, graph.constant(float32Tensor([2, 3], [1, -1, 0.5, 2, 1, -1]))]);
const logits = graph.add('Relu', [z]);
const output = { name: logits, dtype: 'float32', shape: ['batch', 3] } as const;
export const network = graph.build('tiny', [output]);
export const gates = gatesOf(network).map((gate) => gate.units);

const classifier = await createClassifier(ortEngine(ort), network, { bounds: [0, 1] });
const rows = float32Tensor([2, 2], [1, 0, 0.25, 0.5]);
export const answer = await classifier.logits(rows);
const objective = { kind: 'margin', labels: Int32Array.of(0, 0) } as const;
export const slope = await classifier.gradient?.(rows, objective);
await classifier[Symbol.asyncDispose]();
