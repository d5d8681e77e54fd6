import { float32Tensor, rowsOf, type BoolTensor, type Engine, type Network } from '@floatpath/core';
import {
  addNoise,
  createGraphBuilder,
  gatesOf,
  noisyInputs,
  referenceEngine,
  withOutputs,
} from '@floatpath/engine';
import { gaussian, integerGaussian } from '@floatpath/smoothing';
import { normalCdf } from '@floatpath/statistics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centerAnchor, createCenteredClassifier, inputAnchor, scRfp } from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { run } from '../run.js';
import { firstLayer, smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const deviations = new Map([
  ['gate_1', Float32Array.from({ length: 8 }, (_, u) => 0.2 + 0.05 * u)],
  ['gate_2', Float32Array.from({ length: 5 }, (_, u) => 0.3 + 0.05 * u)],
]);

describe('the input anchor', () => {
  const kappa = 0.67;
  const anchor = inputAnchor({ kappa, deviations });

  /** The masks that the anchor emits, as outputs. */
  function masksOf(of: Network): Network {
    const graph = createGraphBuilder(of);
    const names = gatesOf(of).map((gate) => anchor.partition.floatUnits(graph, gate));
    const shapes = gatesOf(of).map((gate) => ['batch', ...gate.rowShape] as const);
    return graph.build(
      'masks',
      names.map((name, i) => ({ name, dtype: 'bool', shape: shapes[i] ?? [] })),
    );
  }

  it('calls a unit float iff |z| < kappa s', async () => {
    const x = { x: smallImages(20) };
    const z = await run(referenceEngine(), withOutputs(network, ['z1', 'z2']), x);
    const masks = Object.values(await run(referenceEngine(), masksOf(network), x));
    let float = 0;
    ['gate_1', 'gate_2'].forEach((gate, g) => {
      const s = deviations.get(gate) as Float32Array;
      z[`z${g + 1}`]?.forEach((value, i) => {
        const near = Math.abs(value) < Math.fround(kappa * (s[i % s.length] as number));
        expect(masks[g]?.[i]).toBe(near ? 1 : 0);
        float += near ? 1 : 0;
      });
    });
    expect(float).toBeGreaterThan(10);
  });

  it('is exact at the boundary: a distance of kappa s is fixed, just less is float', async () => {
    const s = Math.fround(0.3);
    const below = Math.fround(s * (1 - 2 ** -23));
    const identity: Network = {
      name: 'relu',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
      outputs: [{ name: 'h', dtype: 'float32', shape: ['batch', 1] }],
      nodes: [{ name: 'gate', op: 'Relu', inputs: ['x'], outputs: ['h'], attributes: {} }],
      constants: new Map(),
    };
    const repressed = scRfp(identity, {
      anchor: inputAnchor({ kappa: 1, deviations: new Map([['gate', Float32Array.of(s)]]) }),
      form: 'path-sum',
      lambda: 0,
    });
    for (const engine of [referenceEngine(), ortForTests()]) {
      const { h } = await run(engine, repressed, {
        x: float32Tensor([4, 1], [s, below, -s, -below]),
      });
      expect(h?.map((v) => 0 + v)).toEqual([s, 0, 0, 0]);
    }
  });

  it('with kappa 0 leaves the network as it is', async () => {
    const repressed = scRfp(network, {
      anchor: inputAnchor({ kappa: 0, deviations }),
      form: 'path-sum',
      lambda: 0,
    });
    const x = { x: smallImages(9) };
    expect(await run(referenceEngine(), repressed, x)).toEqual(
      await run(referenceEngine(), network, x),
    );
  });

  it.each([
    ['gates it has not seen', new Map<string, Float32Array>(), 'not-calibrated'],
    ['another number of units', new Map([['gate_1', new Float32Array(3)]]), 'shape-mismatch'],
  ])('refuses %s', (_name, others, code) => {
    const options = {
      anchor: inputAnchor({ kappa, deviations: others }),
      form: 'path-sum',
      lambda: 0,
    } as const;
    expect(() => scRfp(network, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('the center anchor', () => {
  it.each([
    ['float64', referenceEngine()],
    ['ONNX Runtime', ortForTests()],
  ])(
    'calls first-layer units tau-float as their exact frequency says (%s)',
    async (_name, engine) => {
      const sigma = 0.25;
      const draws = 1_000;
      const tau = 0.05;
      const images = smallImages(6);
      await using observer = await centerAnchor({ tau, draws }).observe(engine, network, {
        noise: gaussian({ sigma }),
        seed: 3,
        batchSize: 250,
      });
      const seen = [0, 0];
      for (let image = 0; image < 6; image += 1) {
        const x = rowsOf(images, image, image + 1);
        const mask = (await observer.feedsAt(x, image))['float:gate_1'] as BoolTensor;
        expect(mask.shape).toEqual([1, 8]);
        const { z, length } = firstLayer(x);
        z.forEach((value, unit) => {
          // z is normal around its value at x: the exact probability of the rarer selection.
          const minority = normalCdf(-Math.abs(value) / (sigma * (length[unit] as number)));
          // Six standard errors at tau: closer units may fall on either side. Fixed seed.
          if (Math.abs(minority - tau) < 6 * Math.sqrt((tau * (1 - tau)) / draws)) return;
          const expected = minority > tau ? 1 : 0;
          expect(mask.data[unit]).toBe(expected);
          seen[expected] = (seen[expected] as number) + 1;
        });
      }
      // Both answers were given, so neither "always" nor "never" would pass.
      expect(Math.min(...seen)).toBeGreaterThan(5);
    },
  );

  it('does not depend on the batch size', async () => {
    const noise = integerGaussian({ sigma: 0.5, bounds: [0, 1] });
    const anchor = centerAnchor({ tau: 0.1, draws: 100 });
    const feeds = await Promise.all(
      [1, 7, 250].map(async (batchSize) => {
        await using observer = await anchor.observe(ortForTests(), network, {
          noise,
          seed: 0,
          batchSize,
        });
        return await observer.feedsAt(smallImages(1), 4);
      }),
    );
    expect(feeds[1]).toEqual(feeds[0]);
    expect(feeds[2]).toEqual(feeds[0]);
  });

  it.each([{ tau: -0.1 }, { tau: 1 }, { tau: 0.1, draws: 0 }])('refuses %j', (options) => {
    expect(() => centerAnchor(options)).toThrow(/centerAnchor: expected/);
  });
});

/**
 * The same noisy input z = u + J, reached from two centers u: a classifier that is a function of z alone gives the same
 * logits for both.
 */
describe('what the repressed network is a function of', () => {
  const engines: readonly (readonly [string, Engine])[] = [
    ['float64', referenceEngine()],
    ['ONNX Runtime', ortForTests()],
  ];
  const levels = fc.array(fc.integer({ min: -300, max: 500 }), { minLength: 6, maxLength: 6 });
  const grid = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 });

  it.each(engines)('input anchor: the noisy input alone (%s)', async (_name, engine) => {
    const anchor = inputAnchor({ kappa: 1, deviations });
    const forms = ['path-sum', 'layerwise'] as const;
    for (const form of forms) {
      const repressed = scRfp(network, { anchor, form, lambda: 0.25 });
      await using kernel = await engine.load(addNoise(repressed, 'grid', [0, 1]));
      await fc.assert(
        fc.asyncProperty(grid, grid, levels, async (a, b, z) => {
          const [fromA, fromB] = await Promise.all(
            [a, b].map((center) =>
              kernel.run({
                [noisyInputs.center]: float32Tensor([1, 6], center),
                [noisyInputs.noise]: float32Tensor(
                  [1, 6],
                  z.map((level, i) => level - (center[i] as number)),
                ),
                [noisyInputs.clipLow]: float32Tensor([], [-510]),
                [noisyInputs.clipHigh]: float32Tensor([], [765]),
              }),
            ),
          );
          expect(fromA).toEqual(fromB);
        }),
      );
    }
  });

  it.each(engines)(
    'center anchor: also of the center, which the same check sees (%s)',
    async (_name, engine) => {
      await using centered = await createCenteredClassifier(engine, network, {
        anchor: centerAnchor({ tau: 0.05, draws: 200 }),
        form: 'path-sum',
        lambda: 0.25,
        bounds: [0, 1],
        noise: integerGaussian({ sigma: 0.25, bounds: [0, 1] }),
        seed: 0,
        batchSize: 100,
      });
      const centers = smallImages(4);
      const z = smallImages(8, 3);
      const logits: string[] = [];
      for (let image = 0; image < 4; image += 1) {
        const frozen = await centered.at(rowsOf(centers, image, image + 1), image);
        logits.push(Array.from((await frozen.logits(z)).data).join());
      }
      expect(new Set(logits).size).toBeGreaterThan(1);
    },
  );
});
