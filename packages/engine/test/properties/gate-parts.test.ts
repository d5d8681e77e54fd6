import { numbersOf, type Fetches, type Network, type Tensor } from '@floatpath/core';
import { expect, describe, test } from 'vitest';
import { conformanceCases, type ConformanceCase } from '../../src/conformance.js';
import {
  createGraphBuilder,
  gatesOf,
  opOf,
  ops,
  referenceEngine,
  withOutputs,
  type ChoiceGate,
  type Gate,
  type GraphBuilder,
} from '../../src/index.js';
import { onRuntime } from '../support/engines.js';

const gateCases = conformanceCases()
  .filter(({ op }) => opOf(op)?.role === 'gate')
  .map((each) => [`${each.op}, ${each.name}`, each] as const);

const gateOf = (network: Network): Gate => gatesOf(network)[0] as Gate;

/** Emits S y + c on the gate's own inputs, with `select` for the selection. */
function recomposed(
  graph: GraphBuilder,
  gate: Gate,
  select: (graph: GraphBuilder) => string = (g) => gate.op.select(g, gate),
): string {
  const selection = select(graph);
  const linear = gate.op.applySelection(graph, gate, selection, gate.inputs);
  const offset = gate.op.selectedOffset?.(graph, gate, selection);
  return offset === undefined ? linear : graph.add('Add', [linear, offset]);
}

async function run(
  engine: typeof onRuntime | ReturnType<typeof referenceEngine>,
  { feeds }: ConformanceCase,
  network: Network,
): Promise<Fetches> {
  await using kernel = await engine.load(network);
  return await kernel.run(feeds);
}

describe.each(gateCases)('%s', (_, each) => {
  const { network } = each;
  const gate = gateOf(network);

  test.each([referenceEngine(), onRuntime])(
    'is S z + c of its selection on $name',
    async (engine) => {
      const graph = createGraphBuilder(network);
      const sum = recomposed(graph, gate);
      const both = withOutputs(graph.build('recomposed', []), [gate.output, sum]);
      const fetches = await run(engine, each, both);
      const [whole, parts] = [gate.output, sum].map((name) => numbersOf(fetches[name] as Tensor));
      // Two roundings per element: the product with the slope and the sum with the offset, which runtimes may fuse.
      whole?.forEach((value, i) =>
        expect(Math.abs(value - (parts?.[i] as number))).toBeLessThanOrEqual(
          2 ** -22 * Math.max(1, Math.abs(value)),
        ),
      );
      expect((fetches[sum] as Tensor).shape).toEqual((fetches[gate.output] as Tensor).shape);
    },
  );
});

test.each(gateCases.filter(([, { network }]) => gateOf(network).op.kind === 'choice'))(
  'winner and lead of %s are those of its candidates',
  async (_, each) => {
    const { network } = each;
    const gate = gateOf(network);
    const op = gate.op as ChoiceGate;
    const graph = createGraphBuilder(network);
    const [gap, selection] = [op.gap(graph, gate), op.select(graph, gate)];
    const emitted = withOutputs(graph.build('gap', []), [gap, selection]);
    const fetches = await run(onRuntime, each, emitted);
    const gaps = numbersOf(fetches[gap] as Tensor);
    const winners = numbersOf(fetches[selection] as Tensor);
    const candidatesOf = op.candidates(gate);
    gaps.forEach((lead, i) => {
      const row = Math.floor(i / gate.units);
      const values = candidatesOf(i % gate.units).map(({ piece, slot, index }) => {
        const name = network.nodes[0]?.inputs[slot] as string;
        const data = numbersOf((each.feeds[name] ?? network.constants.get(name)) as Tensor);
        const size = network.constants.has(name) ? 0 : data.length / (gaps.length / gate.units);
        const value = data[row * size + index] as number;
        return { piece, value: op.pick === 'greatest' ? value : -value };
      });
      const ranked = values.sort((a, b) => b.value - a.value || a.piece - b.piece);
      expect(winners[i]).toBe(ranked[0]?.piece);
      if (ranked.length === 1) expect(lead).toBeGreaterThan(1e38);
      else expect(lead).toBe((ranked[0]?.value as number) - (ranked[1]?.value as number));
    });
  },
);

test('every gate is among these cases', () => {
  const gates = ops.filter((op) => op.role === 'gate').map((op) => op.type);
  expect([...new Set(gateCases.map(([, each]) => each.op))].sort()).toEqual(gates.sort());
});

test('control: the opposite selection gives something else', async () => {
  const [, each] = gateCases.find(([name]) => name === 'Abs, of an image') ?? [];
  const { network } = each as ConformanceCase;
  const gate = gateOf(network);
  const graph = createGraphBuilder(network);
  const wrong = recomposed(graph, gate, (g) => g.add('Not', [gate.op.select(g, gate)]));
  const both = withOutputs(graph.build('wrong', []), [gate.output, wrong]);
  const fetches = await run(referenceEngine(), each as ConformanceCase, both);
  expect(fetches[wrong]).not.toEqual(fetches[gate.output]);
});
