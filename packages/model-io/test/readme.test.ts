import { defaultPreprocessing } from '@floatpath/core';
import { expect, test } from 'vitest';
import { readIdx } from '../src/datasets/index.js';
import { modelHash, readModel, writeOnnx } from '../src/index.js';
import { fromBase64, golden } from './support/golden-numpy.js';
import { onnxFile, weight } from './support/onnx-file.js';

test('the lines of the README run', async () => {
  const file = onnxFile({
    opset: 13,
    input: [1, 2],
    nodes: [['Gemm', 'x w', 'y']],
    weights: { w: weight([2, 2], [1, 2, 3, 4]) },
  });
  const model = readModel(file, { name: 'mnist' });
  expect(model.network.nodes.map(({ name }) => name)).toEqual(['gemm_1']);
  const rewritten = writeOnnx(model.network);
  expect(readModel(rewritten, { name: 'mnist' }).network).toEqual(model.network);
  expect(await modelHash(model.bytes, defaultPreprocessing)).toMatch(/^[0-9a-f]{64}$/);
  const { images, labels } = readIdx(fromBase64(golden.idx.gz), fromBase64(golden.idx.labels));
  expect(images.shape[0]).toBe(labels.length);
});
