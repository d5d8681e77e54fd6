// Certifies MNIST images with a model: argv = model, images, labels, count, draws, counts file.
import { readFileSync } from 'node:fs';
import {
  countedImages,
  countImages,
  inProcessCounting,
  networkCounter,
  smoothableModel,
} from '@floatpath/audit';
import { fileSchema, rowsOf, type Preprocessing } from '@floatpath/core';
import { readModel } from '@floatpath/model-io';
import { readIdx } from '@floatpath/model-io/datasets';
import type { CountsHeader } from '@floatpath/smoothing';
import { openCountsFile } from '../../src/counts-on-disk.js';
import { loadEngine } from '../../src/load-engine.js';

const [modelFile, imageFile, labelFile, count, draws, out] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const preprocessing: Preprocessing = { bounds: [0, 1], layout: 'nchw' };
const bytes = (file: string): Uint8Array => new Uint8Array(readFileSync(file));
const { images, labels } = readIdx(bytes(imageFile), bytes(labelFile));
const data = { images: rowsOf(images, 0, Number(count)), labels: labels.slice(0, Number(count)) };
const { engine } = await loadEngine('ort');
const model = readModel(bytes(modelFile), { name: 'mnist-cnn-sigma0.25' });
const ready = await smoothableModel(model, data, preprocessing, engine);
const noise = { kind: 'integer-gaussian', sigma: 0.25 } as const;
const header: CountsHeader = {
  schema: fileSchema.counts,
  version: 'deep',
  engine: engine.name,
  model: { name: model.name, hash: ready.hash },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing,
  data: `MNIST test images 0-${Number(count) - 1}`,
  classes: ready.classes,
  noise,
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: {
    n0: 100,
    n: Number(draws),
    alpha: 0.001,
    bound: { kind: 'binary' },
    stopping: { kind: 'fixed' },
  },
};
const file = await openCountsFile(out, header, { resume: true });
await using counting = inProcessCounting(engine);
await using open = await counting.open([ready.network], { bounds: preprocessing.bounds, noise });
const counter = networkCounter(open, header, { parallel: 1, batchSize: 250 });
const todo = {
  images: ready.images,
  labels: data.labels,
  ids: Uint32Array.from({ length: Number(count) }, (_, i) => i),
};
const done = countedImages(header, file.rows);
for await (const rows of countImages(todo, header, counter, { done })) await file.append(rows);
await file.finish();
