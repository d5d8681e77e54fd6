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

const affine = (k: number): Network['nodes'] => [
  { name: `sum_${k}`, op: 'MatMul', inputs: ['x', `W${k}`], outputs: [`s${k}`], attributes: {} },
  { name: `minus_${k}`, op: 'Sub', inputs: [`s${k}`, 'one'], outputs: [`z${k}`], attributes: {} },
  { name: `relu_${k}`, op: 'Relu', inputs: [`z${k}`], outputs: [`h${k}`], attributes: {} },
];

/** relu(x0 + x1 - 1) + relu(x2 + x3 - 1). */
const analysis = analyze({
  name: 'sums',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 4] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 1] }],
  nodes: [
    ...affine(1),
    ...affine(2),
    { name: 'head', op: 'Add', inputs: ['h1', 'h2'], outputs: ['y'], attributes: {} },
  ],
  constants: new Map([
    ['W1', float32Tensor([4, 1], [1, 1, 0, 0])],
    ['W2', float32Tensor([4, 1], [0, 0, 1, 1])],
    ['one', float32Tensor([1], [1])],
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
});
