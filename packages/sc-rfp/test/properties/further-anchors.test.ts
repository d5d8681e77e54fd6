import {
  boolTensor,
  float32Tensor,
  rowsOf,
  type BoolTensor,
  type Engine,
  type Feeds,
} from '@floatpath/core';
import { addNoise, noisyInputs, referenceEngine, withOutputs } from '@floatpath/engine';
import { floatInput, givenPartition } from '@floatpath/path-decomp';
import { gatesOf } from '@floatpath/engine';
import { integerGaussian } from '@floatpath/smoothing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  behindDenoiser,
  createCenteredClassifier,
  denoisedAnchor,
  globalAnchor,
  guaranteeOf,
  lambdaOutput,
  repressFloatPaths,
  scRfp,
  signsAtXAnchor,
  wienerDenoiser,
  type UnconditionalAnchor,
} from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { run } from '../run.js';
import { smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const sigma = 0.25;
const gates = gatesOf(network);
const deviations = new Map([
  ['gate_1', Float32Array.from({ length: 8 }, (_, u) => 0.2 + 0.05 * u)],
  ['gate_2', Float32Array.from({ length: 5 }, (_, u) => 0.3 + 0.05 * u)],
]);
const minority = new Map([
  ['gate_1', Float32Array.of(0.1, 0.4, 0.2, 0.4, 0, 0.3, 0.1, 0)],
  ['gate_2', Float32Array.of(0, 0.25, 0.5, 0.25, 0.1)],
]);
const denoiser = wienerDenoiser(smallImages(60, 21), { kind: 'full', sigma });
const engines: readonly (readonly [string, Engine])[] = [
  ['float64', referenceEngine()],
  ['ONNX Runtime', ortForTests()],
];

/** The same repression with masks given from outside, one row per image. */
async function withMasks(
  form: 'path-sum' | 'layerwise',
  lambda: number,
  x: Feeds[string],
  masks: readonly (readonly boolean[])[],
): Promise<readonly number[]> {
  const rows = x.shape[0] as number;
  const repressed = repressFloatPaths(network, {
    partition: givenPartition(),
    form,
    lambdas: [lambda],
  });
  const feeds = gates.map((gate, g) => [
    floatInput(gate),
    boolTensor([rows, ...gate.rowShape], masks[g]?.map(Number) ?? []),
  ]);
  const outputs = await run(referenceEngine(), repressed, { x, ...Object.fromEntries(feeds) });
  return outputs[lambdaOutput(lambda)] as readonly number[];
}

describe('the global anchor', () => {
  it.each(['path-sum', 'layerwise'] as const)(
    'takes the units that change most often, lower index first (%s)',
    async (form) => {
      const x = smallImages(4);
      const repressed = scRfp(network, {
        anchor: globalAnchor({ q: 0.25, minority }),
        form,
        lambda: 0.5,
      });
      const first = [1, 3];
      // A quarter of 5 units is 1.25: 1 unit.
      const second = [2];
      const rows = [0, 1, 2, 3];
      const expected = await withMasks(form, 0.5, x, [
        rows.flatMap(() => Array.from({ length: 8 }, (_, u) => first.includes(u))),
        rows.flatMap(() => Array.from({ length: 5 }, (_, u) => second.includes(u))),
      ]);
      const got = await run(referenceEngine(), repressed, { x });
      expect(got['z3']).toHaveLength(expected.length);
      // Float64 sums of a few numbers near 1; dense layers add fixed units first.
      got['z3']?.forEach((value, i) =>
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-12),
      );
    },
  );

  it('with q 0 leaves the network as it is, with q 1 and lambda 0 a constant', async () => {
    const of = (q: number) =>
      scRfp(network, { anchor: globalAnchor({ q, minority }), form: 'path-sum', lambda: 0 });
    const x = smallImages(3);
    const engine = referenceEngine();
    expect(await run(engine, of(0), { x })).toEqual(await run(engine, network, { x }));
    const rows = (await run(engine, of(1), { x }))['z3'] as readonly number[];
    expect(rows.slice(0, 3)).toEqual(rows.slice(3, 6));
  });

  it.each([
    [() => globalAnchor({ q: 1.1, minority }), 'invalid-argument'],
    [
      () =>
        scRfp(network, {
          anchor: globalAnchor({ q: 0.5, minority: new Map() }),
          form: 'path-sum',
          lambda: 0,
        }),
      'not-calibrated',
    ],
    [
      () =>
        scRfp(network, {
          anchor: globalAnchor({ q: 0.5, minority: new Map([['gate_1', new Float32Array(2)]]) }),
          form: 'path-sum',
          lambda: 0,
        }),
      'shape-mismatch',
    ],
  ] as const)('refuses what does not fit', (make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe('the denoised anchor', () => {
  const kappa = 1;
  const anchor = denoisedAnchor({ deviations, denoiser });

  it.each(['path-sum', 'layerwise'] as const)(
    'calls a unit float iff |z| < kappa s in the plain network behind the denoiser (%s)',
    async (form) => {
      const x = smallImages(20);
      const behind = behindDenoiser(network, denoiser);
      // The copy's pre-activations: what feeds its two gates.
      const copies = behind.nodes
        .filter((node) => node.op === 'Relu')
        .map((n) => n.inputs[0] ?? '');
      const z = Object.values(
        await run(referenceEngine(), withOutputs(behind, copies.slice(-2)), { x }),
      );
      const masks = gates.map((gate, g) => {
        const s = deviations.get(gate.node.name) as Float32Array;
        return (z[g] ?? []).map(
          (value, i) => Math.abs(value) < Math.fround(kappa * (s[i % s.length] as number)),
        );
      });
      expect(masks.flat().filter(Boolean).length).toBeGreaterThan(10);
      const repressed = scRfp(network, { anchor, form, lambda: 0.25 });
      const got = await run(referenceEngine(), repressed, { x });
      expect(got['z3']).toEqual(await withMasks(form, 0.25, x, masks));
    },
  );

  it('with kappa 0 leaves the network as it is', async () => {
    const none = denoisedAnchor({ kappa: 0, deviations, denoiser });
    const x = { x: smallImages(5) };
    const repressed = scRfp(network, { anchor: none, form: 'path-sum', lambda: 0 });
    expect(await run(referenceEngine(), repressed, x)).toEqual(
      await run(referenceEngine(), network, x),
    );
  });

  it('refuses a denoiser of other inputs', () => {
    const other = { ...denoiser, imageShape: [7] };
    expect(() =>
      scRfp(network, {
        anchor: denoisedAnchor({ deviations, denoiser: other }),
        form: 'path-sum',
        lambda: 0.5,
      }),
    ).toThrow(expect.objectContaining({ code: 'shape-mismatch' }));
  });
});

describe('unconditional anchors are functions of the noisy input alone', () => {
  const anchors: readonly UnconditionalAnchor[] = [
    globalAnchor({ q: 0.4, minority }),
    denoisedAnchor({ deviations, denoiser }),
  ];
  const levels = fc.array(fc.integer({ min: -300, max: 500 }), { minLength: 6, maxLength: 6 });
  const grid = fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 });

  it.each(engines)('(%s)', async (_name, engine) => {
    for (const anchor of anchors) {
      expect(guaranteeOf(anchor)).toBe('unconditional');
      const repressed = scRfp(network, { anchor, form: 'path-sum', lambda: 0.25 });
      await using kernel = await engine.load(addNoise(repressed, 'grid', [0, 1]));
      await fc.assert(
        fc.asyncProperty(grid, grid, levels, async (a, b, z) => {
          const from = (center: readonly number[]) =>
            kernel.run({
              [noisyInputs.center]: float32Tensor([1, 6], center),
              [noisyInputs.noise]: float32Tensor(
                [1, 6],
                z.map((level, i) => level - (center[i] as number)),
              ),
              [noisyInputs.clipLow]: float32Tensor([], [-510]),
              [noisyInputs.clipHigh]: float32Tensor([], [765]),
            });
          expect(await from(a)).toEqual(await from(b));
        }),
        { numRuns: 40 },
      );
    }
  });
});

describe('signs-at-x', () => {
  const options = {
    anchor: signsAtXAnchor(),
    form: 'layerwise',
    bounds: [0, 1],
    noise: integerGaussian({ sigma, bounds: [0, 1] }),
    seed: 0,
    batchSize: 100,
  } as const;

  it('is conditional', () => {
    expect(guaranteeOf(options.anchor)).toBe('conditional');
  });

  it.each(engines)(
    'is the plain network at x itself, and another one elsewhere (%s)',
    async (_n, engine) => {
      await using centered = await createCenteredClassifier(engine, network, {
        ...options,
        lambda: 0,
      });
      const images = smallImages(6);
      let changed = 0;
      for (let image = 0; image < 6; image += 1) {
        const x = rowsOf(images, image, image + 1);
        const frozen = await centered.at(x, image);
        const plain = (await run(engine, network, { x }))['z3'];
        expect(Array.from((await frozen.logits(x)).data)).toEqual(plain?.map(Math.fround));
        const far = float32Tensor(
          [1, 6],
          x.data.map((v) => 1 - v),
        );
        const there = Array.from((await frozen.logits(far)).data).join();
        changed +=
          there === (await run(engine, network, { x: far }))['z3']?.map(Math.fround).join() ? 0 : 1;
      }
      expect(changed).toBeGreaterThan(3);
    },
  );

  it('scales the units whose sign differs, layer by layer, as the released code does', async () => {
    const lambda = 0.25;
    const engine = referenceEngine();
    await using centered = await createCenteredClassifier(engine, network, { ...options, lambda });
    const [x, z] = [smallImages(1), smallImages(1, 4)];
    const frozen = await centered.at(x, 0);
    const layer = (l: number, h: readonly number[]): number[] => {
      const w = network.constants.get(`W${l}`)?.data as Float32Array;
      const b = network.constants.get(`b${l}`)?.data as Float32Array;
      return Array.from(b, (bias, u) =>
        h.reduce((sum, v, i) => sum + w[u * h.length + i]! * v, bias),
      );
    };
    const signs = await run(engine, withOutputs(network, ['z1', 'z2']), { x });
    let h = Array.from(z.data);
    for (const l of [0, 1]) {
      h = layer(l, h).map((v, u) => {
        const differs = v > 0 !== signs[`z${l + 1}`]![u]! > 0;
        return Math.max(0, differs ? lambda * v : v);
      });
    }
    const logits = (await frozen.logits(z)).data;
    layer(2, h).forEach((v, j) => expect(Math.abs(v - logits[j]!)).toBeLessThan(1e-5));
  });

  it('gives one mask of selections per gate', async () => {
    await using observer = await options.anchor.observe(referenceEngine(), network, options);
    const feeds = await observer.feedsAt(smallImages(1), 0);
    expect(Object.keys(feeds)).toEqual(['selection:gate_1', 'selection:gate_2']);
    expect((feeds['selection:gate_1'] as BoolTensor).shape).toEqual([1, 8]);
  });
});
