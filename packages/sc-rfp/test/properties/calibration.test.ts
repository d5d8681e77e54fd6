import { float32Tensor } from '@floatpath/core';
import { referenceEngine } from '@floatpath/engine';
import { gaussian, integerGaussian } from '@floatpath/smoothing';
import { describe, expect, it } from 'vitest';
import {
  assertDisjoint,
  calibrateDeviations,
  requireCalibration,
  writeCalibration,
  type Calibration,
} from '../../src/index.js';
import { ortForTests } from '../ort.js';
import { firstLayer, smallImages, smallNetwork } from '../small-network.js';

const network = smallNetwork();
const sigma = 0.25;
const settings = { draws: 16, seed: 5, batchSize: 7, modelHash: 'abc' };
const calibrate = (options: object = {}): Promise<Calibration> =>
  calibrateDeviations(referenceEngine(), network, smallImages(4), {
    ...settings,
    noise: integerGaussian({ sigma, bounds: [0, 1] }),
    ...options,
  });

describe('calibrateDeviations', () => {
  it('finds sigma |w| in the first layer, where z is linear in the noise', async () => {
    const images = smallImages(5);
    const draws = 2_000;
    const { deviations } = await calibrateDeviations(referenceEngine(), network, images, {
      ...settings,
      noise: gaussian({ sigma }),
      draws,
      batchSize: 500,
    });
    const { length } = firstLayer(smallImages(1));
    // The relative error of a standard deviation from N normals is 1 / sqrt(2 N); 6 of them. Fixed seed.
    const tolerance = 6 / Math.sqrt(2 * 5 * draws);
    length.forEach((norm, unit) => {
      const s = deviations.get('gate_1')?.[unit] as number;
      expect(Math.abs(s / (sigma * norm) - 1)).toBeLessThan(tolerance);
      // The bound is tight enough to see the variance of |w| instead of its square, or a forgotten sigma.
      expect(Math.abs(s / norm ** 2 - 1)).toBeGreaterThan(tolerance);
    });
  });

  it('does not move with the mean of the images: only the noise counts', async () => {
    const far = float32Tensor(
      [2, 6],
      [...new Array<number>(6).fill(0), ...new Array<number>(6).fill(1)],
    );
    const { deviations } = await calibrateDeviations(referenceEngine(), network, far, {
      ...settings,
      noise: gaussian({ sigma: 1e-3 }),
    });
    for (const s of deviations.get('gate_1') ?? []) expect(s).toBeLessThan(0.01);
  });

  it.each([
    ['float64', referenceEngine()],
    ['ONNX Runtime', ortForTests()],
  ])('does not depend on the batch size (%s)', async (_name, engine) => {
    const files = await Promise.all(
      [1, 7, 16, 250].map(async (batchSize) =>
        writeCalibration(
          await calibrateDeviations(engine, network, smallImages(3), {
            ...settings,
            noise: integerGaussian({ sigma, bounds: [0, 1] }),
            batchSize,
          }),
        ),
      ),
    );
    expect(new Set(files).size).toBe(1);
  });

  it('counts images that appear twice once among the fingerprints', async () => {
    const image = smallImages(1).data;
    const calibration = await calibrateDeviations(
      referenceEngine(),
      network,
      float32Tensor([2, 6], [...image, ...image]),
      { ...settings, noise: gaussian({ sigma }) },
    );
    expect(calibration.images).toBe(2);
    expect(calibration.fingerprints).toHaveLength(1);
  });

  it('refuses images that are not numbers', async () => {
    const images = float32Tensor([1, 6], [0, NaN, 0, 0, 0, 0]);
    await expect(
      calibrateDeviations(referenceEngine(), network, images, {
        ...settings,
        noise: gaussian({ sigma }),
      }),
    ).rejects.toMatchObject({ code: 'not-finite' });
  });

  it.each([
    ['one draw', { draws: 1 }],
    ['no batch', { batchSize: 0 }],
  ])('refuses %s', async (_name, options) => {
    await expect(calibrate(options)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('using a calibration', () => {
  const use = { network, modelHash: 'abc', sigma };

  it('of this model at this sigma is fine', async () => {
    const calibration = await calibrate();
    expect(() => requireCalibration(calibration, use)).not.toThrow();
  });

  it.each([
    ['another model', { ...use, modelHash: 'abd' }, 'not-calibrated'],
    ['another sigma', { ...use, sigma: 0.5 }, 'not-calibrated'],
  ])('refuses %s', async (_name, other, code) => {
    const calibration = await calibrate();
    expect(() => requireCalibration(calibration, other)).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    ['a missing gate', (d: Map<string, Float32Array>) => d.delete('gate_2')],
    ['a strange gate', (d: Map<string, Float32Array>) => d.set('gate_3', new Float32Array(1))],
    [
      'another number of units',
      (d: Map<string, Float32Array>) => d.set('gate_1', new Float32Array(9)),
    ],
  ])('refuses %s', async (_name, spoil) => {
    const calibration = await calibrate();
    const deviations = new Map(calibration.deviations);
    spoil(deviations);
    expect(() => requireCalibration({ ...calibration, deviations }, use)).toThrow(
      expect.objectContaining({ code: 'invalid-data' }),
    );
  });

  it('refuses to report on the images it has seen, and on no others', async () => {
    const calibration = await calibrate();
    expect(() => assertDisjoint(calibration, smallImages(4, 7))).not.toThrow();
    const planted = smallImages(4, 7);
    planted.data.set(smallImages(4).data.subarray(6, 12), 12);
    expect(() => assertDisjoint(calibration, planted)).toThrow(/got 1 of 4 shared/);
  });
});
