import { float32Tensor, float64Tensor, type Float64Tensor, type Network } from '@floatpath/core';
import { foldConstants, gatesOf, referenceEngine } from '@floatpath/engine';
import { analyze, proveFixed, selectionsAt } from '@floatpath/activation-patterns';
import { tfjsEngine } from '@floatpath/engine/tfjs';
import { networkCases } from '@floatpath/testing';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDecomposer, provedNeighborhood } from '../../src/index.js';
import { ortNode } from '../ort.js';

const options = { selection: 'own', precision: 'float64', batchSize: 8 } as const;

/** `rows` points on the straight line x + s d, s = -1, 0, 1, 2 (in steps), all inside the ball. */
function line(x: Float64Array, direction: ArrayLike<number>, step: number): Float64Array {
  const data = new Float64Array(4 * x.length);
  [-1, 0, 1, 2].forEach((s, row) => {
    data.set(
      x.map((v, i) => v + s * step * (direction[i] as number)),
      row * x.length,
    );
  });
  return data;
}

const engines = [
  { engine: referenceEngine(), precision: 'float64', numRuns: 150 },
  { engine: ortNode(), precision: 'float32', numRuns: 60 },
  { engine: tfjsEngine(tf), precision: 'float32', numRuns: 20 },
] as const;

beforeAll(() => tf.setBackend('cpu'));

describe.each(engines)('the affine law on $engine.name', ({ engine, precision, numRuns }) => {
  it('fixed is affine over a ball on which fixedness is proved, though fixed units read their own z', async () => {
    let curved = 0;
    await fc.assert(
      fc.asyncProperty(
        networkCases(),
        fc.constantFrom(0.02, 0.1, 0.4),
        async ({ network, point, coins }, radius) => {
          const analysis = analyze(network);
          const x = Float64Array.from(point(0).data);
          // A little wider than the line below, whose ends may be rounded outward to float32.
          const ball = provedNeighborhood(
            proveFixed(analysis, point(0), { norm: 'linf', radius: radius * 1.001 }),
          );
          const direction = Array.from(coins(1, x.length), (coin) => (coin === 1 ? 1 : -1));
          const points: Float64Tensor = float64Tensor(
            [4, ...analysis.inputShape.slice(1)],
            line(x, direction, radius / 2),
          );
          await using decomposer = await createDecomposer(engine, analysis, {
            ...options,
            precision,
          });
          const rows = await decomposer.decompose(points, [ball, ball, ball, ball]);
          rows[0]?.fixed.forEach((_, j) => {
            const value = (row: number): number => rows[row]?.fixed[j] as number;
            const tolerance = 4 * Math.max(...rows.map((row) => row.tolerance));
            // Second differences of an affine function are 0.
            expect(Math.abs(value(0) - 2 * value(1) + value(2))).toBeLessThanOrEqual(tolerance);
            expect(Math.abs(value(1) - 2 * value(2) + value(3))).toBeLessThanOrEqual(tolerance);
            const float = (row: number): number => rows[row]?.float[j] as number;
            if (Math.abs(float(0) - 2 * float(1) + float(2)) > 1e3 * tolerance) curved += 1;
          });
        },
      ),
      { numRuns },
    );
    // Positive control: the float part is curved, so the same test on a wrong mask would fail.
    expect(curved).toBeGreaterThan(0);
  });
});

describe('the affine law', () => {
  it('sees a float unit that is called fixed, which the sum law with own selections cannot', async () => {
    let seen = 0;
    for (const { network, point, coins } of fc.sample(networkCases('mlp'), {
      numRuns: 80,
      seed: 9,
    })) {
      const analysis = analyze(network);
      const x = Float64Array.from(point(0).data);
      const wrong = {
        float: new Uint8Array(analysis.layout.units),
        selections: selectionsAt(analysis, point(0)),
      };
      const direction = Array.from(coins(1, x.length), (coin) => (coin === 1 ? 1 : -1));
      const points = float64Tensor([4, ...analysis.inputShape.slice(1)], line(x, direction, 0.5));
      await using decomposer = await createDecomposer(referenceEngine(), analysis, options);
      const rows = await decomposer.decompose(points, [wrong, wrong, wrong, wrong]);
      expect(rows.every((row) => row.holds)).toBe(true);
      const value = (row: number, j: number): number => rows[row]?.fixed[j] as number;
      const tolerance = 4 * Math.max(...rows.map((row) => row.tolerance));
      const bent = rows[0]?.fixed.some(
        (_, j) => Math.abs(value(0, j) - 2 * value(1, j) + value(2, j)) > tolerance,
      );
      if (bent) seen += 1;
    }
    expect(seen).toBeGreaterThan(20);
  });
});

/** The network, for one row, with every gate output replaced by 0. */
function withoutGates(network: Network): Network {
  const folded = foldConstants(network);
  const gates = gatesOf(folded);
  const names = new Set(gates.map((gate) => gate.node.name));
  const zeros = gates.map((gate) => [gate.output, float32Tensor([1, ...gate.rowShape])] as const);
  return {
    ...folded,
    nodes: folded.nodes.filter((node) => !names.has(node.name)),
    constants: new Map([...folded.constants, ...zeros]),
  };
}

it('with all units float, fixed is the network with every gate output replaced by 0', async () => {
  await fc.assert(
    fc.asyncProperty(networkCases(), async ({ network, point }) => {
      const analysis = analyze(network);
      const all = {
        float: new Uint8Array(analysis.layout.units).fill(1),
        selections: new Uint16Array(analysis.layout.units),
      };
      await using decomposer = await createDecomposer(referenceEngine(), analysis, options);
      const [row] = await decomposer.decompose(point(0), [all]);
      await using kernel = await referenceEngine().load(withoutGates(network));
      const plain = (await kernel.run({ x: point(0) }))[analysis.logits]?.data as Float64Array;
      plain.forEach((value, j) =>
        expect(Math.abs(value - (row?.fixed[j] as number))).toBeLessThanOrEqual(
          row?.tolerance as number,
        ),
      );
    }),
  );
});
