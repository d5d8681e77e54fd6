import {
  boolTensor,
  FloatpathError,
  float32Tensor,
  type Engine,
  type Network,
  type NoiseRows,
} from '@floatpath/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { createGraphBuilder, createLabelCounter, referenceEngine } from '../src/index.js';
import { onRuntime } from './support/engines.js';
import { smallMlp } from './support/mlp.js';
import { onTfjs } from './support/tfjs.js';

const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ['reference', () => Promise.resolve(referenceEngine())],
  ['ONNX Runtime', () => Promise.resolve(onRuntime)],
  ['TensorFlow.js, cpu', () => onTfjs('cpu')],
  ['TensorFlow.js, wasm', () => onTfjs('wasm')],
];

const x = float32Tensor([1, 3], [0.2, 1, 0.4]);

/** Row r of `values` is draw r. */
const noise = (values: Float32Array): NoiseRows => ({
  arithmetic: 'float',
  rows: values.length / 3,
  values,
});

/** Logits whose first column is the logarithm of the first input: NaN below zero. */
function logarithmic(): Network {
  const graph = createGraphBuilder();
  const input = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 3] });
  const logits = graph.add('Log', [input]);
  return graph.build('log', [{ name: logits, dtype: 'float32', shape: ['batch', 3] }]);
}

/** Every row against 2^22 columns. */
function wide(): Network {
  const graph = createGraphBuilder();
  const input = graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 1] });
  const columns = graph.constant(float32Tensor([1, 2 ** 22]));
  const sum = graph.add('Add', [input, columns]);
  const top = graph.add('ReduceMax', [sum, graph.integers([1])], { keepdims: 1 });
  return graph.build('wide', [{ name: top, dtype: 'float32', shape: ['batch', 1] }]);
}

async function refusal(doing: Promise<unknown>): Promise<FloatpathError> {
  try {
    await doing;
  } catch (error) {
    if (error instanceof FloatpathError) return error;
    throw error;
  }
  throw new Error('expected a refusal, got an answer');
}

describe.each(engines)('%s', (_, create) => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await create();
  });

  test('a network with an op that it has not is refused at load, naming the node', async () => {
    const [first, ...rest] = smallMlp().nodes;
    const network = { ...smallMlp(), nodes: [{ ...first, op: 'Quux' }, ...rest] } as Network;
    const error = await refusal(engine.load(network));
    expect(['unsupported-op', 'engine-failed']).toContain(error.code);
    expect(error.message).toContain('fc1');
  });

  test('weights that do not fit are refused, naming the node', async () => {
    const network = smallMlp();
    const constants = new Map(network.constants).set('w2', float32Tensor([3, 5]));
    const attempt = async (): Promise<void> => {
      await using kernel = await engine.load({ ...network, constants });
      await kernel.run({ x });
    };
    const error = await refusal(attempt());
    expect(['invalid-network', 'engine-failed']).toContain(error.code);
    expect(error.message).toContain('fc2');
  });

  test('feeds of another shape or type, missing or unknown ones are refused', async () => {
    await using kernel = await engine.load(smallMlp());
    const bad = [
      {},
      { x: float32Tensor([1, 4]) },
      { x: float32Tensor([3]) },
      { x: boolTensor([1, 3], [1, 0, 1]) },
      { x, y: x },
    ];
    for (const feeds of bad) expect((await refusal(kernel.run(feeds))).code).toBe('shape-mismatch');
    expect((await kernel.run({ x }))['logits']?.shape).toEqual([1, 3]);
  });

  test('a disposed session answers nothing', async () => {
    const kernel = await engine.load(smallMlp());
    await kernel[Symbol.asyncDispose]();
    expect((await refusal(kernel.run({ x }))).code).toBe('kernel-disposed');
  });

  test('a NaN in the middle of a count counts nothing, and the next count is whole', async () => {
    const options = { bounds: [0, 1], arithmetic: 'float' } as const;
    await using counter = await createLabelCounter(engine, logarithmic(), options);
    const good = Float32Array.from({ length: 30 }, (_, i) => (i % 3) / 4);
    const bad = good.slice();
    bad[13] = -5;
    const error = await refusal(counter.countLabels(x, noise(bad)));
    expect(error.code).toBe('not-finite');
    expect(error.message).toContain('nothing was counted');
    expect(await counter.countLabels(x, noise(good))).toEqual([Uint32Array.of(0, 10, 0)]);
  });

  test('a batch beyond memory is refused, and the session goes on', async () => {
    await using kernel = await engine.load(wide());
    // 2^22 rows of 2^22 float32 columns: 64 TiB.
    const error = await refusal(kernel.run({ x: float32Tensor([2 ** 22, 1]) }));
    expect(error.code).toBe('engine-failed');
    expect(error.message).toContain('smaller batch');
    const { data } = (await kernel.run({ x: float32Tensor([1, 1], [2]) }))[
      kernel.network.outputs[0]?.name ?? ''
    ] as { data: ArrayLike<number> };
    expect(Array.from(data)).toEqual([2]);
  });
});
