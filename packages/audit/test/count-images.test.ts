import { fileSchema, type Classifier } from '@floatpath/core';
import { createClassifier } from '@floatpath/engine';
import {
  certificatesOf,
  certificationReport,
  certify,
  mergeCounts,
  noiseOf,
  writeCounts,
  type CountsHeader,
  type CountsRow,
} from '@floatpath/smoothing';
import { expect, test } from 'vitest';
import {
  certificationLines,
  classifierCounter,
  countedImages,
  countImages,
  countImageSplits,
  imageShard,
  inProcessCounting,
  networkCounter,
  smoothableModel,
  type CountImagesOptions,
  type ImagesToCount,
} from '../src/index.js';
import { engine, tinyAudit, tinyNetwork } from './tiny.js';

const header: CountsHeader = {
  schema: fileSchema.counts,
  version: '0.1.0',
  engine: engine.name,
  model: { name: 'tiny', hash: 'sha256:00' },
  method: 'plain',
  guarantee: 'unconditional',
  preprocessing: { bounds: [0, 1], layout: 'nchw' },
  data: 'tiny images',
  classes: 3,
  noise: { kind: 'integer-gaussian', sigma: 0.25 },
  norm: 'l2',
  sharing: 'per-image',
  seed: 0,
  plan: {
    n0: 20,
    n: 120,
    alpha: 0.01,
    bound: { kind: 'binary' },
    stopping: { kind: 'fixed' },
  },
};
const { data, models } = await tinyAudit();

/** The rows that a network's own counters draw. */
async function drawn(
  change: Partial<CountsHeader> = {},
  how: { images?: ImagesToCount; batchSize?: number; parallel?: number } & CountImagesOptions = {},
): Promise<CountsRow[]> {
  const { images = data, batchSize = 32, parallel = 1, ...options } = how;
  const full = { ...header, ...change };
  await using counting = inProcessCounting(engine);
  const noise = full.noise as Parameters<typeof counting.open>[1]['noise'];
  await using open = await counting.open([tinyNetwork(100)], { bounds: [0, 1], noise });
  const counter = networkCounter(open, full, { parallel, batchSize });
  const rows: CountsRow[] = [];
  for await (const more of countImages(images, full, counter, options)) rows.push(...more);
  return rows;
}

async function withClassifier<T>(use: (classifier: Classifier) => Promise<T>): Promise<T> {
  await using classifier = await createClassifier(engine, tinyNetwork(100), { bounds: [0, 1] });
  return await use(classifier);
}

test('counts are those of certify, whoever draws them and however they are batched', async () => {
  const rows = await drawn();
  expect(rows.map(({ image, purpose }) => `${image} ${purpose}`).slice(0, 3)).toEqual([
    '0 selection',
    '0 estimation',
    '1 selection',
  ]);
  expect(await drawn({}, { batchSize: 7, parallel: 3 })).toEqual(rows);
  await withClassifier(async (classifier) => {
    const others: CountsRow[] = [];
    const counter = classifierCounter(classifier, header, { parallel: 2, batchSize: 50 });
    for await (const more of countImages(data, header, counter)) others.push(...more);
    expect(others).toEqual(rows);
    const noise = noiseOf({ kind: 'integer-gaussian', sigma: 0.25 }, [0, 1]);
    const { images } = certificatesOf({ header, rows });
    for (const { image, certificate } of images) {
      const x = {
        ...data.images,
        shape: [1, 1, 6, 6],
        data: data.images.data.subarray(36 * image, 36 * (image + 1)),
      };
      const options = { noise, n0: 20, n: 120, alpha: 0.01, seed: 0, image, batchSize: 40 };
      expect(await certify(classifier, x, options)).toMatchObject(certificate);
    }
  });
});

