import {
  argmaxRows,
  float32Tensor,
  float64Tensor,
  type Network,
  type Tensor,
} from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { analyze, segmentBetween } from '@floatpath/activation-patterns';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecomposer, diagnoseFailures, type Diagnosis } from '../src/index.js';
import { ortNode } from './ort.js';

/** h = relu(x), relu(-x), relu(x + 10); logits = h W + b. The last unit is fixed between -1 and 1. */
function network(weights: readonly number[], bias: readonly number[]): Network {
  return {
    name: 'three units',
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 2] }],
    nodes: [
      { name: 'fc1', op: 'Gemm', inputs: ['x', 'w1', 'b1'], outputs: ['z'], attributes: {} },
      { name: 'gate', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} },
      { name: 'fc2', op: 'Gemm', inputs: ['h', 'w2', 'b2'], outputs: ['y'], attributes: {} },
    ],
    constants: new Map<string, Tensor>([
      ['w1', float32Tensor([1, 3], [1, -1, 1])],
      ['b1', float32Tensor([3], [0, 0, 10])],
      ['w2', float32Tensor([3, 2], weights)],
      ['b2', float32Tensor([2], bias)],
    ]),
  };
}

const at = (value: number): Tensor => float64Tensor([1, 1], [value]);

async function diagnose(
  weights: readonly number[],
  bias: readonly number[],
  label = 0,
): Promise<Diagnosis> {
  const analysis = analyze(network(weights, bias));
  await using decomposer = await createDecomposer(referenceEngine(), analysis, {
    selection: 'recorded',
    precision: 'float64',
    batchSize: 64,
  });
  const neighborhood = segmentBetween(analysis, at(1), at(-1));
  const pair = { x: at(1), adversarial: at(-1), label, neighborhood };
  return (await diagnoseFailures(decomposer, [pair]))[0] as Diagnosis;
}

describe('a failure is', () => {
  it('float neuron vulnerability when fixed stays right', async () => {
    // N = (1/2, relu(-x)): the fixed part is (1/2, 0) at both.
    const diagnosis = await diagnose([0, 0, 0, 1, 0, 0], [0.5, 0]);
    expect(diagnosis).toMatchObject({
      kind: 'float',
      rival: 1,
      margin: { clean: 0.5, adversarial: -0.5 },
      fixedMargin: { clean: 0.5, adversarial: 0.5 },
      shares: { fixed: 0, float: 1 },
      residual: 0,
      holds: true,
    });
    expect(diagnosis.gates).toEqual([{ gate: 'gate', units: 3, float: 2, switched: 2 }]);
  });

  it('lipschitz when fixed is right at x and wrong at x prime', async () => {
    // N = (x + 10, 10): no float unit has a weight.
    expect(await diagnose([0, 0, 0, 0, 1, 0], [0, 10])).toMatchObject({
      kind: 'lipschitz',
      margin: { clean: 1, adversarial: -1 },
      shares: { fixed: 2, float: 0 },
    });
  });

  it('fixed already wrong when fixed is wrong at both', async () => {
    // N = (relu(x), 1/4): the fixed part is (0, 1/4) at both.
    expect(await diagnose([1, 0, 0, 0, 0, 0], [0, 0.25])).toMatchObject({
      kind: 'fixed-already-wrong',
      shares: { fixed: 0, float: 1 },
    });
  });

  it('refused when it is not one', async () => {
    await expect(diagnose([0, 0, 0, 0, 0, 0], [1, 0])).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await expect(diagnose([0, 0, 0, 1, 0, 0], [0.5, 0], 1)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

describe.each([
  { engine: referenceEngine(), precision: 'float64' },
  { engine: ortNode(), precision: 'float32' },
] as const)('diagnoses on $engine.name', ({ engine, precision }) => {
  it('have shares that sum to the drop of the margin, and laws that hold', async () => {
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(networkCases(), async ({ network: random, point, points }) => {
        const analysis = analyze(random);
        await using kernel = await engine.load(analysis.network);
        const logits = (await kernel.run({ x: points(0, 2) }))[analysis.logits] as Tensor;
        const [label = 0, other = 0] = argmaxRows(
          float32Tensor(logits.shape, Float32Array.from(logits.data as Float32Array)),
        );
        if (label === other) return;
        failures += 1;
        await using decomposer = await createDecomposer(engine, analysis, {
          selection: 'recorded',
          precision,
          batchSize: 2,
        });
        const neighborhood = segmentBetween(analysis, point(0), point(1));
        const [diagnosis] = await diagnoseFailures(decomposer, [
          { x: point(0), adversarial: point(1), label, neighborhood },
        ]);
        expect(diagnosis?.holds).toBe(true);
        const { margin, shares, tolerance } = diagnosis as Diagnosis;
        const drop = margin.clean - margin.adversarial;
        // Each of the four margins is a difference of two values that are off by the tolerance.
        expect(Math.abs(shares.fixed + shares.float - drop)).toBeLessThanOrEqual(4 * tolerance);
        expect(margin.clean).toBeGreaterThanOrEqual(0);
        expect(margin.adversarial).toBeLessThanOrEqual(0);
      }),
      { numRuns: 80 },
    );
    expect(failures).toBeGreaterThan(0);
  });
});
