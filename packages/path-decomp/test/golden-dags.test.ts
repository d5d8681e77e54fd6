import { readFileSync } from 'node:fs';
import {
  boolTensor,
  float32Tensor,
  float64Tensor,
  int64Tensor,
  numbersOf,
  type Engine,
  type Network,
  type NetworkNode,
  type Tensor,
} from '@floatpath/core';
import { foldConstants, gatesOf, referenceEngine, selectionDtype } from '@floatpath/engine';
import { analyze, selectionsAt } from '@floatpath/activation-patterns';
import { describe, expect, it } from 'vitest';
import { floatInput, givenPartition, selectionInput, splitPaths } from '../src/index.js';
import { ortNode } from './ort.js';

interface GoldenConstant {
  readonly dtype?: 'int64';
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Parts {
  readonly logits: readonly number[];
  readonly fixed: readonly number[];
  readonly float: readonly number[];
}

interface GoldenDag {
  readonly name: string;
  readonly inputShape: readonly number[];
  readonly nodes: readonly NetworkNode[];
  readonly constants: Readonly<Record<string, GoldenConstant>>;
  readonly output: { readonly name: string; readonly shape: readonly number[] };
  readonly x: readonly number[];
  readonly other: readonly number[];
  /** Per gate node; selections are those at x. */
  readonly float: Readonly<Record<string, readonly number[]>>;
  readonly selections: Readonly<Record<string, readonly number[]>>;
  readonly atX: Parts;
  readonly atOther: Parts;
}

const { dags } = JSON.parse(
  readFileSync(new URL('./golden/dags.json', import.meta.url), 'utf8'),
) as { readonly dags: readonly GoldenDag[] };

function networkOf(dag: GoldenDag): Network {
  const constants = Object.entries(dag.constants).map(
    ([name, { dtype, shape, data }]): [string, Tensor] => [
      name,
      dtype === 'int64' ? int64Tensor(shape, data) : float32Tensor(shape, data),
    ],
  );
  return {
    name: dag.name,
    inputs: [{ name: 'x', dtype: 'float32', shape: dag.inputShape }],
    outputs: [{ ...dag.output, dtype: 'float32' }],
    nodes: dag.nodes,
    constants: new Map(constants),
  };
}

async function partsAt(
  engine: Engine,
  dag: GoldenDag,
  x: readonly number[],
  selection: 'own' | 'recorded',
): Promise<Parts> {
  const network = networkOf(dag);
  const split = splitPaths(network, {
    partition: givenPartition(),
    selection,
    form: 'two-recurrences',
  });
  const feeds: Record<string, Tensor> = { x: float64Tensor(dag.inputShape, x) };
  for (const gate of gatesOf(foldConstants(network))) {
    const shape = gate.outputShape as readonly number[];
    feeds[floatInput(gate)] = boolTensor(shape, dag.float[gate.node.name] ?? []);
    if (selection === 'own') continue;
    const recorded = dag.selections[gate.node.name] ?? [];
    feeds[selectionInput(gate)] =
      selectionDtype(gate) === 'int64' ? int64Tensor(shape, recorded) : boolTensor(shape, recorded);
  }
  await using kernel = await engine.load(split);
  const fetches = await kernel.run(feeds);
  const part = (name: keyof Parts): number[] => Array.from(numbersOf(fetches[name] as Tensor));
  return { logits: part('logits'), fixed: part('fixed'), float: part('float') };
}

const only = ({ logits, fixed, float }: Parts): Parts => ({ logits, fixed, float });

describe.each(dags.map((dag) => [dag.name, dag] as const))('the enumerated DAG "%s"', (_, dag) => {
  it('has the selections that were enumerated', () => {
    const analysis = analyze(networkOf(dag));
    const expected = analysis.gates.flatMap((gate) => dag.selections[gate.node.name] ?? []);
    expect([...selectionsAt(analysis, float64Tensor(dag.inputShape, dag.x))]).toEqual(expected);
  });

  // All numbers are dyadic with few bits: both engines must give them exactly.
  it.each([referenceEngine(), ortNode()])('is split path by path on $name', async (engine) => {
    expect(await partsAt(engine, dag, dag.x, 'own')).toEqual(only(dag.atX));
    expect(await partsAt(engine, dag, dag.x, 'recorded')).toEqual(only(dag.atX));
  });

  it.each([referenceEngine(), ortNode()])(
    'keeps recorded selections at another input on $name',
    async (engine) => {
      expect(await partsAt(engine, dag, dag.other, 'recorded')).toEqual(only(dag.atOther));
    },
  );
});

it('control: a DAG with one weight changed gives other parts', async () => {
  const dag = dags[0] as GoldenDag;
  const [name, weights] = Object.entries(dag.constants)[0] as [string, GoldenConstant];
  const changed = {
    ...dag,
    constants: { ...dag.constants, [name]: { ...weights, data: weights.data.map((v) => v / 2) } },
  };
  expect(await partsAt(referenceEngine(), changed, dag.x, 'own')).not.toEqual(only(dag.atX));
});
