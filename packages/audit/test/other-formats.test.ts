// Models of formats whose own program is not at hand, or is another than ONNX Runtime.
import { float32Tensor, type GraphModel, type Network } from '@floatpath/core';
import { readModel, readNnet, writeOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { createFileClassifier } from '../src/file-classifier.js';
import {
  audit,
  inProcessCounting,
  inspectionLines,
  hashOfModel,
  inspectModel,
  pathModel,
  storyLines,
} from '../src/index.js';
import type { Engine } from '@floatpath/core';
import { engine, tinyAudit, tinyNetwork } from './tiny.js';

const withSoftmax = (network: Network): Network => {
  const [output] = network.outputs;
  if (output === undefined) throw new Error('no output');
  const softmax = {
    name: 'softmax_1',
    op: 'Softmax',
    inputs: [output.name],
    outputs: ['share'],
    attributes: { axis: 1 },
  };
  return {
    ...network,
    nodes: [...network.nodes, softmax],
    outputs: [{ ...output, name: 'share' }],
  };
};

const bytes = writeOnnx(withSoftmax(tinyNetwork(100)));
const onnx = readModel(bytes, { name: 'shares' });
/** The same graph as if it had come out of a file that nothing here runs. */
const foreign: GraphModel = { ...onnx, format: 'keras-h5', facts: { notes: ['read by hand'] } };

async function auditOf(models: Readonly<Record<string, GraphModel>>) {
  const { data, settings } = await tinyAudit();
  const named = Object.entries(models).map(([label, model]) => ({ label, model }));
  const counting = inProcessCounting(engine as Engine);
  const host = { engine, counting, version: '0' };
  return audit(named, data, { ...settings, allowInaccurate: true }, host);
}

test('a final Softmax is taken away, its file compared after it, and an unchecked file is said to be', async () => {
  const report = await auditOf({ shares: onnx, foreign });
  const [checked, unchecked] = report.artefact;
  // float32 against float64 exponentials of shares up to 1.
  expect(checked?.maxLogitDifference).toBeLessThan(1e-5);
  expect(checked?.unchecked).toBeUndefined();
  expect(unchecked?.unchecked).toMatch(/keras-h5/);
  expect(storyLines(report).join('\n')).toMatch(/foreign: NOT CHECKED, nothing here runs keras-h5/);
  expect(report.networks.map(({ pathAnalysis }) => pathAnalysis)).toEqual([null, null]);
});

test('inspect says format, notes and what was taken away', async () => {
  const lines = inspectionLines(await inspectModel(foreign, { bounds: [0, 1], layout: 'nchw' }));
  const text = lines.join('\n');
  for (const part of [
    'keras-h5',
    'the Softmax at the end is taken away',
    'read by hand',
    'nothing here runs',
  ])
    expect(text).toContain(part);
});

test('a program for another format is asked for the file itself', async () => {
  const network = readNnet(
    new TextEncoder().encode('1,1,1,1,\n1,1,\n0,\n0,\n1,\n0,0,\n1,1,\n2,\n0,\n'),
    { name: 'double' },
  ).network;
  const model: GraphModel = { kind: 'graph', name: 'double', format: 'nnet', bytes, network };
  const asked: string[] = [];
  const loadOther = async ({ format }: { readonly format: string }) => {
    asked.push(format);
    return {
      inputNames: ['x'],
      outputNames: ['y'],
      run: async () => ({ y: float32Tensor([1, 1], [42]) }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  };
  await using own = await createFileClassifier({ ...engine, loadOther }, model, [1], {
    bounds: [0, 1],
    layout: 'nchw',
  });
  expect((await own.logits(float32Tensor([1, 1], [0.5]))).data[0]).toBe(42);
  expect(own.unchecked).toBeUndefined();
  expect(asked).toEqual(['nnet']);
  await using ours = await createFileClassifier(engine, model, [1], {
    bounds: [0, 1],
    layout: 'nchw',
  });
  expect((await ours.logits(float32Tensor([1, 1], [0.5]))).data[0]).toBe(1);
  expect(ours.unchecked).toMatch(/nnet/);
});

test('the order of axes that a format says is in force, stated or not, and names the model', async () => {
  const own = { ...foreign, facts: { notes: [], inputLayout: 'nhwc' as const } };
  const silent = { bounds: [0, 1], layout: 'nchw' } as const;
  const stated = { bounds: [0, 1], layout: 'nhwc' } as const;
  const hash = await hashOfModel(own, silent);
  expect(await hashOfModel(own, stated)).toBe(hash);
  expect((await inspectModel(own, silent)).hash).toBe(hash);
  // ONNX does not say: there the two are two models.
  expect(await hashOfModel(onnx, stated)).not.toBe(await hashOfModel(onnx, silent));
});

test('path analysis is of the logits: a final Softmax does not rule it out', async () => {
  const { data } = await tinyAudit();
  const preprocessing = { bounds: [0, 1], layout: 'nchw' } as const;
  const { analysis, hash } = await pathModel(onnx, data.images, preprocessing);
  expect(analysis.layout.units).toBeGreaterThan(0);
  expect(hash).toBe(await hashOfModel(onnx, preprocessing));
});
