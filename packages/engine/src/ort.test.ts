import { float32Tensor, float64Tensor, rowsOf, type DType, type Network } from '@floatpath/core';
import { writeOnnx } from '@floatpath/model-io';
import { expect, test } from 'vitest';
import { onRuntime } from '../test/support/engines.js';
import { smallMlp } from '../test/support/mlp.js';

const x = float32Tensor([3, 3], [0.1, 0.9, 0.4, 0.7, 0.2, 0.6, 1, 0, 0.5]);

test('a file on its own bytes gives what its network gives', async () => {
  await using file = await onRuntime.loadOnnx(writeOnnx(smallMlp()));
  await using kernel = await onRuntime.load(smallMlp());
  expect([file.inputNames, file.outputNames]).toEqual([['x'], ['logits']]);
  expect(await file.run({ x })).toEqual(await kernel.run({ x }));
});

test('bytes that are no model are refused with the reason of the runtime', async () => {
  await expect(onRuntime.loadOnnx(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
    code: 'engine-failed',
    message: expect.stringContaining('onnxruntime: cannot load the model file') as string,
  });
});

test('a failure inside a run is reported once and leaves the kernel usable', async () => {
  await using file = await onRuntime.loadOnnx(writeOnnx(smallMlp()));
  await expect(file.run({ x: float32Tensor([1, 4]) })).rejects.toMatchObject({
    code: 'engine-failed',
  });
  expect((await file.run({ x }))['logits']?.shape).toEqual([3, 3]);
});

test('rows that are views into a larger buffer are read at their own place', async () => {
  await using kernel = await onRuntime.load(smallMlp());
  const whole = (await kernel.run({ x }))['logits'];
  const last = (await kernel.run({ x: rowsOf(x, 2, 3) }))['logits'];
  expect(Array.from(last?.data ?? [], Number)).toEqual(
    Array.from(whole?.data ?? [], Number).slice(6),
  );
});

const identity = (dtype: DType): Network => ({
  name: 'identity',
  inputs: [{ name: 'x', dtype, shape: ['batch', 2] }],
  outputs: [{ name: 'y', dtype, shape: ['batch', 2] }],
  nodes: [{ name: 'id', op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
  constants: new Map(),
});

test('float feeds take the float type of the input', async () => {
  await using narrow = await onRuntime.load(identity('float32'));
  await using wide = await onRuntime.load(identity('float64'));
  const third = float64Tensor([1, 2], [1 / 3, 2]);
  expect((await narrow.run({ x: third }))['y']).toEqual(float32Tensor([1, 2], third.data));
  expect((await wide.run({ x: third }))['y']).toEqual(third);
  expect((await wide.run({ x: float32Tensor([1, 2], [0.5, 2]) }))['y']).toEqual(
    float64Tensor([1, 2], [0.5, 2]),
  );
});

test('calls that wait for a kernel that is disposed are refused, the running one is answered', async () => {
  const kernel = await onRuntime.load(smallMlp());
  const running = kernel.run({ x });
  await running;
  const waiting = kernel.run({ x });
  const disposal = kernel[Symbol.asyncDispose]();
  await expect(waiting).rejects.toMatchObject({ code: 'kernel-disposed' });
  await disposal;
});
