import { float32Tensor, type GraphModel, type Network } from '@floatpath/core';
import { readModel, readVnnlib, writeOnnx } from '@floatpath/model-io';
import { describe, expect, test } from 'vitest';
import { falsificationText, falsify } from '../src/index.js';
import { engine } from './tiny.js';

/** y = leaky(x0 - x1), leaky(a x0 + b x1), of slope 1/2 below 0. */
function network(second: readonly number[] = [1, 1]): Network {
  const [a = 0, b = 0] = second;
  return {
    name: 'two',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [
      { name: 'gemm', op: 'MatMul', inputs: ['x', 'w'], outputs: ['z'], attributes: {} },
      { name: 'relu', op: 'LeakyRelu', inputs: ['z'], outputs: ['y'], attributes: { alpha: 0.5 } },
    ],
    constants: new Map([['w', float32Tensor([2, 2], [1, a, -1, b])]]),
  };
}

const model = (made: Network): GraphModel => readModel(writeOnnx(made), { name: 'two' });

const declarations = ['X_0', 'X_1', 'Y_0', 'Y_1']
  .map((name) => `(declare-const ${name} Real)`)
  .join('');
const box = '(assert (>= X_0 -1))(assert (<= X_0 1))(assert (>= X_1 -1))(assert (<= X_1 1))';
const spec = (text: string) => readVnnlib(new TextEncoder().encode(`${declarations}${box}${text}`));

/** Ends by count instead of by time, so that a busy machine finds what an idle one finds. */
function rounds(count: number): () => number {
  let left = count;
  return () => (left -= 1);
}

const run = (made: GraphModel, text: string, count = 200) =>
  falsify(engine, made, spec(text), { seed: 0, secondsLeft: rounds(count) });

describe('falsify', () => {
  test('finds a point where outputs meet all constraints, in VNN-COMP format', async () => {
    const result = await run(model(network()), '(assert (<= Y_0 Y_1))(assert (>= Y_1 1.9))');
    expect(result.verdict).toBe('sat');
    const text = falsificationText(result);
    expect(text).toMatch(
      /^sat\n\(\(X_0 [-\d.e]+\)\n \(X_1 [-\d.e]+\)\n \(Y_0 [-\d.e]+\)\n \(Y_1 [-\d.e]+\)\)$/,
    );
    const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [...text.matchAll(/_\d ([-\d.e]+)\)/g)].map(([, v]) =>
      Number(v),
    );
    expect(Math.max(Math.abs(x0), Math.abs(x1))).toBeLessThanOrEqual(1);
    expect(y1).toBeCloseTo(x0 + x1, 6);
    expect(y0).toBeLessThanOrEqual(y1);
    expect(y1).toBeGreaterThanOrEqual(1.9);
  });

  test('takes constraints that mix inputs and outputs', async () => {
    // Y_1 = X_0 + X_1 where that is positive, so Y_1 - X_0 >= 0.99 leaves X_1 >= 0.99.
    const result = await run(
      model(network()),
      '(assert (>= (- Y_1 X_0) 0.99))(assert (>= X_0 (+ 0.5 (* 0.1 Y_0))))',
    );
    expect(result.verdict).toBe('sat');
    const [, x1 = 0] = result.verdict === 'sat' ? result.counterexample.inputs : [];
    expect(x1).toBeGreaterThanOrEqual(0.99 - 1e-6);
  });

  test('looks in the boxes of all disjuncts', async () => {
    const result = await run(
      model(network()),
      '(assert (or (and (<= X_0 -0.5) (>= Y_1 1.2)) (and (>= X_0 0.75) (<= X_0 0.8) (>= Y_1 1.2))))',
    );
    expect(result.verdict).toBe('sat');
    const [x0 = 0] = result.verdict === 'sat' ? result.counterexample.inputs : [];
    expect(x0).toBeGreaterThanOrEqual(0.75);
    expect(x0).toBeLessThanOrEqual(0.8);
  });

  test('says unsat only where no point of a grid meets the constraints, and then does', async () => {
    const two = model(network());
    const verdicts = new Set<string>();
    for (const [a, b, least] of [
      [0, 1, 2.001],
      [0, 1, 1.99],
      [1, 1, 2.01],
      [1, -1, 2.01],
      [1, -1, 1.9],
      [-1, 1, 3.01],
      [-1, -1, 1.01],
      [-1, -1, 0.9],
    ] as const) {
      const met = Array.from({ length: 41 * 41 }, (_, i) => {
        const x0 = (i % 41) / 20 - 1;
        const x1 = Math.floor(i / 41) / 20 - 1;
        const leaky = (z: number): number => (z > 0 ? z : z / 2);
        return a * leaky(x0 - x1) + b * leaky(x0 + x1) >= least;
      }).includes(true);
      const text = `(assert (>= (+ (* ${a} Y_0) (* ${b} Y_1)) ${least}))`;
      const { verdict } = await run(two, text, 400);
      expect(verdict, text).toBe(met ? 'sat' : 'unsat');
      verdicts.add(verdict);
    }
    expect([...verdicts].sort()).toEqual(['sat', 'unsat']);
  });

  test('a network without bounds is searched, and never proved', async () => {
    const [matmul, gate] = network().nodes;
    const smooth: Network = {
      ...network(),
      nodes: [matmul, { ...gate, op: 'Tanh', attributes: {} }] as Network['nodes'],
    };
    expect((await run(model(smooth), '(assert (>= Y_1 0.9))')).verdict).toBe('sat');
    expect(await run(model(smooth), '(assert (>= Y_1 1.1))', 60)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('tanh_1') as string,
    });
  });

  test('a set without points is unsat', async () => {
    expect(await run(model(network()), '(assert (>= X_0 2))')).toMatchObject({ verdict: 'unsat' });
  });

  test('planted fault: a graph whose weight differs from its file convinces nobody', async () => {
    const wrong: GraphModel = { ...model(network()), network: network([1, 1.5]) };
    // The wrong graph reaches 2.5, the file only 2.
    const own = await run(model(network([1, 1.5])), '(assert (>= Y_1 2.2))');
    expect(own.verdict).toBe('sat');
    expect((await run(wrong, '(assert (>= Y_1 2.2))', 30)).verdict).toBe('unknown');
  });

  test('a network whose input has no batch axis is searched too', async () => {
    const vector: Network = {
      ...network(),
      inputs: [{ name: 'x', dtype: 'float32', shape: [2] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [2] }],
    };
    expect((await run(model(vector), '(assert (>= Y_1 1.9))')).verdict).toBe('sat');
  });

  test('refuses a specification of another network, and one without an end', async () => {
    const other = readVnnlib(
      new TextEncoder().encode(
        '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (<= Y_0 0))',
      ),
    );
    const options = { seed: 0, secondsLeft: rounds(1) };
    await expect(falsify(engine, model(network()), other, options)).rejects.toThrow(
      'expected a specification of 2 inputs and 2 outputs, as the network has, got 1 and 1',
    );
    const open = readVnnlib(new TextEncoder().encode(`${declarations}(assert (<= Y_0 X_0))`));
    await expect(falsify(engine, model(network()), open, options)).rejects.toThrow(
      'got none for X_0',
    );
  });
});
