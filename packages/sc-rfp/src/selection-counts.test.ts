import { float32Tensor, numbersOf, type Network, type Tensor } from '@floatpath/core';
import {
  createGraphBuilder,
  gatesOf,
  referenceEngine,
  withOutputs,
  type Gate,
  type GraphBuilder,
} from '@floatpath/engine';
import { describe, expect, it } from 'vitest';
import { inputAnchor } from './anchors/input.js';
import { emitSelectionCounts } from './selection-counts.js';

/** A gate with the pieces z <= -1, -1 < z < 2 and z >= 2; its selection is the number of the piece. */
const network: Network = {
  name: 'gate',
  inputs: [{ name: 'z', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [
    { name: 'gate', op: 'Clip', inputs: ['z', 'low', 'high'], outputs: ['h'], attributes: {} },
  ],
  constants: new Map([
    ['low', float32Tensor([], [-1])],
    ['high', float32Tensor([], [2])],
  ]),
};

describe('a gate with three pieces', () => {
  const gate = gatesOf(network)[0] as Gate;

  it('is counted piece by piece', async () => {
    const graph = createGraphBuilder(network);
    const names = emitSelectionCounts(graph, gate);
    const counts = graph.build(
      'counts',
      names.map((name) => ({ name, dtype: 'float32', shape: [1, 2] })),
    );
    await using kernel = await referenceEngine().load(counts);
    const fetches = await kernel.run({ z: float32Tensor([4, 2], [-3, 0, -1, 1, 0, 2, 5, 3]) });
    const [middle, upper] = names.map((name) =>
      Array.from(numbersOf(fetches[name] ?? float32Tensor([0]))),
    );
    expect([middle, upper]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('is float near either of its breakpoints', async () => {
    const graph = createGraphBuilder(network);
    const { partition } = inputAnchor({
      kappa: 1,
      deviations: new Map([['gate', Float32Array.of(0.5, 0.25)]]),
    });
    const mask = partition.floatUnits(graph, gate);
    await using kernel = await referenceEngine().load(
      graph.build('mask', [{ name: mask, dtype: 'bool', shape: ['batch', 2] }]),
    );
    const fetches = await kernel.run({
      z: float32Tensor([4, 2], [-1.5, -1.25, -0.75, -0.8, 1.5, 1.8, 2.4, 2.3]),
    });
    expect(Array.from(fetches[mask]?.data as Uint8Array)).toEqual([0, 0, 1, 1, 0, 1, 1, 0]);
  });
});

/** max(z, 1, -z) per element: which of three candidates wins, and by how much. */
const choice: Network = {
  name: 'choice',
  inputs: [{ name: 'z', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [
    { name: 'minus', op: 'Neg', inputs: ['z'], outputs: ['n'], attributes: {} },
    { name: 'gate', op: 'Max', inputs: ['z', 'one', 'n'], outputs: ['h'], attributes: {} },
  ],
  constants: new Map([['one', float32Tensor([2], [1, 1])]]),
};

describe('a gate that chooses among three candidates', () => {
  const gate = gatesOf(choice)[0] as Gate;
  const run = async (names: readonly string[], graph: GraphBuilder, values: number[]) => {
    await using kernel = await referenceEngine().load(withOutputs(graph.build('test', []), names));
    const fetches = await kernel.run({ z: float32Tensor([values.length / 2, 2], values) });
    return names.map((name) => Array.from(numbersOf(fetches[name] as Tensor)));
  };

  it('is counted candidate by candidate', async () => {
    const graph = createGraphBuilder(choice);
    const names = emitSelectionCounts(graph, gate);
    expect(await run(names, graph, [-3, 0, -1, 1, 0, 2, 5, -3])).toEqual([
      // -1 and 1 tie with the constant: the first of the tied candidates wins.
      [2, 1],
      [1, 1],
    ]);
  });

  it('is float where the winner leads by less than kappa s', async () => {
    const graph = createGraphBuilder(choice);
    const deviations = new Map([['gate', Float32Array.of(0.5, 0.25)]]);
    const mask = inputAnchor({ kappa: 1, deviations }).partition.floatUnits(graph, gate);
    expect(await run([mask], graph, [0.25, 0.25, 0.75, 0.75, 1.25, 1.25, 1.5, -1.125])).toEqual([
      [0, 0, 1, 0, 1, 0, 0, 1],
    ]);
  });
});
