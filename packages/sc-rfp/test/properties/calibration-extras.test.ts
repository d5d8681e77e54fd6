import { float32Tensor } from '@floatpath/core';
import { gatesOf, referenceEngine, withOutputs } from '@floatpath/engine';
import { gaussian, integerGaussian } from '@floatpath/smoothing';
import { normalCdf } from '@floatpath/statistics';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  assertDisjoint,
  calibrateDeviations,
  chooseSettings,
  chosenIn,
  denoisedAnchor,
  denoiserIn,
  inputAnchor,
  measureSelections,
  readCalibration,
  requireCalibration,
  selectionsIn,
  withDenoiser,
  writeCalibration,
  type Calibration,
  type CertifyVariantsOptions,
  type LabelledImages,
  type Settings,
  type SelectionStatistics,
} from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { resealed } from '../reseal.js';
import { run } from '../run.js';
import { firstLayer, smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const sigma = 0.25;
const noise = integerGaussian({ sigma, bounds: [0, 1] });
const settings = { draws: 16, seed: 5, batchSize: 7 };
const labels = Uint8Array.of(0, 1, 2, 0);

async function complete(): Promise<Calibration> {
  const options = { ...settings, noise, modelHash: 'abc' };
  const engine = referenceEngine();
  const measured = await calibrateDeviations(engine, network, smallImages(4), options);
  const selections = await measureSelections(engine, network, smallImages(4), labels, options);
  return withDenoiser({ ...measured, selections }, smallImages(30, 41), 'full');
}

describe('measureSelections', () => {
  const images = smallImages(6);
  const draws = 2_000;
  let measured: SelectionStatistics;
  beforeAll(async () => {
    const options = { ...settings, noise: gaussian({ sigma }), draws, batchSize: 500 };
    const classes = Uint8Array.of(0, 0, 1, 1, 2, 2);
    measured = await measureSelections(referenceEngine(), network, images, classes, options);
  });
  const exact = Array.from({ length: 6 }, (_, row) => {
    const x = float32Tensor([1, 6], images.data.slice(row * 6, row * 6 + 6));
    const { z, length } = firstLayer(x);
    return z.map((value, u) => ({ value, deviation: sigma * (length[u] as number) }));
  });

  it('finds how often first-layer units change, where z is normal', () => {
    const minority = measured.minority.get('gate_1') as Float32Array;
    const ofClass = measured.templates[1]?.get('gate_1') as Float32Array;
    for (let u = 0; u < 8; u += 1) {
      const rates = exact.map((units) =>
        normalCdf(-Math.abs(units[u]!.value) / units[u]!.deviation),
      );
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / 6;
      // Six standard errors of a frequency from 2,000 draws; a frequency near 1/2 is biased by less.
      const tolerance = 6 * Math.sqrt(0.25 / draws);
      expect(Math.abs((minority[u] as number) - mean)).toBeLessThan(tolerance);
      expect(Math.abs((ofClass[u] as number) - (rates[2]! + rates[3]!) / 2)).toBeLessThan(
        tolerance,
      );
    }
    // Units differ by more than the tolerance, so a constant would not pass.
    expect(Math.max(...minority) - Math.min(...minority)).toBeGreaterThan(0.2);
  });

  it('finds the mean output, E relu(z) = m Phi(m/s) + s phi(m/s)', () => {
    const outputs = measured.outputs.get('gate_1') as Float32Array;
    for (let u = 0; u < 8; u += 1) {
      const means = exact.map((units) => {
        const { value: m, deviation: s } = units[u]!;
        return m * normalCdf(m / s) + (s * Math.exp(-((m / s) ** 2) / 2)) / Math.sqrt(2 * Math.PI);
      });
      const mean = means.reduce((sum, value) => sum + value, 0) / 6;
      const spread = exact[0]![u]!.deviation / Math.sqrt(6 * draws);
      expect(Math.abs((outputs[u] as number) - mean)).toBeLessThan(6 * spread);
    }
  });

  it.each([
    ['float64', referenceEngine()],
    ['ONNX Runtime', ortForTests()],
  ])('does not depend on the batch size (%s)', async (_name, engine) => {
    const all = await Promise.all(
      [1, 7, 16].map((batchSize) =>
        measureSelections(engine, network, smallImages(3), [0, 1, 2], {
          ...settings,
          noise,
          batchSize,
        }),
      ),
    );
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
  });

  it('gives a class without images the frequencies of all', async () => {
    const options = { ...settings, noise };
    const engine = referenceEngine();
    const of = await measureSelections(engine, network, smallImages(3), [0, 1, 1], options);
    expect(of.templates[2]).toEqual(of.minority);
    expect(of.templates[1]).not.toEqual(of.minority);
  });

  it.each([
    ['too few labels', [0, 1]],
    ['a label that is no class', [0, 1, 3]],
  ])('refuses %s', async (_name, given) => {
    await expect(
      measureSelections(referenceEngine(), network, smallImages(3), given, { ...settings, noise }),
    ).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('a complete calibration', () => {
  let calibration: Calibration;
  beforeAll(async () => {
    calibration = await complete();
  });

  it('reads back what was written', () => {
    expect(readCalibration(writeCalibration(calibration))).toEqual(calibration);
  });

  it('is fine for its model, and not with a denoiser for another sigma or shape', () => {
    const use = { network, modelHash: 'abc', sigma };
    expect(() => requireCalibration(calibration, use)).not.toThrow();
    const denoiser = denoiserIn(calibration, 'full');
    const other = (change: object) => ({
      ...calibration,
      denoisers: [{ ...denoiser, ...change }],
    });
    expect(() => requireCalibration(other({ sigma: 0.5 }), use)).toThrow(
      expect.objectContaining({ code: 'not-calibrated' }),
    );
    expect(() => requireCalibration(other({ imageShape: [7] }), use)).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
    const selections = selectionsIn(calibration);
    expect(() =>
      requireCalibration(
        { ...calibration, selections: { ...selections, minority: new Map() } },
        use,
      ),
    ).toThrow(expect.objectContaining({ code: 'invalid-data' }));
  });

  it('has seen the images of its denoiser', () => {
    expect(() => assertDisjoint(calibration, smallImages(2, 41))).toThrow(/got 2 of 2 shared/);
  });

  it.each([
    [
      'filters that were changed',
      (t: string) => t.replace(/"bias": "..../, '"bias": "AAAA'),
      'invalid-data',
    ],
    [
      'another kind of denoiser',
      (t: string) => t.replace('"kind": "full"', '"kind": "conv"'),
      'invalid-data',
    ],
    [
      'a shape that does not fit',
      (t: string) => t.replace(/"imageShape": \[\s*6/, '"imageShape": [7'),
      'invalid-data',
    ],
    [
      'templates that are no list',
      (t: string) => t.replace('"templates": [', '"templates": "", "x": ['),
      'invalid-data',
    ],
  ] as const)('refuses %s', (_name, spoil, code) => {
    const text = writeCalibration(calibration);
    expect(spoil(text)).not.toBe(text);
    const spoiled = resealed(spoil(text));
    expect(() => readCalibration(spoiled)).toThrow(expect.objectContaining({ code }));
  });

  it('says what is missing', async () => {
    const options = { ...settings, noise, modelHash: 'abc' };
    const bare = await calibrateDeviations(referenceEngine(), network, smallImages(2), options);
    const notCalibrated = (cure: RegExp) =>
      expect.objectContaining({
        code: 'not-calibrated',
        message: expect.stringMatching(cure) as string,
      }) as Error;
    expect(() => denoiserIn(bare, 'conv')).toThrow(
      notCalibrated(/got none; .*--anchor denoised --denoiser conv$/),
    );
    expect(() => denoiserIn(withDenoiser(bare, smallImages(9), 'full'), 'conv')).toThrow(
      notCalibrated(/got full; .*--denoiser conv$/),
    );
    expect(() => selectionsIn(bare)).toThrow(
      notCalibrated(/--anchor global or --form expectation$/),
    );
  });
});

describe('chooseSettings', () => {
  const options = { noise, n0: 20, n: 60, alpha: 0.01, seed: 3, batchSize: 60 };
  const engine = referenceEngine();

  async function heldOut() {
    const images = smallImages(5, 71);
    const outputs = await run(engine, withOutputs(network, ['z3']), { x: images });
    const logits = outputs['z3'] ?? [];
    const predicted = Array.from({ length: 5 }, (_, row) => {
      const own = logits.slice(row * 3, row * 3 + 3);
      return own.indexOf(Math.max(...own));
    });
    return { images, labels: predicted, ids: Uint32Array.from([7, 8, 9, 10, 11]) };
  }

  it('takes the setting of the greatest average radius, and records all', async () => {
    const calibration = await complete();
    const { deviations } = calibration;
    const lambdas = [1, 0.5, 0];
    const tried = lambdas.map((lambda) => ({
      anchor: inputAnchor({ kappa: 2, deviations }),
      form: 'path-sum' as const,
      lambda,
    }));
    const { calibration: after, settings: chosen } = await chooseSettings(
      engine,
      network,
      calibration,
      tried,
      await heldOut(),
      options,
    );
    const [choice] = after.choices ?? [];
    expect(choice?.candidates.map(({ lambda }) => lambda)).toEqual(lambdas);
    const radii = choice?.candidates.map(({ averageRadius }) => averageRadius) ?? [];
    // Lambda 1 is the plain network.
    expect(radii[0]).toBe(choice?.plainAverageRadius);
    expect(new Set(radii).size).toBeGreaterThan(1);
    expect(choice?.chosen.averageRadius).toBe(Math.max(...radii));
    expect(chosen.lambda).toBe(lambdas[radii.indexOf(Math.max(...radii))]);
    const input = { anchor: 'input', form: 'path-sum' } as const;
    expect(chosenIn(after, input)).toMatchObject({ kappa: 2, lambda: chosen.lambda });
    expect(chosenIn(after, { ...input, form: 'layerwise' })).toBeUndefined();
    expect(chosenIn(calibration, input)).toBeUndefined();
    expect(readCalibration(writeCalibration(after))).toEqual(after);
    expect(() => assertDisjoint(after, smallImages(5, 71))).toThrow(/got 5 of 5 shared/);
  });

  it('keeps the first of equal settings', async () => {
    const calibration = await complete();
    const denoiser = denoiserIn(calibration, 'full');
    const { deviations } = calibration;
    const tried = [0.75, 0.25].map((lambda) => ({
      // With kappa 0 nothing is float, whatever lambda is.
      anchor: denoisedAnchor({ kappa: 0, deviations, denoiser }),
      form: 'path-sum' as const,
      lambda,
    }));
    const { calibration: after, settings: chosen } = await chooseSettings(
      engine,
      network,
      calibration,
      tried,
      await heldOut(),
      options,
    );
    expect(chosen.lambda).toBe(0.75);
    const wanted = { anchor: 'denoised', form: 'path-sum' } as const;
    expect(chosenIn(after, { ...wanted, denoiser: 'full' })).toMatchObject({ lambda: 0.75 });
    expect(chosenIn(after, { ...wanted, denoiser: 'conv' })).toBeUndefined();
    expect(readCalibration(writeCalibration(after))).toEqual(after);
  });

  it('refuses images that the calibration has seen, other noise, and nothing to choose from', async () => {
    const calibration = await complete();
    const anchor = inputAnchor({ kappa: 1, deviations: calibration.deviations });
    const one = [{ anchor, form: 'path-sum', lambda: 0.5 }] as const;
    const seen = { images: smallImages(4), labels: [0, 1, 2, 0], ids: new Uint32Array(4) };
    const choose = (
      tried: readonly Settings[],
      images: LabelledImages,
      how: CertifyVariantsOptions,
    ) => chooseSettings(engine, network, calibration, tried, images, how);
    await expect(choose(one, seen, options)).rejects.toMatchObject({ code: 'invalid-data' });
    const other = { ...options, noise: integerGaussian({ sigma: 0.5, bounds: [0, 1] }) };
    await expect(choose(one, await heldOut(), other)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await expect(choose([], await heldOut(), options)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});

it('measures gates by their names', async () => {
  const { selections } = await complete();
  const names = gatesOf(network).map((gate) => gate.node.name);
  expect([...(selections?.minority.keys() ?? [])]).toEqual(names);
});
