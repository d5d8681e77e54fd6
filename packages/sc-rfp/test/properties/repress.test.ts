import { float32Tensor, float64Tensor, type Network } from '@floatpath/core';
import { foldConstants, gatesOf, referenceEngine } from '@floatpath/engine';
import { givenPartition, splitPaths } from '@floatpath/path-decomp';
import { networkCases } from '@floatpath/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lambdaOutput, repressFloatPaths, type RepressForm } from '../../src/index.js';
import { mlpGolden } from '../golden-networks.js';
import { ortForTests } from '../ort.js';
import { masks, run } from '../run.js';

const ROWS = 2;
const forms: readonly RepressForm[] = ['path-sum', 'layerwise'];
const partition = givenPartition();
const cases = networkCases('any').filter((c) => gatesOf(foldConstants(c.network)).length > 0);
const onlyMasksOf = (network: Network, feeds: ReturnType<typeof masks>): typeof feeds =>
  Object.fromEntries(
    Object.entries(feeds).filter(([name]) => network.inputs.some((input) => input.name === name)),
  );

/** Every gate output replaced by 0 on all rows, written without any of the code under test. */
function withoutGates(network: Network): Network {
  const gates = gatesOf(network);
  const names = new Set(gates.map((gate) => gate.node.name));
  const zeros = gates.map(
    (gate) => [gate.output, float32Tensor([ROWS, ...gate.rowShape])] as const,
  );
  return {
    ...network,
    nodes: network.nodes.filter((node) => !names.has(node.name)),
    constants: new Map([...network.constants, ...zeros]),
  };
}

