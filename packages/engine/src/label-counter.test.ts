import {
  fillNormal,
  float32Tensor,
  gridGaussian,
  type Network,
  type NoiseRows,
} from '@floatpath/core';
import { expect, test } from 'vitest';
import { onRuntime } from '../test/support/engines.js';
import { smallMlp } from '../test/support/mlp.js';
import { createGraphBuilder } from './graph-builder.js';
import { createLabelCounter } from './label-counter.js';
import { referenceEngine } from './reference.js';

const bounds = [0, 1] as const;
const clip = [-510, 765] as const;
const x = float32Tensor([1, 3], [51 / 255, 1, 102 / 255]);
const total = 200;
const grid = gridGaussian(0.5);

/** Grid or float noise with deviation .5; row r is draw r. */
function noiseRows(arithmetic: 'grid' | 'float', from: number, to: number): NoiseRows {
  const rows = to - from;
  const values = new Float32Array(3 * rows);
  for (let row = 0; row < rows; row += 1) {
    const stream = { seed: 1, purpose: 'estimation', image: 0, draw: from + row } as const;
    if (arithmetic === 'grid') grid.fill(values, row * 3, 3, stream);
    else fillNormal(values, row * 3, 3, stream);
  }
  return arithmetic === 'grid'
    ? { arithmetic, rows, values, clip }
    : { arithmetic, rows, values: values.map((v) => v / 2) };
}

test.each(['grid', 'float'] as const)(
  '%s counts do not depend on the batch size',
  async (arithmetic) => {
    await using counter = await createLabelCounter(onRuntime, smallMlp(), { bounds, arithmetic });
    const countedIn = async (batch: number): Promise<number[]> => {
      const sum = [0, 0, 0];
      for (let from = 0; from < total; from += batch) {
        const noise = noiseRows(arithmetic, from, Math.min(total, from + batch));
        const [counts] = await counter.countLabels(x, noise);
        counts?.forEach((count, j) => (sum[j] = (sum[j] as number) + count));
      }
      return sum;
    };
    const whole = await countedIn(total);
    expect(whole.reduce((a, b) => a + b)).toBe(total);
    expect(whole.filter((count) => count > 0).length).toBeGreaterThan(1);
    for (const batch of [1, 7, 64, 199]) expect(await countedIn(batch)).toEqual(whole);
  },
);

test('grid counts are those of the reference where no logit is close', async () => {
  const options = { bounds, arithmetic: 'grid' } as const;
  await using runtime = await createLabelCounter(onRuntime, smallMlp(), options);
  await using reference = await createLabelCounter(referenceEngine(), smallMlp(), options);
  const noise = noiseRows('grid', 0, total);
  expect(await runtime.countLabels(x, noise)).toEqual(await reference.countLabels(x, noise));
});

test('an input between grid points is counted at the nearest one', async () => {
  await using counter = await createLabelCounter(onRuntime, smallMlp(), {
    bounds,
    arithmetic: 'grid',
  });
  const near = float32Tensor([1, 3], [51.4 / 255, 254.6 / 255, 101.7 / 255]);
  const noise = noiseRows('grid', 0, total);
  expect(await counter.countLabels(near, noise)).toEqual(await counter.countLabels(x, noise));
});

/** Logits, the same with class 1 masked by a further input, and a sum with a constant that may be NaN. */
function severalOutputs(constant: number): Network {
  const base = smallMlp();
  const graph = createGraphBuilder(base);
  graph.input({ name: 'mask', dtype: 'bool', shape: [1, 3] });
  const masked = graph.add('Where', ['mask', 'logits', graph.scalar(-100)]);
  const shifted = graph.add('Add', ['logits', graph.scalar(constant)]);
  const logits = (name: string): Network['outputs'][number] => ({
    name,
    dtype: 'float32',
    shape: ['batch', 3],
  });
  return graph.build('several', [logits('logits'), logits(masked), logits(shifted)]);
}

const mask = (
  ...values: number[]
): { mask: { dtype: 'bool'; shape: number[]; data: Uint8Array } } => ({
  mask: { dtype: 'bool', shape: [1, 3], data: Uint8Array.from(values) },
});

test('several classifiers are counted on the same noise, with feeds of one image', async () => {
  const options = { bounds, arithmetic: 'float' } as const;
  await using counter = await createLabelCounter(onRuntime, severalOutputs(1), options);
  const noise = noiseRows('float', 0, total);
  expect(counter.names.length).toBe(3);
  const [plain, all, shifted] = await counter.withFeeds(mask(1, 1, 1)).countLabels(x, noise);
  expect(all).toEqual(plain);
  expect(shifted).toEqual(plain);
  const [again, first] = await counter.withFeeds(mask(1, 0, 0)).countLabels(x, noise);
  expect(again).toEqual(plain);
  expect(first).toEqual(Uint32Array.of(total, 0, 0));
  await expect(counter.countLabels(x, noise)).rejects.toMatchObject({ code: 'shape-mismatch' });
});

test('a NaN in any classifier counts nothing', async () => {
  const options = { bounds, arithmetic: 'float' } as const;
  await using counter = await createLabelCounter(onRuntime, severalOutputs(NaN), options);
  const noise = noiseRows('float', 0, 4);
  await expect(counter.withFeeds(mask(1, 1, 1)).countLabels(x, noise)).rejects.toMatchObject({
    code: 'not-finite',
  });
});

test('noise of the other arithmetic, of another length, or none at all', async () => {
  await using counter = await createLabelCounter(onRuntime, smallMlp(), {
    bounds,
    arithmetic: 'grid',
  });
  await expect(counter.countLabels(x, noiseRows('float', 0, 2))).rejects.toThrow(
    'countLabels: expected grid noise, got float noise',
  );
  const short = { arithmetic: 'grid', rows: 3, values: new Float32Array(8), clip } as const;
  await expect(counter.countLabels(x, short)).rejects.toMatchObject({ code: 'shape-mismatch' });
  const none = { arithmetic: 'grid', rows: 0, values: new Float32Array(0), clip } as const;
  expect(await counter.countLabels(x, none)).toEqual([new Uint32Array(3)]);
});

test('a network without a free batch axis cannot be counted in the graph', async () => {
  const options = { bounds, arithmetic: 'grid' } as const;
  await expect(createLabelCounter(onRuntime, smallMlp(1), options)).rejects.toMatchObject({
    code: 'invalid-network',
  });
});

test('all classifiers have the same classes', async () => {
  const network = smallMlp();
  const wider = { name: 'h', dtype: 'float32', shape: ['batch', 4] } as const;
  const options = { bounds, arithmetic: 'grid' } as const;
  await expect(
    createLabelCounter(onRuntime, { ...network, outputs: [...network.outputs, wider] }, options),
  ).rejects.toThrow('createLabelCounter: expected outputs of 3 classes each');
});
