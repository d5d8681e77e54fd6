import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Classifier, Float32Tensor } from '@floatpath/core';
import { input, linearClassifier } from '../test/linear-classifier.js';
import { anytime } from './bounds/anytime.js';
import { selectionFree } from './bounds/selection-free.js';
import { staged } from './bounds/staged.js';
import { stevens } from './bounds/stevens.js';
import { certificateOf } from './certificate.js';
import { certify } from './certify.js';
import { gaussian } from './noise/gaussian.js';
import { integerGaussian } from './noise/integer-gaussian.js';

const classifier = linearClassifier({ weights: [[1], [0]], biases: [-0.5, 0] });
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const options = { noise, n0: 20, n: 400, alpha: 0.001, batchSize: 100 };

describe('certificateOf', () => {
  const base = { selection: Uint32Array.of(3, 7, 7), n: 1_000, alpha: 0.001, noise };
  const counts = (k: number): Uint32Array => Uint32Array.of(0, k, 1_000 - k);

  it('takes the lowest of the top classes of the selection', () => {
    expect(certificateOf({ ...base, estimation: counts(900) }).label).toBe(1);
  });

  it('abstains up to the frontier of 549 of 1,000 and certifies from 550 on', () => {
    expect(certificateOf({ ...base, estimation: counts(549) }).kind).toBe('abstain');
    expect(certificateOf({ ...base, estimation: counts(550) }).kind).toBe('certified');
  });

  it('gives a larger radius to a larger count and a smaller one to a smaller alpha', () => {
    const radius = (k: number, alpha: number): number => {
      const certificate = certificateOf({ ...base, estimation: counts(k), alpha });
      return certificate.kind === 'certified' ? certificate.radius : 0;
    };
    fc.assert(
      fc.property(fc.integer({ min: 600, max: 999 }), (k) => {
        expect(radius(k + 1, 0.001)).toBeGreaterThan(radius(k, 0.001));
        expect(radius(k, 0.0001)).toBeLessThan(radius(k, 0.001));
      }),
    );
  });

  it('counts rejected draws against the label', () => {
    const all = certificateOf({ ...base, estimation: Uint32Array.of(0, 900, 100) });
    const some = certificateOf({ ...base, estimation: Uint32Array.of(0, 900, 50) });
    const fewer = certificateOf({ ...base, n: 950, estimation: Uint32Array.of(0, 900, 50) });
    expect(some.pLower).toBe(all.pLower);
    expect(some.pLower).toBeLessThan(fewer.pLower);
  });

  it('takes the off-grid correction from the radius and abstains where nothing is left', () => {
    const estimation = counts(900);
    const full = certificateOf({ ...base, estimation });
    const less = certificateOf({ ...base, estimation, offGrid: 0.125 });
    const radius = full.kind === 'certified' ? full.radius : NaN;
    expect(less).toMatchObject({ kind: 'certified', label: 1, arithmetic: 'grid' });
    expect(less.kind === 'certified' && less.radius).toBeCloseTo(radius - 0.125, 14);
    expect(less.kind === 'certified' && less.radius < radius - 0.125).toBe(true);
    expect(certificateOf({ ...base, estimation, offGrid: 0.5 }).kind).toBe('abstain');
  });

  it('accepts another number of draws than planned from bounds that hold then only', () => {
    const early = { ...base, estimation: counts(900), planned: 5_000 };
    expect(() => certificateOf(early)).toThrow('expected the planned n = 5000 draws');
    const stages = staged([100, 1_000]);
    expect(certificateOf({ ...early, bound: stages }).kind).toBe('certified');
    expect(() => certificateOf({ ...early, n: 1_001, bound: stages })).toThrow('one of 100,1000');
    expect(certificateOf({ ...early, bound: anytime() }).kind).toBe('certified');
  });

  it('records the random number of a randomised bound', () => {
    const estimation = counts(900);
    const high = certificateOf({ ...base, estimation, bound: stevens(), u: 1 });
    expect(high.pLower).toBeCloseTo(certificateOf({ ...base, estimation }).pLower, 13);
    const low = certificateOf({ ...base, estimation, bound: stevens(), u: 0.1 });
    expect(low).toMatchObject({ u: 0.5 });
    expect(low.pLower).toBeGreaterThan(high.pLower);
    expect(() => certificateOf({ ...base, estimation, bound: stevens() })).toThrow('expected u');
  });

  it.each([
    [{ alpha: 0 }, 'invalid-argument', 'expected alpha in (0, 1), got 0'],
    [{ alpha: 1.5 }, 'invalid-argument', 'expected alpha in (0, 1), got 1.5'],
    [{ n: 999 }, 'invalid-argument', 'at most n = 999 estimation counts, got 1000'],
    [{ n: NaN }, 'invalid-argument', 'expected n an integer'],
    [{ offGrid: -1 }, 'invalid-argument', 'expected offGrid of at least 0'],
    [{ selection: Uint32Array.of(1, 2) }, 'shape-mismatch', 'got 2 and 3'],
  ])('refuses %o', (bad, code, message) => {
    const call = (): unknown => certificateOf({ ...base, estimation: counts(900), ...bad });
    expect(call).toThrow(expect.objectContaining({ code }));
    expect(call).toThrow(message);
  });
});

