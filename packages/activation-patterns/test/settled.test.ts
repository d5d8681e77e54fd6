import { float32Tensor, type Network } from '@floatpath/core';
import { describe, expect, it } from 'vitest';
import {
  analyze,
  createFiringCounter,
  createObserver,
  createPatternHasher,
  observe,
  observedRow,
} from '../src/index.js';
import { ortNode } from './ort.js';
import { tfjsCpu } from './tfjs.js';

const node = (op: string, inputs: readonly string[], output: string): Network['nodes'][number] => ({
  name: `node_${output}`,
  op,
  inputs,
  outputs: [output],
  attributes: {},
});

const affine = (k: number): Network['nodes'] => [
  node('MatMul', ['x', `W${k}`], `s${k}`),
  node('Sub', [`s${k}`, 'one'], `z${k}`),
  node('Relu', [`z${k}`], `h${k}`),
];

/** relu(x0 + x1 - 1) + relu(x2 + x3 - 1). */
const analysis = analyze({
  name: 'sums',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 1] }],
  nodes: [...affine(1), ...affine(2), node('Add', ['h1', 'h2'], 'y')],
  constants: new Map([
    ['W1', float32Tensor([4, 1], [1, 1, 0, 0])],
    ['W2', float32Tensor([4, 1], [0, 0, 1, 1])],
    ['one', float32Tensor([1], [1])],
  ]),
});

/** Of k: x_k for the first unit; 3 x_0 in all for the second. */
const pick = (k: number): Float32Array =>
  Float32Array.from({ length: 8 }, (_, i) => (i === 2 * k ? 1 : i === 1 && k === 0 ? 3 : 0));

/** relu(((x0 + x1) + x2) + x3 - 1000) + relu(3 x0 - 1000), added up in this order. */
const large = analyze({
  name: 'large values',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 1] }],
  nodes: [
    ...[0, 1, 2, 3].map((k) => node('MatMul', ['x', `pick_${k}`], `x_${k}`)),
    node('Add', ['x_0', 'x_1'], 'sum_1'),
    node('Add', ['sum_1', 'x_2'], 'sum_2'),
    node('Add', ['sum_2', 'x_3'], 'sum_3'),
    node('Sub', ['sum_3', 'thousand'], 'z'),
    node('Relu', ['z'], 'h'),
    node('MatMul', ['h', 'ones'], 'y'),
  ],
  constants: new Map([
    ...[0, 1, 2, 3].map((k) => [`pick_${k}`, float32Tensor([4, 2], pick(k))] as const),
    ['thousand', float32Tensor([1], [1000])],
    ['ones', float32Tensor([2, 1], [1, 1])],
  ]),
});

// 1 + 2^-30 is 1 in float32, so the unit looks inactive; it is active.
const LITTLE = 2 ** -30;
const x = float32Tensor(
  [4, 4],
  [1, LITTLE, 2, 0, 2, 0, 1, LITTLE, 1, LITTLE, 1, LITTLE, 2, 0, 2, 0],
);

describe.each([ortNode(), await tfjsCpu()])('on $name', (engine) => {
  it('float32 leaves selections open, and says up to which gate', async () => {
    const observation = observe(analysis);
    await using kernel = await engine.load(observation.network);
    const fetches = await kernel.run({ x });
    const rows = [0, 1, 2, 3].map((row) => observedRow(analysis, observation, fetches, row));
    expect(rows.map(({ open }) => open)).toEqual([1, 2, 2, 0]);
    expect(rows.map(({ selections }) => [...selections])).toEqual([
      [0, 1],
      [1, 0],
      [0, 0],
      [1, 1],
    ]);
  });

  it('observers, counters and hashers settle them in float64', async () => {
    await using observer = await createObserver(engine, analysis);
    const observed = await observer.observe(x);
    for (const { selections } of observed) expect([...selections]).toEqual([1, 1]);
    await using counter = await createFiringCounter(engine, analysis);
    await counter.add(x);
    expect([...counter.rates.fired]).toEqual([4, 4]);
    expect([...counter.rates.float]).toEqual([0, 0]);
    await using hasher = await createPatternHasher(engine, analysis, { seed: 0 });
    const keys = await hasher.hash(x);
    expect(new Set(keys)).toEqual(new Set([hasher.keyOf(Uint16Array.of(1, 1))]));
  });

  it('what is open grows with the values that a gate looks at', async () => {
    await using observer = await createObserver(engine, large);
    // 1000 + 4e-5 - 2.5e-5 - 2.5e-5 is 1000 + 6e-5 in float32: the unit looks active by more than 1e-5; it is not.
    const [one] = await observer.observe(float32Tensor([1, 4], [1000, 4e-5, -2.5e-5, -2.5e-5]));
    expect([...(one?.selections ?? [])]).toEqual([0, 1]);
  });
});
