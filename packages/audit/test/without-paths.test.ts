import { float32Tensor, rowsOf, type Engine, type Model } from '@floatpath/core';
import type { OrtEngine } from '@floatpath/engine/ort';
import { readModel, readOpaque, writeOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import {
  audit,
  inProcessCounting,
  reportHtml,
  reportJson,
  reportSchema,
  storyLines,
  type Report,
} from '../src/index.js';
import { createFileClassifier } from '../src/file-classifier.js';
import { engine, tinyAudit, tinyNetwork } from './tiny.js';

async function auditOf(models: Readonly<Record<string, Model>>): Promise<Report> {
  const { data, settings } = await tinyAudit();
  const named = Object.entries(models).map(([label, model]) => ({ label, model }));
  const counting = inProcessCounting(engine as Engine);
  return audit(
    named,
    data,
    { ...settings, allowInaccurate: true },
    { engine, counting, version: '0' },
  );
}

const relu = tinyNetwork(100);
const bytes = writeOnnx(relu);
const sigmoid = {
  ...relu,
  nodes: relu.nodes.map((node) => (node.op === 'Relu' ? { ...node, op: 'Sigmoid' } : node)),
};

test('a model that runs on its own bytes gets the counts, labels and certificates of its graph', async () => {
  const report = await auditOf({
    graph: readModel(bytes, { name: 'graph' }),
    opaque: readOpaque(bytes, { name: 'opaque' }),
  });
  expect(reportSchema.parse(JSON.parse(reportJson(report)))).toEqual(report);
  const plainOf = (id: string): unknown =>
    report.rows
      .filter(({ network }) => network === id)
      .map(({ predicted, certificates }) => [
        predicted,
        certificates.find(({ method }) => method === 'plain'),
      ]);
  expect(plainOf('network-2')).toEqual(plainOf('network-1'));
  const story = storyLines(report).join('\n');
  expect(story).toContain(
    "our graph gives the original file's label on 8 of 8 images, 1 of 2 networks",
  );
  expect(story).toContain('opaque: no graph of ours, the file itself is audited on its own bytes');
  expect(story).toContain('here of 200 draws (alpha 0.01)');
  const [graph, opaque] = report.networks;
  expect(graph).toMatchObject({ pathAnalysis: null });
  expect(opaque?.attack).toMatch(/^square/);
  expect(opaque).toMatchObject({ smoothedAttack: null, smoothedRobustAtMost: null });
  expect(opaque?.methods.map(({ status }) => status)).toEqual([
    'done',
    'not-piecewise-linear',
    'not-piecewise-linear',
  ]);
  expect(
    report.rows.every(({ network, diagnosis }) => network !== 'network-2' || diagnosis === null),
  ).toBe(true);
});

test('a smooth network is attacked by its gradient and smoothed; its paths are refused by node, in every output', async () => {
  const report = await auditOf({ smooth: readModel(writeOnnx(sigmoid), { name: 'smooth' }) });
  const [network] = report.networks;
  expect(network?.attack).toContain('pgd');
  expect(network?.smoothedRobustAtMost).not.toBeNull();
  expect(network?.pathAnalysis).toContain(
    'op "Sigmoid" is neither affine nor a gate at node "sigmoid_1"',
  );
  const story = storyLines(report).join('\n');
  expect(story).toContain('not told by paths');
  expect(story).toContain('no paths to repress');
  expect(story).toContain('sigmoid_1');
  expect(reportHtml(report, [])).toContain('no paths to repress');
});

test('a network with a fixed batch of one is audited row by row, with the counts of its batched twin', async () => {
  const fixed = {
    ...relu,
    name: 'fixed',
    inputs: relu.inputs.map((input) => ({ ...input, shape: [1, 1, 6, 6] })),
    outputs: relu.outputs.map((output) => ({ ...output, shape: [1, 3] })),
  };
  const report = await auditOf({
    batched: readModel(bytes, { name: 'batched' }),
    fixed: { ...readModel(bytes, { name: 'fixed' }), network: fixed },
  });
  const [batched, single] = report.networks;
  expect(single?.methods.map(({ status }) => status)).toEqual([
    'done',
    'one-row-at-a-time',
    'one-row-at-a-time',
  ]);
  expect(single?.kinds).toEqual(batched?.kinds);
  const counts = (id: string): unknown =>
    report.rows
      .filter(({ network }) => network === id)
      .map(({ certificates }) => certificates.find(({ method }) => method === 'plain')?.estimation);
  expect(counts('network-2')).toEqual(counts('network-1'));
});

test('a model whose ops are not read gets its rows one at a time: it may mix those of a batch', async () => {
  const { data, settings } = await tinyAudit();
  const mixing: OrtEngine = {
    ...engine,
    async loadOnnx(file) {
      const loaded = await engine.loadOnnx(file);
      return {
        ...loaded,
        // Batch statistics, as of a normalization that was exported in training mode.
        async run(feeds) {
          const fetches = await loaded.run(feeds);
          return Object.fromEntries(
            Object.entries(fetches).map(([name, { shape, data: values }]) => {
              const numbers = values as Float32Array;
              const mean = numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
              return [
                name,
                float32Tensor(
                  shape,
                  numbers.map((v) => (v - mean) ** 2),
                ),
              ];
            }),
          );
        },
      };
    },
  };
  const model = readOpaque(bytes, { name: 'mixing' });
  const shape = data.images.shape.slice(1);
  await using classifier = await createFileClassifier(mixing, model, shape, settings.preprocessing);
  const together = await classifier.logits(data.images);
  const alone: number[] = [];
  for (const [row] of data.labels.entries()) {
    alone.push(...(await classifier.logits(rowsOf(data.images, row, row + 1))).data);
  }
  expect(Array.from(together.data)).toEqual(alone);
});

test('a model that answers the same image differently is refused in one sentence', async () => {
  const { data, settings } = await tinyAudit();
  const model = readOpaque(bytes, { name: 'random' });
  const fickle: OrtEngine = {
    ...engine,
    async loadOnnx(file) {
      const loaded = await engine.loadOnnx(file);
      let runs = 0;
      return {
        ...loaded,
        async run(feeds) {
          const fetches = await loaded.run(feeds);
          runs += 1;
          const sign = runs % 3 === 0 ? 1 : -1;
          return Object.fromEntries(
            Object.entries(fetches).map(([name, { shape, data: values }]) => [
              name,
              float32Tensor(
                shape,
                Float32Array.from(values as Float32Array, (v) => sign * v),
              ),
            ]),
          );
        },
      };
    },
  };
  const counting = inProcessCounting(engine as Engine);
  const host = { engine: fickle, counting, version: '0' };
  await expect(
    audit([{ label: 'random', model }], data, { ...settings, allowInaccurate: true }, host),
  ).rejects.toMatchObject({
    code: 'artefact-mismatch',
    message: expect.stringContaining('a randomized model cannot be audited') as string,
  });
});