describe('certify', () => {
  it('returns the label, the radius and the counts they were made from', async () => {
    const result = await certify(classifier, input(1), options);
    expect(result).toMatchObject({ kind: 'certified', guarantee: 'unconditional', label: 0 });
    expect(result.selection).toMatchObject({ n: 20, rejected: 0 });
    expect(result.estimation).toMatchObject({ n: 400, rejected: 0 });
    const { selection, estimation } = result;
    const again = certificateOf({
      ...options,
      selection: selection.counts[0] ?? new Uint32Array(),
      estimation: estimation.counts[0] ?? new Uint32Array(),
    });
    expect(result).toMatchObject(again);
  });

  it('stops early under a rule that a bound allows', async () => {
    const early = { ...options, n: 5_000, bound: anytime() };
    const stopping = { kind: 'target-radius', radius: 0.1 } as const;
    const result = await certify(classifier, input(1), { ...early, stopping });
    expect(result).toMatchObject({ kind: 'certified', label: 0, radius: 0.1 });
    expect(result.estimation.n).toBeLessThan(500);
    const all = await certify(classifier, input(1), early);
    expect(all.estimation.n).toBe(5_000);
    await expect(certify(classifier, input(1), { ...options, stopping })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('draws no selection sample for a bound that needs none', async () => {
    const bound = selectionFree();
    const result = await certify(classifier, input(1), { ...options, bound });
    expect(result).toMatchObject({ kind: 'certified', label: 0 });
    expect(result.selection).toMatchObject({ n: 0 });
  });

  it('abstains on the boundary', async () => {
    const onBoundary = linearClassifier({ weights: [[1], [0]], biases: [-127.5 / 255, 0] });
    const result = await certify(onBoundary, input(128 / 255), options);
    expect(result.kind).toBe('abstain');
  });

  it('draws other noise for another image and the same for the same', async () => {
    const x = input(150 / 255);
    const [once, again, other] = await Promise.all(
      [1, 1, 2].map((image) => certify(classifier, x, { ...options, image, n: 5_000 })),
    );
    expect(again).toEqual(once);
    expect(other?.estimation.counts).not.toEqual(once?.estimation.counts);
  });

  it('refuses NaN in the input and in the logits', async () => {
    const notFinite = { code: 'not-finite' };
    await expect(certify(classifier, input(NaN), options)).rejects.toMatchObject(notFinite);
    const broken = linearClassifier({ weights: [[NaN], [0]], biases: [0, 0] });
    await expect(certify(broken, input(1), options)).rejects.toMatchObject(notFinite);
    const float = { ...options, noise: gaussian({ sigma: 0.25 }) };
    await expect(certify(classifier, input(NaN), float)).rejects.toMatchObject(notFinite);
  });

  it.each([
    [{ alpha: 0 }, 'certify: expected alpha in (0, 1), got 0'],
    [{ alpha: 1 }, 'certify: expected alpha in (0, 1), got 1'],
    [{ n0: 0 }, 'certify: expected n0 an integer of at least 1, got 0'],
    [
      { n: 10, bound: staged([5, 10]) },
      'certify: expected n an integer of at least 11 for alpha 0.001, got 10; fewer draws can only abstain',
    ],
    [
      { n: 9 },
      'certify: expected n an integer of at least 10 for alpha 0.001, got 9; fewer draws can only abstain',
    ],
    [{ batchSize: 0.5 }, 'countDraws: expected batchSize an integer of at least 1, got 0.5'],
    [
      { noise: integerGaussian({ sigma: 0.25, bounds: [-1, 1] }) },
      "certify: expected noise for the classifier's bounds [0, 1], got noise for [-1, 1]",
    ],
  ])('refuses %o', async (bad, message) => {
    await expect(certify(classifier, input(1), { ...options, ...bad })).rejects.toMatchObject({
      code: 'invalid-argument',
      message,
    });
  });

  it('accepts a Classifier only: what is made from the centre does not type-check', () => {
    interface CenteredClassifier {
      at(x: Float32Tensor): Promise<Classifier>;
    }
    const attempt = (centered: CenteredClassifier): unknown =>
      // @ts-expect-error a CenteredClassifier depends on x, so Cohen's theorem does not speak of it
      certify(centered, input(1), options);
    expect(attempt).toBeTypeOf('function');
  });
});
