import {
  float32Tensor,
  float64Tensor,
  int64Tensor,
  type DType,
  type Engine,
  type Network,
} from '@floatpath/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { checkEngine } from '../src/conformance.js';
import { ops } from '../src/index.js';
import { tfjsEngine } from '../src/tfjs.js';
import { tfjsOps } from '../src/tfjs/ops.js';
import { smallMlp } from './support/mlp.js';
import { onTfjs } from './support/tfjs.js';

const failures = async (engine: Engine): Promise<string[]> =>
  (await checkEngine(engine))
    .filter((result) => !result.passed)
    .map(({ op, name, problem }) => `${op}, ${name}: ${problem ?? ''}`);

const x = float32Tensor([3, 3], [0.1, 0.9, 0.4, 0.7, 0.2, 0.6, 1, 0, 0.5]);

test('the table has every op of the engine', () => {
  expect([...tfjsOps.keys()].sort()).toEqual(ops.map(({ type }) => type).sort());
});

test('control: a backend whose convolution drops its last tap fails by name', async () => {
  await onTfjs('cpu');
  const broken = {
    ...tf,
    conv2d: ((image: tf.Tensor4D, filter: tf.Tensor4D, ...rest: [number, 'valid']) => {
      const [height, width] = filter.shape;
      const mask = tf.ones([height, width, 1, 1]).bufferSync();
      mask.set(0, height - 1, width - 1, 0, 0);
      return tf.conv2d(image, tf.mul<tf.Tensor4D>(filter, mask.toTensor()), ...rest);
    }) as typeof tf.conv2d,
  };
  const faulty = tfjsEngine(broken);
  const found = await failures(faulty);
  expect(found.filter((failure) => failure.startsWith('Conv,')).length).toBeGreaterThan(3);
  expect(found.every((failure) => /^(Conv|ConvTranspose|network),/.test(failure))).toBe(true);
});

test('leaves no tensor behind: runs, failed runs, failed loads, disposal', async () => {
  const engine = await onTfjs('cpu');
  const before = tf.memory().numTensors;
  const kernel = await engine.load(smallMlp());
  await kernel.run({ x });
  const loaded = tf.memory().numTensors;
  for (let i = 0; i < 3; i += 1) await kernel.run({ x });
  await expect(kernel.run({ x: float32Tensor([1, 4]) })).rejects.toMatchObject({
    code: 'shape-mismatch',
  });
  expect(tf.memory().numTensors).toBe(loaded);
  await kernel[Symbol.asyncDispose]();
  expect(tf.memory().numTensors).toBe(before);
  await failures(engine);
  expect(tf.memory().numTensors).toBe(before);
});

const identity = (dtype: DType, op = 'Identity'): Network => ({
  name: 'one node',
  inputs: [{ name: 'x', dtype, shape: ['batch', 2] }],
  outputs: [{ name: 'y', dtype, shape: ['batch', 2] }],
  nodes: [{ name: 'only', op, inputs: ['x'], outputs: ['y'], attributes: {} }],
  constants: new Map(),
});

test('float64 networks and integers beyond 32 bits are refused, not rounded', async () => {
  const engine = await onTfjs('cpu');
  await expect(engine.load(identity('float64'))).rejects.toMatchObject({
    code: 'unsupported-op',
    message:
      'tfjs: expected "x" in float32, got float64, which TensorFlow.js has not; use another engine',
  });
  await using kernel = await engine.load(identity('int64'));
  await expect(kernel.run({ x: int64Tensor([1, 2], [1, 2n ** 40n]) })).rejects.toMatchObject({
    code: 'unsupported-op',
  });
  expect((await kernel.run({ x: int64Tensor([1, 2], [1, -3]) }))['y']).toEqual(
    int64Tensor([1, 2], [1, -3]),
  );
});

test('a number that does not fit an integer of the backend fails the run', async () => {
  const engine = await onTfjs('cpu');
  const toInteger: Network = {
    ...identity('float32', 'Cast'),
    outputs: [{ name: 'y', dtype: 'int64', shape: ['batch', 2] }],
    nodes: [{ name: 'only', op: 'Cast', inputs: ['x'], outputs: ['y'], attributes: { to: 7 } }],
  };
  await using kernel = await engine.load(toInteger);
  const before = tf.memory().numTensors;
  for (const value of [2 ** 31, NaN]) {
    await expect(kernel.run({ x: float32Tensor([1, 2], [1, value]) })).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'run: expected numbers that fit 32-bit integers at node "only" (Cast), got others',
    });
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('float64 feeds are rounded, results and feeds keep their own memory, no rows give no rows', async () => {
  await using kernel = await (await onTfjs('cpu')).load(identity('float32'));
  const third = float64Tensor([1, 2], [1 / 3, 2]);
  expect((await kernel.run({ x: third }))['y']).toEqual(float32Tensor([1, 2], third.data));
  const feed = float32Tensor([1, 2], [1, 2]);
  const { y } = await kernel.run({ x: feed });
  feed.data[0] = 5;
  expect(y).toEqual(float32Tensor([1, 2], [1, 2]));
  expect((await kernel.run({ x: float32Tensor([0, 2]) }))['y']).toEqual(float32Tensor([0, 2]));
});
