import { float64Tensor, type NetworkNode, type Tensor } from '@floatpath/core';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conformanceCases, type ConformanceCase } from '../../src/conformance.js';
import {
  constantSlots,
  constantTensors64,
  createGraphBuilder,
  dataValues,
  emitHomogeneous,
  evaluateHomogeneous,
  evaluateMagnitude,
  evaluateNode,
  foldConstants,
  opOf,
  ops,
  referenceEngine,
  withOutputs,
  type IsConstant,
} from '../../src/index.js';

interface Affine {
  readonly node: NetworkNode;
  readonly isConstant: IsConstant;
  readonly inputs: readonly (Tensor | undefined)[];
}

const map = (affine: Affine, f: (v: number) => number): (Tensor | undefined)[] =>
  affine.inputs.map((tensor, slot) =>
    tensor?.dtype === 'float64' && !affine.isConstant(slot)
      ? float64Tensor(tensor.shape, tensor.data.map(f))
      : tensor,
  );

const numbers = (tensors: readonly Tensor[]): number[] =>
  tensors.flatMap((tensor) => Array.from(tensor.data, Number));

function checkLaws(affine: Affine, named: IsConstant = affine.isConstant): void {
  const { node, inputs } = affine;
  const value = numbers(evaluateNode(node, inputs));
  const atZero = numbers(
    evaluateNode(
      node,
      map(affine, () => 0),
    ),
  );
  const linear = numbers(evaluateHomogeneous(node, inputs, named));
  const magnitude = numbers(evaluateMagnitude(node, map(affine, Math.abs)));
  value.forEach((v, i) => {
    const bound = magnitude[i] as number;
    // A float64 sum of at most 100 terms: 100 * 2^-53 of the magnitude, three times.
    const rounding = 1e-13 * bound;
    expect(Math.abs(v - (atZero[i] as number) - (linear[i] as number))).toBeLessThanOrEqual(
      rounding,
    );
    expect(Math.abs(v)).toBeLessThanOrEqual(bound + rounding);
    expect(Math.abs(linear[i] as number)).toBeLessThanOrEqual(bound + rounding);
  });
}

function affineOf({ network, feeds }: ConformanceCase): Affine | undefined {
  const node = network.nodes[0] as NetworkNode;
  const op = opOf(node.op);
  const isConstant = constantSlots(node, dataValues(network));
  if (op?.role !== 'affine' || op.refusal?.(node, isConstant) !== undefined) return undefined;
  const values = constantTensors64(new Map([...network.constants, ...Object.entries(feeds)]));
  return { node, isConstant, inputs: node.inputs.map((name) => values.get(name)) };
}

const affineCases = conformanceCases().flatMap((each) => {
  const affine = each.op === 'network' ? undefined : affineOf(each);
  return affine === undefined ? [] : [[`${each.op}, ${each.name}`, each, affine] as const];
});

describe.each(affineCases)('%s', (_, { network, feeds }, affine) => {
  test('is its offset plus its homogeneous part, within its magnitude', () => {
    checkLaws(affine);
  });

  test('emits the homogeneous part that it evaluates', async () => {
    const graph = createGraphBuilder(network, { withNodes: false });
    const outputs = emitHomogeneous(graph, affine.node, affine.node.inputs, affine.isConstant);
    const emitted = withOutputs(graph.build('homogeneous', []), outputs);
    await using kernel = await referenceEngine().load(emitted);
    const fetches = await kernel.run(feeds);
    const expected = evaluateHomogeneous(affine.node, affine.inputs, affine.isConstant);
    expect(outputs.map((name) => fetches[name])).toEqual(expected);
  });
});

test('every affine op is among these cases', () => {
  const affine = ops.filter((op) => op.role === 'affine').map((op) => op.type);
  expect([...new Set(affineCases.map(([, each]) => each.op))].sort()).toEqual(affine.sort());
});

test('both laws hold at every affine node of random networks', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async (each) => {
      const network = foldConstants(each.network);
      const data = dataValues(network);
      const names = network.nodes.flatMap((node) => node.outputs);
      await using kernel = await referenceEngine().load(withOutputs(network, names));
      const feeds = { x: each.points(0, 2) };
      const values = new Map([
        ...constantTensors64(new Map([...network.constants, ...Object.entries(feeds)])),
        ...Object.entries(await kernel.run(feeds)),
      ]);
      for (const node of network.nodes) {
        if (opOf(node.op)?.role !== 'affine') continue;
        const inputs = node.inputs.map((name) => values.get(name));
        checkLaws({ node, isConstant: constantSlots(node, data), inputs });
      }
    }),
    { numRuns: 60 },
  );
});

test('control: an offset that is not named as one breaks the law', () => {
  const each = affineCases.find(([name]) => name === 'Add, a constant per channel');
  const affine = each?.[2] as Affine;
  expect(() => {
    checkLaws(affine, () => false);
  }).toThrow();
});
