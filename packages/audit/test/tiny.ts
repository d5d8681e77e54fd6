import { createRequire } from 'node:module';
import {
  argmaxRows,
  defaultPreprocessing,
  fillNormal,
  fillWords,
  float32Tensor,
  type Float32Tensor,
  type Network,
  type NetworkNode,
} from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import { ortEngine, type OrtModule } from '@floatpath/engine/ort';
import { readModel, writeOnnx } from '@floatpath/model-io';
import type { AuditData, AuditModel, AuditSettings } from '../src/index.js';

const enginePackage = new URL('../../engine/package.json', import.meta.url);

export const engine = ortEngine(
  createRequire(enginePackage)('onnxruntime-node') as OrtModule,
  'onnxruntime-node',
);

const settings: AuditSettings = {
  seed: 0,
  norm: 'l2',
  epsilon: 0.8,
  sigma: 0.25,
  n0: 20,
  n: 60,
  alpha: 0.01,
  preprocessing: defaultPreprocessing,
  allowInaccurate: false,
  batchSize: 32,
};

function random(shape: readonly number[], seed: number, scale: number): Float32Tensor {
  const tensor = float32Tensor(shape);
  fillNormal(tensor.data, 0, tensor.data.length, {
    seed,
    purpose: 'calibration',
    image: 0,
    draw: 0,
  });
  return float32Tensor(
    shape,
    tensor.data.map((v) => v * scale),
  );
}

function node(op: string, inputs: readonly string[], output: string, attributes = {}): NetworkNode {
  return { name: `${op.toLowerCase()}_${output}`, op, inputs, outputs: [output], attributes };
}

/** conv 1-4 3x3 s2, relu, fc 16-8, relu, fc 8-3 on 1 x 6 x 6 inputs. */
export function tinyNetwork(seed: number): Network {
  return {
    name: 'tiny',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 6, 6] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 3] }],
    nodes: [
      node('Conv', ['x', 'w1', 'b1'], 'a', { strides: [2, 2], kernel_shape: [3, 3] }),
      node('Relu', ['a'], 'b'),
      node('Flatten', ['b'], 'c', { axis: 1 }),
      node('Gemm', ['c', 'w2', 'b2'], 'd', { transB: 1 }),
      node('Relu', ['d'], 'e'),
      node('Gemm', ['e', 'w3', 'b3'], 'logits', { transB: 1 }),
    ],
    constants: new Map([
      ['w1', random([4, 1, 3, 3], seed, 0.6)],
      ['b1', random([4], seed + 1, 0.2)],
      ['w2', random([8, 16], seed + 2, 0.5)],
      ['b2', random([8], seed + 3, 0.2)],
      ['w3', random([3, 8], seed + 4, 0.6)],
      ['b3', random([3], seed + 5, 0.1)],
    ]),
  };
}

/** 8-bit images labelled by the first network itself, except the last one. */
export async function tinyAudit(
  overrides: Partial<AuditSettings> = {},
  labels: readonly string[] = ['first', 'second'],
): Promise<{ models: AuditModel[]; data: AuditData; settings: AuditSettings }> {
  const images = 8;
  const words = new Uint32Array(images * 36);
  fillWords(words, { seed: 7, purpose: 'calibration', image: 1, draw: 0 });
  const pixels = float32Tensor(
    [images, 1, 6, 6],
    Array.from(words, (w) => Math.fround((w % 256) / 255)),
  );
  const models = labels.map((label): AuditModel => {
    const network = tinyNetwork(100);
    return { label, model: readModel(writeOnnx(network), { name: label }) };
  });
  const classifier = await createClassifier(engine, tinyNetwork(100), { bounds: [0, 1] });
  const predicted = argmaxRows(await classifier.logits(pixels));
  await classifier[Symbol.asyncDispose]();
  predicted[images - 1] = ((predicted[images - 1] ?? 0) + 1) % 3;
  return {
    models,
    data: {
      name: 'tiny images 0-7',
      images: pixels,
      labels: predicted,
      ids: Uint32Array.from({ length: images }, (_, i) => i),
    },
    settings: { ...settings, ...overrides },
  };
}
