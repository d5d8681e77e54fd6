import { float32Tensor, numbersOf, type Network } from '@floatpath/core';
import {
  createGraphBuilder,
  gatesOf,
  referenceEngine,
  type Gate,
  type GateOp,
} from '@floatpath/engine';
import { describe, expect, it } from 'vitest';
import { inputAnchor } from './anchors/input.js';
import { emitSelectionCounts } from './selection-counts.js';

/** A gate with the pieces z <= -1, -1 < z < 2 and z >= 2; its selection is the number of the piece. */
const threePieces = {
  pieces: () => ({ breakpoints: [-1, 2], slopes: [0, 1, 0], offsets: [-1, 0, 2] }),
  select(graph, _node, z) {
    const above = graph.add('Cast', [graph.add('Greater', [z, graph.scalar(-1)])], { to: 1 });
    const high = graph.add('Cast', [graph.add('GreaterOrEqual', [z, graph.scalar(2)])], { to: 1 });
    return graph.add('Cast', [graph.add('Add', [above, high])], { to: 7 });
  },
} as Partial<GateOp> as GateOp;

const network: Network = {
  name: 'gate',
  inputs: [{ name: 'z', dtype: 'float32', shape: ['batch', 2] }],
  outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', 2] }],
  nodes: [{ name: 'gate', op: 'Relu', inputs: ['z'], outputs: ['h'], attributes: {} }],
  constants: new Map(),
};

describe('a gate with three pieces', () => {
  const gate: Gate = { ...(gatesOf(network)[0] as Gate), op: threePieces };

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
