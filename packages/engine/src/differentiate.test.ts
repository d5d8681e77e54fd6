import { float32Tensor, type Float32Tensor, type Network, type Objective } from '@floatpath/core';
import { expect, test } from 'vitest';
import { smallMlp } from '../test/support/mlp.js';
import { createClassifier } from './classifier.js';
import { differentiate } from './differentiate.js';
import { createGraphBuilder } from './graph-builder.js';
import { referenceEngine } from './reference.js';

const bounds = [0, 1] as const;
const x = float32Tensor([2, 3], [0.1, 0.9, 0.4, 0.7, 0.2, 0.6]);
const labels = Int32Array.of(1, 2);

/** The objectives as core defines them, from logits. */
const objectives: Record<'cross-entropy' | 'margin', (z: readonly number[], y: number) => number> =
  {
    'cross-entropy': (z, y) => {
      const top = Math.max(...z);
      return top + Math.log(z.reduce((sum, v) => sum + Math.exp(v - top), 0)) - (z[y] as number);
    },
    margin: (z, y) => Math.max(...z.filter((_, j) => j !== y)) - (z[y] as number),
  };

test.each(['cross-entropy', 'margin'] as const)(
  'the gradient of %s is the slope of the objective',
  async (kind) => {
    await using classifier = await createClassifier(referenceEngine(), smallMlp(), { bounds });
    const value = async (at: Float32Tensor, row: number): Promise<number> => {
      const { data } = await classifier.logits(at);
      return objectives[kind]([...data.slice(row * 3, row * 3 + 3)], labels[row] as number);
    };
    const result = await classifier.gradient?.(x, { kind, labels } as Objective);
    const step = 2 ** -6;
    for (let i = 0; i < 6; i += 1) {
      const move = (by: number): Float32Tensor =>
        float32Tensor(
          x.shape,
          x.data.map((v, k) => (k === i ? v + by : v)),
        );
      const row = Math.floor(i / 3);
      const slope = ((await value(move(step), row)) - (await value(move(-step), row))) / (2 * step);
      // Central differences of float32 logits: 2^-12 of the third derivative plus 2^-24 * 4 / 2^-6.
      expect(Math.abs(slope - (result?.gradient.data[i] as number))).toBeLessThan(2e-3);
    }
    expect(result?.logits).toEqual(await classifier.logits(x));
  },
);

const tied: Network = {
  name: 'tied',
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: ['batch', 3] }],
  nodes: [{ name: 'id', op: 'Identity', inputs: ['x'], outputs: ['y'], attributes: {} }],
  constants: new Map(),
};

test('of tied rivals the margin takes the first', async () => {
  await using classifier = await createClassifier(referenceEngine(), tied, { bounds });
  const flat = float32Tensor([3, 3], new Float32Array(9).fill(0.5));
  const objective = { kind: 'margin', labels: Int32Array.of(0, 1, 2) } as const;
  const result = await classifier.gradient?.(flat, objective);
  expect([...(result?.gradient.data ?? [])]).toEqual([-1, 1, 0, 1, -1, 0, 1, 0, -1]);
});

test('a value that is used twice has the sum of both gradients', async () => {
  const graph = createGraphBuilder();
  graph.input({ name: 'x', dtype: 'float32', shape: ['batch', 2] });
  const sum = graph.add('Add', ['x', 'x']);
  const y = graph.add('Sub', [graph.add('Add', [sum, 'x']), graph.add('Relu', ['x'])]);
  const network = graph.build('twice', [{ name: y, dtype: 'float32', shape: ['batch', 2] }]);
  await using classifier = await createClassifier(referenceEngine(), network, { bounds });
  const cotangent = float32Tensor([1, 2], [1, 10]);
  const at = float32Tensor([1, 2], [0.5, -0.5]);
  const result = await classifier.gradient?.(at, { kind: 'cotangent', cotangent });
  expect([...(result?.gradient.data ?? [])]).toEqual([2, 30]);
});

const after = (op: string, more: string[] = [], cast?: number): Network => ({
  ...tied,
  outputs: [{ name: 'z', dtype: 'float32', shape: ['batch', 3] }],
  nodes: [
    ...tied.nodes,
    {
      name: 'last',
      op,
      inputs: ['y', ...more],
      outputs: ['z'],
      attributes: cast ? { to: cast } : {},
    },
  ],
  constants: new Map([['c', float32Tensor([3], [1, 2, 3])]]),
});

test('an op without a derivative is named', () => {
  expect(() => differentiate(after('Cast', [], 1), 'margin')).toThrow(
    'differentiate: op "Cast" at node "last" has no derivative',
  );
});

test('an operand without a derivative is named', () => {
  const network: Network = {
    ...after('Identity'),
    nodes: [
      {
        name: 'norm',
        op: 'BatchNormalization',
        inputs: ['c', 'c', 'c', 'x', 'c'],
        outputs: ['z'],
        attributes: {},
      },
    ],
  };
  expect(() => differentiate(network, 'margin')).toThrow(
    'no derivative with respect to its input 3',
  );
});

test('an output that does not depend on the input has no gradient', () => {
  const network: Network = {
    ...after('Identity'),
    nodes: [{ name: 'id', op: 'Identity', inputs: ['c'], outputs: ['z'], attributes: {} }],
  };
  expect(() => differentiate(network, 'margin')).toThrow('does not depend on the input');
});

test('an input called target cannot be differentiated', () => {
  const network: Network = {
    ...tied,
    inputs: [{ name: 'target', dtype: 'float32', shape: ['batch', 3] }],
  };
  expect(() => differentiate(network, 'margin')).toThrow('expected no input called "target"');
});
