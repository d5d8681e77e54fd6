import { rowsOf, type Classifier } from '@floatpath/core';
import { createClassifier, referenceEngine } from '@floatpath/engine';
import { certificateOf, certify, integerGaussian } from '@floatpath/smoothing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  averageSurrogateRadius,
  centerAnchor,
  createCenteredClassifier,
  guaranteeOf,
  inputAnchor,
  surrogateAccuracy,
  surrogateRadius,
  surrogateRadiusOf,
  type CenteredClassifier,
  type SurrogateRadius,
} from '../src/index.js';
import { smallImages, smallNetwork } from './small-network.js';

const network = smallNetwork();
const noise = integerGaussian({ sigma: 0.25, bounds: [0, 1] });
const center = centerAnchor({ tau: 0.05, draws: 50 });
const options = { noise, n0: 20, n: 100, alpha: 0.001, seed: 4, batchSize: 50 };

const centered = (lambda: number): Promise<CenteredClassifier & AsyncDisposable> =>
  createCenteredClassifier(referenceEngine(), network, {
    anchor: center,
    form: 'path-sum',
    lambda,
    bounds: [0, 1],
    noise,
    seed: 4,
    batchSize: 50,
  });

describe('surrogateRadius', () => {
  it('is what certify says about the frozen network, in a type of its own', async () => {
    await using classifier = await centered(0);
    const kinds = new Set<string>();
    for (let image = 0; image < 8; image += 1) {
      const x = rowsOf(smallImages(8), image, image + 1);
      const surrogate = await surrogateRadius(classifier, x, { ...options, image });
      const frozen = await certify(await classifier.at(x, image), x, { ...options, image });
      expect(surrogate.label).toBe(frozen.label);
      expect(surrogate.estimation).toEqual(frozen.estimation);
      expect(surrogate).not.toHaveProperty('radius');
      kinds.add(surrogate.kind);
      if (surrogate.kind === 'surrogate' && frozen.kind === 'certified') {
        expect(surrogate.surrogateRadius).toBe(frozen.radius);
        expect(surrogate.guarantee).toBe('conditional');
        expect(surrogate.arithmetic).toBe('grid');
      } else {
        expect([surrogate.kind, frozen.kind]).toEqual(['abstain', 'abstain']);
      }
    }
    expect(kinds).toContain('surrogate');
  });

  it('with lambda 1 is plain smoothing', async () => {
    await using classifier = await centered(1);
    await using plain = await createClassifier(referenceEngine(), network, { bounds: [0, 1] });
    const x = smallImages(1);
    const surrogate = await surrogateRadius(classifier, x, options);
    const certificate = await certify(plain, x, options);
    expect(surrogate.selection).toEqual(certificate.selection);
    expect(surrogate.estimation).toEqual(certificate.estimation);
  });

  it('comes from counts alone as well', () => {
    const counts = {
      selection: Uint32Array.of(1, 19),
      estimation: Uint32Array.of(2, 98),
      n: 100,
      alpha: 0.001,
      noise,
    };
    const certificate = certificateOf(counts);
    expect(certificate).toHaveProperty('radius');
    expect(surrogateRadiusOf(counts)).toMatchObject({
      kind: 'surrogate',
      label: 1,
      surrogateRadius: 'radius' in certificate ? certificate.radius : NaN,
    });
    expect(surrogateRadiusOf({ ...counts, estimation: Uint32Array.of(50, 50) }).kind).toBe(
      'abstain',
    );
  });
});

describe('in types', () => {
  it('a centered classifier is no Classifier, and a surrogate radius no certificate', () => {
    const classifier = {} as CenteredClassifier;
    // @ts-expect-error: certify accepts functions of the noisy input alone
    const refused = (): unknown => certify(classifier, smallImages(1), options);
    expect(refused).toBeTypeOf('function');
    expectTypeOf<CenteredClassifier>().not.toExtend<Classifier>();
    expectTypeOf<Extract<SurrogateRadius, { radius: number }>>().toBeNever();
    expectTypeOf(surrogateRadius).parameter(0).toEqualTypeOf<CenteredClassifier>();
  });

  it('anchors carry their guarantee', () => {
    const input = inputAnchor({ kappa: 1, deviations: new Map() });
    expect([guaranteeOf(input), guaranteeOf(center)]).toEqual(['unconditional', 'conditional']);
    expectTypeOf(guaranteeOf(input)).toEqualTypeOf<'unconditional'>();
    expectTypeOf(guaranteeOf(center)).toEqualTypeOf<'conditional'>();
  });
});

describe('many images', () => {
  const right = (label: number, radius: number): { label: number; surrogate: SurrogateRadius } => ({
    label,
    surrogate: {
      kind: 'surrogate',
      guarantee: 'conditional',
      arithmetic: 'grid',
      label: 3,
      surrogateRadius: radius,
      pLower: 0.9,
    },
  });
  const rows = [
    right(3, 0.5),
    right(3, 0.25),
    right(2, 1),
    { label: 3, surrogate: { kind: 'abstain', label: 3, pLower: 0.4 } as const },
  ];

  it('wrong and missing ones count as not right, and as radius 0', () => {
    expect(surrogateAccuracy(rows, [0, 0.25, 0.3]).map((row) => row.right)).toEqual([2, 2, 1]);
    expect(surrogateAccuracy(rows, [0])[0]).toEqual({
      surrogateRadius: 0,
      right: 2,
      images: 4,
      share: 0.5,
    });
    expect(averageSurrogateRadius(rows)).toBe(0.75 / 4);
  });

  it('refuses no rows and negative radii', () => {
    expect(() => averageSurrogateRadius([])).toThrow(/at least one row/);
    expect(() => surrogateAccuracy(rows, [-1])).toThrow(/expected radii from 0/);
  });
});
