import { boolTensor, float32Tensor, rowsOf, type Float32Tensor } from '@floatpath/core';
import { createClassifier, gatesOf, referenceEngine, withOutputs } from '@floatpath/engine';
import { floatInput, givenPartition } from '@floatpath/path-decomp';
import { certify, composedSigma, integerGaussian, type Certificate } from '@floatpath/smoothing';
import { normalUpperQuantile } from '@floatpath/statistics';
import { describe, expect, it } from 'vitest';
import {
  certifyTemplates,
  composedLooks,
  composedNetwork,
  globalAnchor,
  lambdaOutput,
  repressFloatPaths,
  scRfp,
  templateCertificate,
  templateNetworks,
  twoLooks,
} from '../src/index.js';
import { ortForTests } from './ort.js';
import { run } from './run.js';
import { smallImages, smallNetwork } from './small-network.js';

const network = smallNetwork();
const bounds = [0, 1] as const;
const engine = referenceEngine();

describe('templates', () => {
  const templates = [0, 1, 2].map(
    (k) =>
      new Map([
        ['gate_1', Float32Array.from({ length: 8 }, (_, u) => (u + k) % 3)],
        ['gate_2', Float32Array.from({ length: 5 }, (_, u) => (u * k) % 5)],
      ]),
  );
  const how = { templates, q: 0.4, form: 'path-sum', lambda: 0.25 } as const;
  const noise = integerGaussian({ sigma: 0.25, bounds });
  const options = { noise, n0: 30, n: 200, alpha: 0.01, seed: 3, batchSize: 100 };

  it('are one network with a global mask each', async () => {
    const x = { x: smallImages(3) };
    const networks = templateNetworks(network, how);
    for (const [k, minority] of templates.entries()) {
      const alone = scRfp(network, { ...how, anchor: globalAnchor({ q: 0.4, minority }) });
      expect(await run(engine, networks[k] ?? network, x)).toEqual(await run(engine, alone, x));
    }
  });

  it('certify the smaller of two radii, both at half alpha', async () => {
    await using selector = await createClassifier(engine, network, { bounds });
    const classifiers = await Promise.all(
      templateNetworks(network, how).map((made) => createClassifier(engine, made, { bounds })),
    );
    const kinds = new Set<string>();
    for (let image = 0; image < 10; image += 1) {
      const x = rowsOf(smallImages(10), image, image + 1);
      const both = await certifyTemplates(selector, classifiers, x, { ...options, image });
      const half = { ...options, image, alpha: 0.005 };
      const first = await certify(selector, x, half);
      const chosen = classifiers[first.label] as typeof selector;
      const second = await certify(chosen, x, half);
      kinds.add(both.kind);
      expect(both.label).toBe(second.label);
      if (first.kind === 'certified' && second.kind === 'certified') {
        expect(both).toMatchObject({ radius: Math.min(first.radius, second.radius) });
      } else {
        expect(both.kind).toBe('abstain');
      }
    }
    expect(kinds).toContain('certified');
    await expect(
      certifyTemplates(selector, classifiers.slice(1), smallImages(1), options),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
    for (const classifier of classifiers) await classifier[Symbol.asyncDispose]();
  });

  it('need the template that the selector names', () => {
    const certificate: Certificate = { kind: 'abstain', label: 2, pLower: 0.3 };
    expect(() => templateCertificate(certificate, [certificate])).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
  });
});

describe('composed looks', () => {
  const sigmas = [0.5, 0.3] as const;
  const noise = composedLooks({ sigmas, bounds });
  const kappa = 1;
  const deviations = new Map([
    ['gate_1', new Float32Array(8).fill(0.4)],
    ['gate_2', new Float32Array(5).fill(0.6)],
  ]);
  const stacked = (masks: Float32Tensor, values: Float32Tensor): Float32Tensor => {
    const rows = masks.shape[0] as number;
    const out = float32Tensor([rows, 2, 6]);
    for (let row = 0; row < rows; row += 1) {
      out.data.set(masks.data.subarray(row * 6, row * 6 + 6), row * 12);
      out.data.set(values.data.subarray(row * 6, row * 6 + 6), row * 12 + 6);
    }
    return out;
  };

  it.each([
    ['float64', engine, 0],
    // Sums of at most 8 float32 products of sizes about 1.
    ['ONNX Runtime', ortForTests(), 1e-5],
  ] as const)(
    'take masks from the first look and values from the second (%s)',
    async (_n, on, tolerance) => {
      const [first, second] = [smallImages(6, 51), smallImages(6, 52)];
      const looking = composedNetwork(network, {
        kappa,
        deviations,
        form: 'path-sum',
        lambda: 0.25,
      });
      expect(looking.inputs.map(({ shape }) => shape)).toEqual([['batch', 2, 6]]);
      const got = Object.values(await run(on, looking, { looks: stacked(first, second) }))[0];
      const z = await run(engine, withOutputs(network, ['z1', 'z2']), { x: first });
      const masks = gatesOf(network).map((gate, g) => {
        const s = deviations.get(gate.node.name) as Float32Array;
        const near = z[`z${g + 1}`]?.map((v, i) => Math.abs(v) < (s[i % s.length] as number)) ?? [];
        return [floatInput(gate), boolTensor([6, ...gate.rowShape], near.map(Number))];
      });
      const form = { partition: givenPartition(), form: 'path-sum', lambdas: [0.25] } as const;
      const feeds = { x: second, ...Object.fromEntries(masks) };
      const expected = await run(engine, repressFloatPaths(network, form), feeds);
      expected[lambdaOutput(0.25)]?.forEach((v, i) =>
        expect(Math.abs(v - (got?.[i] as number))).toBeLessThanOrEqual(tolerance),
      );
    },
  );

  it('with lambda 1 are the plain network at the second look', async () => {
    const looking = composedNetwork(network, { kappa, deviations, form: 'path-sum', lambda: 1 });
    const second = smallImages(4, 52);
    const looks = stacked(smallImages(4, 51), second);
    const [got] = Object.values(await run(engine, looking, { looks }));
    expect(got).toEqual((await run(engine, network, { x: second }))['z3']);
  });

  it('pay for both looks: R = z(pL) / sqrt(1/s1^2 + 1/s2^2)', () => {
    for (const p of [0.6, 0.9, 0.99]) {
      const exact = normalUpperQuantile(1 - p) / Math.sqrt(sigmas[0] ** -2 + sigmas[1] ** -2);
      // The radius is rounded towards less by some units.
      expect(noise.radius(p)).toBeLessThanOrEqual(exact * (1 + 1e-12));
      expect(noise.radius(p)).toBeGreaterThan(exact * (1 - 1e-9));
      expect(noise.radius(p)).toBeLessThan(integerGaussian({ sigma: 0.3, bounds }).radius(p));
    }
    expect(noise.sigma).toBe(composedSigma(sigmas));
  });

  it('draw two independent looks with a deviation each', () => {
    const count = 400;
    const request = { seed: 1, purpose: 'estimation', image: 0, from: 0, count, size: 40 } as const;
    const { values } = noise.rows(request).noise;
    const look = (k: number) =>
      Array.from(
        values.filter((_, i) => Math.floor((i % 40) / 20) === k),
        (v) => v / 255,
      );
    const [a, b] = [look(0), look(1)];
    const variance = (of: readonly number[]) => of.reduce((s, v) => s + v * v, 0) / of.length;
    // Six standard errors of a variance from 8,000 draws, and of a correlation.
    const error = 6 * Math.sqrt(2 / a.length);
    expect(Math.abs(variance(a) / sigmas[0] ** 2 - 1)).toBeLessThan(error);
    expect(Math.abs(variance(b) / sigmas[1] ** 2 - 1)).toBeLessThan(error);
    const together = a.reduce((s, v, i) => s + v * (b[i] as number), 0) / a.length;
    expect(Math.abs(together / (sigmas[0] * sigmas[1]))).toBeLessThan(error);
    const rows = noise.rows({ ...request, from: 7, count: 2 }).noise.values;
    expect(rows).toEqual(values.slice(7 * 40, 9 * 40));
  });

  it('are certified at two copies of x', async () => {
    const looking = composedNetwork(network, { kappa, deviations, form: 'path-sum', lambda: 0.5 });
    await using classifier = await createClassifier(engine, looking, { bounds });
    const options = { noise, n0: 20, n: 200, alpha: 0.01, seed: 0, batchSize: 70 };
    const x = twoLooks(smallImages(1));
    const certificate = await certify(classifier, x, options);
    const again = await certify(classifier, x, { ...options, batchSize: 11 });
    expect(again.estimation).toEqual(certificate.estimation);
    if (certificate.kind === 'certified') {
      expect(certificate.radius).toBe(noise.radius(certificate.pLower));
    }
    expect(() =>
      noise.rows({ seed: 0, purpose: 'anchor', image: 0, from: 0, count: 1, size: 3 }),
    ).toThrow(/two looks/);
  });
});