describe.each([
  ['float64', referenceEngine()],
  ['ONNX Runtime', ortForTests()],
] as const)('in %s', (_name, engine) => {
  it.each(forms)('lambda = 1 is the network itself, bit for bit (%s)', async (form) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ network, points, coins }) => {
        const repressed = repressFloatPaths(network, { partition, form, lambdas: [1, 0.5] });
        const x = { [network.inputs[0]?.name as string]: points(0, ROWS) };
        const float = masks(network, ROWS, (_gate, size) => coins(1, size));
        const plain = await run(engine, network, x);
        const got = await run(engine, repressed, { ...x, ...onlyMasksOf(repressed, float) });
        expect(got[lambdaOutput(1)]).toEqual(plain[network.outputs[0]?.name as string]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('in float64', () => {
  const engine = referenceEngine();

  it.each(forms)('with every unit fixed every lambda is the network (%s)', async (form) => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ network, points }) => {
        const lambdas = [0, 0.3, 0.5];
        const repressed = repressFloatPaths(network, { partition, form, lambdas });
        const x = { [network.inputs[0]?.name as string]: points(0, ROWS) };
        const none = onlyMasksOf(
          repressed,
          masks(network, ROWS, (_gate, size) => new Uint8Array(size)),
        );
        const plain = await run(engine, network, x);
        const got = await run(engine, repressed, { ...x, ...none });
        for (const lambda of lambdas) {
          // toEqual tells -0 from 0, which 0 + logits takes away.
          expect(got[lambdaOutput(lambda)]?.map((v) => 0 + v)).toEqual(
            plain[network.outputs[0]?.name as string]?.map((v) => 0 + v),
          );
        }
      }),
    );
  });

  it.each(forms)(
    'lambda = 0 with every unit float leaves the gate-free paths (%s)',
    async (form) => {
      await fc.assert(
        fc.asyncProperty(cases, async ({ network, points }) => {
          const repressed = repressFloatPaths(network, { partition, form, lambdas: [0] });
          const x = { [network.inputs[0]?.name as string]: points(0, ROWS) };
          const all = onlyMasksOf(
            repressed,
            masks(network, ROWS, (_gate, size) => new Uint8Array(size).fill(1)),
          );
          const expected = await run(engine, withoutGates(network), x);
          const got = await run(engine, repressed, { ...x, ...all });
          expect(got[lambdaOutput(0)]?.map((v) => 0 + v)).toEqual(
            expected[network.outputs[0]?.name as string]?.map((v) => 0 + v),
          );
        }),
      );
    },
  );

  it('the path sum is fixed + lambda float, with the float part from its own recurrence', async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.double({ min: 0, max: 1, noNaN: true }), async (c, anyLambda) => {
        const { network, points, coins } = c;
        const lambda = Math.fround(anyLambda);
        const repressed = repressFloatPaths(network, {
          partition,
          form: 'path-sum',
          lambdas: [lambda],
        });
        const split = splitPaths(network, { partition, selection: 'own', form: 'two-recurrences' });
        const x = { [network.inputs[0]?.name as string]: points(0, ROWS) };
        const float = masks(network, ROWS, (_gate, size) => coins(2, size));
        const parts = await run(engine, split, { ...x, ...onlyMasksOf(split, float) });
        const got = await run(engine, repressed, { ...x, ...onlyMasksOf(repressed, float) });
        got[lambdaOutput(lambda)]?.forEach((value, j) => {
          const fixed = parts['fixed']?.[j] as number;
          const floating = parts['float']?.[j] as number;
          // 1 - lambda is a float32 constant of the graph (2^-25 off at most); the rest are float64 roundings of sums
          // whose terms may exceed the parts, for which 1e-9 leaves ample room at these sizes.
          const tolerance = 2 ** -25 * Math.abs(floating) + 1e-9 * (1 + Math.abs(fixed));
          expect(Math.abs(value - (fixed + lambda * floating))).toBeLessThanOrEqual(tolerance);
        });
      }),
    );
  });

  it('both forms agree where no path crosses two gates', async () => {
    const single = networkCases('mlp', 3).filter(
      (c) => gatesOf(foldConstants(c.network)).length === 1,
    );
    await fc.assert(
      fc.asyncProperty(single, async ({ network, points, coins }) => {
        const x = { [network.inputs[0]?.name as string]: points(0, ROWS) };
        const float = masks(network, ROWS, (_gate, size) => coins(3, size));
        const [sum, layers] = await Promise.all(
          forms.map(async (form) => {
            const repressed = repressFloatPaths(network, { partition, form, lambdas: [0.25] });
            return run(engine, repressed, { ...x, ...onlyMasksOf(repressed, float) });
          }),
        );
        sum?.[lambdaOutput(0.25)]?.forEach((value, j) => {
          const other = layers?.[lambdaOutput(0.25)]?.[j] as number;
          // Two orders of summation of the same few terms.
          expect(Math.abs(value - other)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(value)));
        });
      }),
    );
  });

  it.each([-0.5, 2])(
    'goes on beyond [0, 1] in a straight line where it is asked to: %s',
    async (lambda) => {
      const { network, golden } = mlpGolden();
      const { x } = golden;
      const lambdas = [0, 1, lambda];
      const options = { partition, form: 'path-sum', lambdas, extrapolate: true } as const;
      const float = masks(network, 1, (_gate, size) =>
        Uint8Array.from({ length: size }, (_, u) => u % 2),
      );
      const repressed = repressFloatPaths(network, options);
      const feeds = {
        [network.inputs[0]?.name as string]: float64Tensor([1, x.length], x),
        ...float,
      };
      const got = await run(referenceEngine(), repressed, feeds);
      const at = (of: number) => got[lambdaOutput(of)] as readonly number[];
      at(lambda).forEach((value, j) => {
        const [none, all] = [at(0)[j] as number, at(1)[j] as number];
        expect(Math.abs(none - all)).toBeGreaterThan(1e-3);
        // float64 sums of a few numbers of size about 1.
        expect(Math.abs(value - (none + lambda * (all - none)))).toBeLessThan(1e-12);
      });
    },
  );

  it('would notice if lambda reached a path once per gate: two layers tell the forms apart', () => {
    const { golden } = mlpGolden();
    const difference = golden.path_sum_lambda['0.5']?.map((v, j) =>
      Math.abs(v - (golden.layerwise_lambda['0.5']?.[j] as number)),
    );
    expect(Math.max(...(difference ?? []))).toBeGreaterThan(1e-3);
  });
});

describe('refusals', () => {
  const { network } = mlpGolden();

  it.each([-0.1, 1.1, NaN])('lambda %s', (lambda) => {
    expect(() =>
      repressFloatPaths(network, { partition, form: 'path-sum', lambdas: [lambda] }),
    ).toThrow(/expected lambda in \[0, 1\]/);
  });

  it.each([NaN, Infinity])('lambda %s, even where it may lie outside', (lambda) => {
    const options = { partition, form: 'path-sum', lambdas: [lambda], extrapolate: true } as const;
    expect(() => repressFloatPaths(network, options)).toThrow(/expected a finite lambda/);
  });

  it('a network without gates', () => {
    const affine = {
      ...network,
      nodes: network.nodes.slice(0, 1),
      outputs: [{ name: 'affine_0_out', dtype: 'float64' as const, shape: ['batch' as const, 6] }],
    };
    expect(() =>
      repressFloatPaths(affine, { partition, form: 'layerwise', lambdas: [0.5] }),
    ).toThrow(/expected a network with gates/);
  });
});
