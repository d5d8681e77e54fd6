import { fillUniform, FloatpathError, requireArgument } from '@floatpath/core';
import { holm, mcnemarExact, pairedBootstrap } from '@floatpath/statistics';
import { isCertifiedAt, radiusIfRight, type CertifiedRow } from './certified-accuracy.js';

export interface CompareOptions {
  /** Radii at which certified accuracy is compared; input units. */
  readonly radii: readonly number[];
  readonly seed: number;
  /** Of the interval, and 1 - level of the tests; 0.95 unless given. */
  readonly confidence?: number;
  /** Bootstrap resamples; 4,000 unless given. */
  readonly resamples?: number;
}

export interface RadiusDifference {
  /** Mean of (second - first), over images, of the radius where right and 0 elsewhere. */
  readonly mean: number;
  /** Paired percentile bootstrap. */
  readonly interval: readonly [low: number, high: number];
  readonly significant: boolean;
}

export interface AccuracyDifference {
  readonly radius: number;
  /** Images certified by the first classifier only, and by the second only. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Exact McNemar. */
  readonly pValue: number;
  /** Holm over the radii compared. */
  readonly adjustedPValue: number;
  readonly significant: boolean;
}

export interface Comparison {
  readonly images: number;
  readonly meanRadius: RadiusDifference;
  readonly accuracy: readonly AccuracyDifference[];
}

/**
 * Compares the certificates of two classifiers image by image: the mean difference of their radii
 * with a paired bootstrap interval, and exact McNemar tests of certified accuracy, adjusted over
 * the radii.
 *
 * A mean is called different only if its interval excludes 0 and enough images differ for a paired
 * test of that level to reject at all (2 * 2^-m <= 1 - confidence); a bootstrap of fewer would
 * always be sure.
 *
 * Meaningful for the same images, draws, n, alpha and noise only. The interval speaks of images
 * drawn at random like these.
 *
 * @param first - rows of the first classifier
 * @param second - rows of the second one, same images in the same order
 * @throws {FloatpathError} `shape-mismatch` for different images, `invalid-argument` for no image
 * or options out of range
 */
export function compareCertified(
  first: readonly CertifiedRow[],
  second: readonly CertifiedRow[],
  options: CompareOptions,
): Comparison {
  const { radii, seed, confidence = 0.95, resamples = 4_000 } = options;
  if (first.length !== second.length || first.some((row, i) => row.label !== second[i]?.label)) {
    throw new FloatpathError(
      'shape-mismatch',
      `compareCertified: expected the same images in the same order, got ${first.length} and ${second.length} rows or different labels`,
    );
  }
  requireArgument(first.length >= 1, 'compareCertified: expected at least one image, got none');
  requireArgument(
    confidence > 0 && confidence < 1,
    `compareCertified: expected confidence in (0, 1), got ${confidence}`,
  );
  requireArgument(
    Number.isSafeInteger(resamples) && resamples >= 1,
    `compareCertified: expected resamples an integer of at least 1, got ${resamples}`,
  );
  const pairs = first.map((row, i) => ({ first: row, second: second[i] ?? row }));
  const differences = pairs.map((pair) => radiusIfRight(pair.second) - radiusIfRight(pair.first));
  const { mean, low, high } = pairedBootstrap(differences, {
    resamples,
    confidence,
    // Lane 1 keeps these bits apart from the randomised bounds, lane 0 of the same purpose.
    fillUniform: (out, resample) =>
      fillUniform(out, { seed, purpose: 'stevens', image: 0, draw: resample, lane: 1 }),
  });
  const level = 1 - confidence;
  const differing = differences.filter((difference) => difference !== 0).length;
  const tests = radii.map((radius) => {
    const count = (one: 'first' | 'second', other: 'first' | 'second'): number =>
      pairs.filter(
        (pair) => isCertifiedAt(pair[one], radius) && !isCertifiedAt(pair[other], radius),
      ).length;
    const onlyFirst = count('first', 'second');
    const onlySecond = count('second', 'first');
    return { radius, onlyFirst, onlySecond, pValue: mcnemarExact(onlyFirst, onlySecond) };
  });
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return {
    images: pairs.length,
    meanRadius: {
      mean,
      interval: [low, high],
      significant: (low > 0 || high < 0) && 2 ** (1 - differing) <= level,
    },
    accuracy: tests.map((test, i) => {
      const adjustedPValue = adjusted[i] ?? 1;
      return { ...test, adjustedPValue, significant: adjustedPValue <= level };
    }),
  };
}