test('a run that is taken up again, and one in shards, gives the same file', async () => {
  const rows = await drawn();
  const whole = writeCounts({ header, rows });
  const begun = rows.slice(0, 5);
  const done = countedImages(header, begun);
  expect([...done]).toEqual([0, 1]);
  const rest = await drawn({}, { done });
  expect(writeCounts({ header, rows: [...rows.slice(0, 4), ...rest] })).toBe(whole);
  const [even, odd] = await Promise.all(
    [1, 2].map((index) => drawn({}, { images: imageShard(data, { index, of: 2 }) })),
  );
  const merged = mergeCounts([
    { header, rows: odd ?? [] },
    { header, rows: even ?? [] },
  ]);
  expect(writeCounts(merged)).toBe(whole);
  expect(() => imageShard(data, { index: 3, of: 2 })).toThrow('expected a shard i/n');
});

test('shared noise is the same for equal images, and rules may stop early', async () => {
  const twice: ImagesToCount = {
    images: {
      ...data.images,
      shape: [2, 1, 6, 6],
      data: Float32Array.from([
        ...data.images.data.subarray(0, 36),
        ...data.images.data.subarray(0, 36),
      ]),
    },
    ids: Uint32Array.of(5, 6),
  };
  const [, first, , second] = await drawn({ sharing: 'shared' }, { images: twice });
  expect(second?.counts).toEqual(first?.counts);
  expect(first?.label).toBeNull();
  const plan = {
    ...header.plan,
    n: 2_000,
    bound: { kind: 'anytime' },
    stopping: { kind: 'target-radius', radius: 0.02 },
  } as const;
  const rows = await drawn({ plan: plan as CountsHeader['plan'] });
  const draws = rows.filter(({ purpose }) => purpose === 'estimation').map(({ n }) => n);
  expect(Math.min(...draws)).toBeLessThan(1_000);
});

test('uniform and splitting noise certify l1, the latter for certain', async () => {
  const uniform = await drawn({ noise: { kind: 'uniform', sigma: 0.25 }, norm: 'l1' });
  expect(uniform).toHaveLength(16);
  const full: CountsHeader = {
    ...header,
    noise: { kind: 'splitting', sigma: 0.1 },
    norm: 'l1',
    plan: null,
  };
  const rows: CountsRow[] = [];
  await withClassifier(async (classifier) => {
    for await (const more of countImageSplits(data, full, classifier, { batchSize: 32 })) {
      rows.push(...more);
    }
  });
  const report = certificationReport({ header: full, rows }, { radii: [0] });
  // 2 sqrt(3) .1 of 255 levels: 88 offsets.
  expect(report).toMatchObject({ images: 8, n: 88, alpha: 0, norm: 'l1', arithmetic: 'grid' });
  expect(certificationLines(full, report).join('\n')).toContain('88 offsets, all of them');
  await expect(drawn({ plan: null })).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('what is printed is rounded towards less and says what it depends on', async () => {
  const rows = await drawn();
  const report = certificationReport({ header, rows }, { radii: [0, 0.1] });
  const lines = certificationLines(header, report);
  expect(lines).toContain(
    'integer-gaussian noise, sigma 0.25, n0 20, n 120, alpha 0.01, binary bound, seed 0',
  );
  const mean = Number(/: (\d\.\d{4})/.exec(lines.at(-1) ?? '')?.[1]);
  expect(mean).toBeLessThanOrEqual(report.average);
  expect(report.average - mean).toBeLessThan(1e-4);
  const float = { ...report, arithmetic: 'float', guarantee: 'conditional' } as const;
  const warned = certificationLines(header, float).join('\n');
  expect(warned).toContain('NOT SOUND IN FLOATING POINT');
  expect(warned).toContain('mean surrogate radius');
});

test('a model is looked at before it is counted', async () => {
  const model = models[0]?.model as Parameters<typeof smoothableModel>[0];
  const ready = await smoothableModel(model, data, header.preprocessing, engine);
  expect(ready).toMatchObject({ classes: 3, right: 7 });
  const wrong = { images: { ...data.images, shape: [8, 2, 3, 6] }, labels: data.labels };
  await expect(smoothableModel(model, wrong, header.preprocessing, engine)).rejects.toMatchObject({
    code: 'shape-mismatch',
  });
});
