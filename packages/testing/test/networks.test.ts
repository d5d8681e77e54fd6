import { checkNetwork, sizeOf } from '@floatpath/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { networkCases } from '../src/index.js';

const gateOps = new Set([
  'Abs',
  'Clip',
  'GlobalMaxPool',
  'HardSigmoid',
  'LeakyRelu',
  'Max',
  'MaxPool',
  'Min',
  'PRelu',
  'ReduceMax',
  'ReduceMin',
  'Relu',
]);

it('grows valid networks that contain every op, with weights of at most 4', () => {
  const seen = new Map<string, number>();
  let gates = 0;
  for (const { network } of fc.sample(networkCases(), { numRuns: 2000, seed: 1 })) {
    checkNetwork(network);
    for (const node of network.nodes) seen.set(node.op, (seen.get(node.op) ?? 0) + 1);
    gates += network.nodes.filter((node) => gateOps.has(node.op)).length;
    for (const tensor of network.constants.values()) {
      if (tensor.dtype === 'float32')
        expect(Math.max(...tensor.data.map(Math.abs))).toBeLessThanOrEqual(4);
    }
  }
  const ops = [
    'Abs',
    'Add',
    'AveragePool',
    'BatchNormalization',
    'Clip',
    'Concat',
    'Conv',
    'ConvTranspose',
    'Div',
    'Flatten',
    'Gather',
    'Gemm',
    'GlobalAveragePool',
    'GlobalMaxPool',
    'HardSigmoid',
    'Identity',
    'LeakyRelu',
    'MatMul',
    'Max',
    'MaxPool',
    'Min',
    'Mul',
    'Neg',
    'PRelu',
    'Pad',
    'ReduceMax',
    'ReduceMean',
    'ReduceMin',
    'ReduceSum',
    'Relu',
    'Reshape',
    'Resize',
    'Slice',
    'Split',
    'Squeeze',
    'Sub',
    'Transpose',
    'Unsqueeze',
  ];
  expect([...seen.keys()].sort()).toEqual(ops);
  for (const op of ops) expect(seen.get(op)).toBeGreaterThan(4);
  expect(gates / 2000).toBeGreaterThan(1.5);
});

it('gives different inputs, and coins of both sides', () => {
  let different = 0;
  let mixed = 0;
  const cases = fc.sample(networkCases('dag'), { numRuns: 200, seed: 2 });
  for (const { point, points, coins } of cases) {
    const x = point(0);
    expect(points(0, 3).data.length).toBe(3 * sizeOf(x.shape));
    if (x.data.some((v, i) => v !== point(1).data[i])) different += 1;
    if (new Set(coins(1, 40)).size === 2) mixed += 1;
  }
  expect(different).toBeGreaterThan(150);
  expect(mixed).toBeGreaterThan(150);
});

it('shrinks to a small network', () => {
  const result = fc.check(
    fc.property(
      networkCases('dag'),
      ({ network }) => !network.nodes.some((node) => node.op === 'Relu'),
    ),
    { seed: 3 },
  );
  expect(result.failed).toBe(true);
  expect(result.counterexample?.[0].network.nodes.length).toBeLessThanOrEqual(4);
});
