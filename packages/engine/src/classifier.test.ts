import { float32Tensor, rowsOf, type Engine, type Network } from '@floatpath/core';
import { expect, test } from 'vitest';
import { onRuntime } from '../test/support/engines.js';
import { smallMlp } from '../test/support/mlp.js';
import { createClassifier } from './classifier.js';
import { referenceEngine } from './reference.js';

const bounds = [0, 1] as const;
const x = float32Tensor([4, 3], [0.1, 0.9, 0.4, 0.7, 0.2, 0.2, 1, 0, 1, 0.5, 0.5, 0.25]);

/** The same network computed by hand in float64: logits of one row. */
function byHand(row: readonly number[]): number[] {
  const { constants } = smallMlp();
  const layer = (input: readonly number[], w: string, b: string): number[] =>
    Array.from(constants.get(b)?.data ?? [], Number).map((bias, o) =>
      input.reduce<number>(
        (sum, v, i) => sum + v * Number(constants.get(w)?.data[o * input.length + i]),
        bias,
      ),
    );
  return layer(
    layer(row, 'w1', 'b1').map((z) => Math.max(0, z)),
    'w2',
    'b2',
  );
}

test.each([referenceEngine(), onRuntime])(
  'logits are those of the network on $name',
  async (engine) => {
    await using classifier = await createClassifier(engine, smallMlp(), { bounds });
    const logits = await classifier.logits(x);
    expect(logits.shape).toEqual([4, 3]);
    for (let row = 0; row < 4; row += 1) {
      byHand([...rowsOf(x, row, row + 1).data]).forEach((value, j) => {
        // Seven float32 roundings of values below 4.
        expect(Math.abs(value - (logits.data[row * 3 + j] as number))).toBeLessThan(
          7 * 4 * 2 ** -24,
        );
      });
    }
    expect([classifier.inputShape, classifier.classes, classifier.bounds]).toEqual([
      [3],
      3,
      bounds,
    ]);
  },
);

test('a network with a fixed batch of one runs row by row', async () => {
  await using free = await createClassifier(onRuntime, smallMlp(), { bounds });
  await using fixed = await createClassifier(onRuntime, smallMlp(1), { bounds });
  expect(await fixed.logits(x)).toEqual(await free.logits(x));
  const objective = { kind: 'margin', labels: Int32Array.of(0, 1, 2, 0) } as const;
  expect(await fixed.gradient?.(x, objective)).toEqual(await free.gradient?.(x, objective));
  expect(fixed.countLabels).toBeUndefined();
});

test('no rows give no logits and no gradient', async () => {
  await using classifier = await createClassifier(onRuntime, smallMlp(), { bounds });
  const none = float32Tensor([0, 3]);
  expect((await classifier.logits(none)).shape).toEqual([0, 3]);
  const labels = new Int32Array(0);
  const result = await classifier.gradient?.(none, { kind: 'cross-entropy', labels });
  expect(result?.gradient.shape).toEqual([0, 3]);
  expect(result?.logits.shape).toEqual([0, 3]);
});

test.each([
  [[2, 4], 'classifier: expected rows of shape [3], got [4]'],
  [[3], 'classifier: expected rows of shape [3], got []'],
  [[], 'classifier: expected rows of shape [3], got a scalar'],
])('rows of shape %o are refused', async (shape, message) => {
  await using classifier = await createClassifier(referenceEngine(), smallMlp(), { bounds });
  await expect(classifier.logits(float32Tensor(shape))).rejects.toThrow(message);
});

test.each([-1, 3])('label %i of three classes is refused', async (label) => {
  await using classifier = await createClassifier(referenceEngine(), smallMlp(), { bounds });
  const labels = Int32Array.of(0, 1, label, 2);
  await expect(classifier.gradient?.(x, { kind: 'margin', labels })).rejects.toThrow(
    `gradient: expected labels in [0, 3), got ${label}`,
  );
});

test('every row has one target', async () => {
  await using classifier = await createClassifier(referenceEngine(), smallMlp(), { bounds });
  const labels = Int32Array.of(0);
  await expect(classifier.gradient?.(x, { kind: 'margin', labels })).rejects.toThrow(
    'gradient: expected 4 targets, got 1',
  );
  const cotangent = float32Tensor([4, 2]);
  await expect(classifier.gradient?.(x, { kind: 'cotangent', cotangent })).rejects.toMatchObject({
    code: 'shape-mismatch',
  });
});

test('both kinds of noise are counted by the same classifier', async () => {
  await using classifier = await createClassifier(onRuntime, smallMlp(), { bounds });
  const center = rowsOf(x, 0, 1);
  const values = new Float32Array(30);
  const float = await classifier.countLabels?.(center, { arithmetic: 'float', rows: 10, values });
  const grid = await classifier.countLabels?.(center, {
    arithmetic: 'grid',
    rows: 10,
    values,
    clip: [-510, 765],
  });
  expect([float, grid]).toEqual([Uint32Array.of(0, 10, 0), Uint32Array.of(0, 10, 0)]);
});

test('a disposed classifier neither runs nor loads anything again', async () => {
  const classifier = await createClassifier(onRuntime, smallMlp(), { bounds });
  await classifier[Symbol.asyncDispose]();
  await classifier[Symbol.asyncDispose]();
  const labels = new Int32Array(4);
  const noise = { arithmetic: 'float', rows: 1, values: new Float32Array(3) } as const;
  const code = 'kernel-disposed';
  await expect(classifier.logits(x)).rejects.toMatchObject({ code });
  await expect(classifier.gradient?.(x, { kind: 'margin', labels })).rejects.toMatchObject({
    code,
  });
  await expect(classifier.countLabels?.(rowsOf(x, 0, 1), noise)).rejects.toMatchObject({ code });
});

test('every kernel that was loaded is disposed', async () => {
  let open = 0;
  const inner = referenceEngine();
  const counting: Engine = {
    name: 'counting',
    async load(network) {
      const kernel = await inner.load(network);
      open += 1;
      return {
        network,
        run: (feeds) => kernel.run(feeds),
        async [Symbol.asyncDispose]() {
          open -= 1;
          await kernel[Symbol.asyncDispose]();
        },
      };
    },
  };
  const classifier = await createClassifier(counting, smallMlp(), { bounds });
  const labels = new Int32Array(4);
  await classifier.gradient?.(x, { kind: 'margin', labels });
  await classifier.gradient?.(x, { kind: 'margin', labels });
  await classifier.gradient?.(x, { kind: 'cross-entropy', labels });
  await classifier.countLabels?.(rowsOf(x, 0, 1), {
    arithmetic: 'float',
    rows: 1,
    values: new Float32Array(3),
  });
  expect(open).toBe(4);
  await classifier[Symbol.asyncDispose]();
  expect(open).toBe(0);
});

const refused: readonly (readonly [string, Partial<Network>])[] = [
  ['two inputs', { inputs: [...smallMlp().inputs, { name: 'm', dtype: 'bool', shape: [1] }] }],
  ['no output', { outputs: [] }],
  ['rank 3', { outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 3, 1] }] }],
  ['a batch of 8', { inputs: [{ name: 'x', dtype: 'float32', shape: [8, 3] }] }],
  ['an output without rows', { outputs: [{ name: 'logits', dtype: 'float32', shape: [1, 3] }] }],
];

test.each(refused)('a network with %s is no classifier', async (_, change) => {
  const network = { ...smallMlp(), ...change };
  await expect(createClassifier(referenceEngine(), network, { bounds })).rejects.toMatchObject({
    code: 'invalid-network',
  });
});
