import { boolTensor, float64Tensor, type Feeds, type Network, type Tensor } from '@floatpath/core';
import { gatesOf, referenceEngine, withOutputs } from '@floatpath/engine';
import { describe, expect, it } from 'vitest';
import { floatInput, givenPartition, selectionInput, splitPaths } from '../src/index.js';
import { cnnGolden, mlpGolden } from './golden-networks.js';

async function run(network: Network, feeds: Feeds): Promise<Record<string, number[]>> {
  await using kernel = await referenceEngine().load(network);
  const fetches = await kernel.run(feeds);
  return Object.fromEntries(
    Object.entries(fetches).map(([name, t]) => [name, Array.from(t.data as Float64Array)]),
  );
}

function inputOf(network: Network, x: readonly number[]): Feeds {
  const shape = network.inputs[0]?.shape.slice(1) as number[];
  return { x: float64Tensor([1, ...shape], x) };
}

function masks(
  network: Network,
  values: readonly (readonly number[])[],
  name: typeof floatInput,
  on: number,
): Feeds {
  return Object.fromEntries(
    gatesOf(network).map((gate, i): [string, Tensor] => [
      name(gate),
      boolTensor(
        [1, ...gate.rowShape],
        (values[i] as number[]).map((v) => (v === on ? 1 : 0)),
      ),
    ]),
  );
}

function expectClose(got: readonly number[] | undefined, expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  // The goldens were summed in another order; values are below 100, so 1e-12 is some hundred units roundoff.
  expected.forEach((value, i) =>
    expect(Math.abs((got?.[i] as number) - value)).toBeLessThan(1e-12),
  );
}

const given = { partition: givenPartition(), selection: 'own', form: 'two-recurrences' } as const;
const cases = { mlp_4_6_5_3: mlpGolden(), cnn_1x6x6: cnnGolden() };

describe.each(Object.entries(cases))('%s', (_name, { network, golden, gateNames }) => {
  const float = masks(network, golden.fixed_masks, floatInput, 0);

  it('has the gates and pre-activations of the golden', async () => {
    const gates = gatesOf(network);
    expect(gates.map((gate) => gate.node.name)).toEqual(gateNames);
    const z = await run(
      withOutputs(
        network,
        gates.map((gate) => gate.inputs[0] as string),
      ),
      inputOf(network, golden.x),
    );
    gates.forEach((gate, i) =>
      expectClose(z[gate.inputs[0] as string], golden.preactivations[i] as number[]),
    );
  });

  it('gives the enumerated fixed and float parts', async () => {
    const parts = await run(splitPaths(network, given), {
      ...inputOf(network, golden.x),
      ...float,
    });
    expectClose(parts['logits'], golden.logits);
    expectClose(parts['fixed'], golden.fixed);
    expectClose(parts['float'], golden.float);
  });

  it('gives the enumerated path sums for every lambda', async () => {
    const parts = await run(splitPaths(network, given), {
      ...inputOf(network, golden.x),
      ...float,
    });
    for (const [lambda, expected] of Object.entries(golden.path_sum_lambda)) {
      const sum = parts['fixed']?.map(
        (f, j) => f + Number(lambda) * (parts['float']?.[j] as number),
      );
      expectClose(sum, expected);
    }
  });

  it('gives the golden affine map of the fixed part', async () => {
    // Recorded selections freeze the fixed units, so the fixed part is affine everywhere when all of its units are recorded.
    const recorded = masks(
      network,
      golden.preactivations.map((z) => z.map((v) => (v > 0 ? 1 : 0))),
      selectionInput,
      1,
    );
    const split = splitPaths(network, { ...given, selection: 'recorded', form: 'fixed-only' });
    const at = async (x: readonly number[]): Promise<number[]> =>
      (await run(split, { ...inputOf(network, x), ...float, ...recorded }))['fixed'] as number[];
    const origin = await at(golden.x.map(() => 0));
    expectClose(origin, golden.fixed_affine.b);
    for (let i = 0; i < golden.x.length; i += 1) {
      const column = (await at(golden.x.map((_, j) => (j === i ? 1 : 0)))).map(
        (v, k) => v - (origin[k] as number),
      );
      expectClose(
        column,
        golden.fixed_affine.J.map((row) => row[i] as number),
      );
    }
  });
});

describe('mlp_4_6_5_3 at its neighbor', () => {
  const { network, golden } = cases.mlp_4_6_5_3;
  const recorded = masks(network, golden.statuses, selectionInput, 1);
  const float = masks(network, golden.fixed_masks, floatInput, 0);

  it('keeps the recorded selections of fixed units and reads those of float units anew', async () => {
    const split = splitPaths(network, { ...given, selection: 'recorded' });
    const parts = await run(split, {
      ...inputOf(network, golden.neighbour.x),
      ...float,
      ...recorded,
    });
    expectClose(parts['logits'], golden.neighbour.logits);
    expectClose(parts['fixed'], golden.neighbour.fixed);
    expectClose(parts['float'], golden.neighbour.float);
  });

  it('has the pre-activations of the golden', async () => {
    const gates = gatesOf(network);
    const z = await run(
      withOutputs(
        network,
        gates.map((gate) => gate.inputs[0] as string),
      ),
      inputOf(network, golden.neighbour.x),
    );
    gates.forEach((gate, i) =>
      expectClose(z[gate.inputs[0] as string], golden.neighbour.preactivations[i] as number[]),
    );
  });
});
