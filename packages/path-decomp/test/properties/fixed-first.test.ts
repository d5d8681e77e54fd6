import { boolTensor, numbersOf, type Feeds, type Network, type Tensor } from '@floatpath/core';
import { foldConstants, gatesOf, referenceEngine } from '@floatpath/engine';
import { networkCases, type NetworkCase } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fixedFirst,
  fixedFirstPartition,
  floatInput,
  givenPartition,
  splitPaths,
  type FixedFirst,
} from '../../src/index.js';
import { mlpGolden } from '../golden-networks.js';

const ROWS = 3;

/** One mask for all inputs, drawn unit by unit. */
function masksOf(network: Network, coins: NetworkCase['coins']): Map<string, Uint8Array> {
  return new Map(gatesOf(network).map((gate, i) => [gate.node.name, coins(i, gate.units)]));
}

async function parts(network: Network, feeds: Feeds): Promise<number[][]> {
  await using kernel = await referenceEngine().load(network);
  const { logits, fixed } = await kernel.run(feeds);
  return [logits, fixed].map((tensor) => Array.from(numbersOf(tensor as Tensor)));
}

const compact = (ordered: FixedFirst): Network =>
  splitPaths(ordered.network, {
    partition: fixedFirstPartition(ordered),
    selection: 'own',
    form: 'fixed-only',
  });

/** Both parts by the recurrences of the network as it is, the mask given from outside. */
async function expectedParts(
  network: Network,
  masks: ReadonlyMap<string, Uint8Array>,
  x: Tensor,
): Promise<number[][]> {
  const split = splitPaths(network, {
    partition: givenPartition(),
    selection: 'own',
    form: 'two-recurrences',
  });
  const rows = x.shape[0] ?? 1;
  const masksOfRows = gatesOf(network).map((gate): [string, Tensor] => {
    const mask = masks.get(gate.node.name) as Uint8Array;
    const values = Uint8Array.from({ length: rows * gate.units }, (_, i) => mask[i % gate.units]!);
    return [floatInput(gate), boolTensor([rows, ...gate.rowShape], values)];
  });
  return parts(split, {
    [network.inputs[0]?.name as string]: x,
    ...Object.fromEntries(masksOfRows),
  });
}

/** The largest difference, relative to the largest number. */
function difference(a: readonly number[][], b: readonly number[][]): number {
  const pairs = a.flatMap((part, i) => part.map((v, j) => [v, b[i]?.[j] as number] as const));
  const most = Math.max(1, ...pairs.flat().map(Math.abs));
  return Math.max(...pairs.map(([v, w]) => Math.abs(v - w))) / most;
}

describe('fixed units first', () => {
  it.each(['mlp', 'any'] as const)(
    'leave logits and fixed parts as they are (%s)',
    async (kind) => {
      let ordered = 0;
      await fc.assert(
        fc.asyncProperty(networkCases(kind), async ({ network, points, coins }) => {
          const base = foldConstants(network);
          const masks = masksOf(base, coins);
          const made = fixedFirst(base, masks);
          ordered += made.leading.size;
          const x = points(0, ROWS);
          const got = await parts(compact(made), { [base.inputs[0]?.name as string]: x });
          // Float64 sums of the same products in another order; a wrong row or column is a difference in the first digits.
          expect(difference(got, await expectedParts(base, masks, x))).toBeLessThan(1e-9);
        }),
        { numRuns: 60 },
      );
      expect(ordered).toBeGreaterThan(0);
    },
  );

  it('give the enumerated fixed part of the golden network', async () => {
    const { network, golden } = mlpGolden();
    const masks = new Map(
      gatesOf(network).map((gate, i) => [
        gate.node.name,
        Uint8Array.from(golden.fixed_masks[i] ?? [], (fixed) => 1 - fixed),
      ]),
    );
    const made = fixedFirst(foldConstants(network), masks);
    expect(made.leading.size).toBeGreaterThan(0);
    const x = { dtype: 'float32', shape: [1, 4], data: Float32Array.from(golden.x) } as const;
    const expected = [[...golden.logits], [...golden.fixed]];
    // The input is rounded to float32.
    expect(difference(await parts(compact(made), { x }), expected)).toBeLessThan(1e-6);
  });

  it('break where float units are called fixed', async () => {
    const { network, golden } = mlpGolden();
    const base = foldConstants(network);
    const masks = new Map(
      gatesOf(base).map((gate) => [
        gate.node.name,
        Uint8Array.from({ length: gate.units }, (_, unit) => unit % 2),
      ]),
    );
    const made = fixedFirst(base, masks);
    const [first] = made.leading.keys();
    const wrong = new Map(made.leading).set(first as string, gateWidth(base, first));
    const x = { dtype: 'float32', shape: [1, 4], data: Float32Array.from(golden.x) } as const;
    const right = await expectedParts(base, masks, x);
    expect(difference(await parts(compact(made), { x }), right)).toBeLessThan(1e-9);
    const fault = await parts(compact({ ...made, leading: wrong }), { x });
    expect(difference(fault, right)).toBeGreaterThan(1e-6);
  });
});

const gateWidth = (network: Network, name: string | undefined): number =>
  gatesOf(network).find((gate) => gate.node.name === name)?.units ?? 0;
