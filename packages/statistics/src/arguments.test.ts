import { describe, expect, it } from 'vitest';
import {
  anytimeLogEvidence,
  anytimeLower,
  binomialUpperTail,
  clopperPearsonLower,
  clopperPearsonUpper,
  dkwOneSided,
  empiricalBernsteinLower,
  goodmanIntervals,
  mcnemarExact,
  minimumCount,
  normalQuantile,
  stevensLower,
  twoSidedBinomialTest,
} from './index.js';

describe('arguments out of range', () => {
  it.each([
    [() => normalQuantile(1.5), 'normalQuantile: expected p in [0, 1], got 1.5'],
    [
      () => clopperPearsonLower(3, 2, 0.1),
      'clopperPearsonLower: expected k an integer in [0, 2], got 3',
    ],
    [
      () => clopperPearsonUpper(1, 2, 1),
      'clopperPearsonUpper: expected alpha in [1e-290, 1), got 1',
    ],
    [
      () => clopperPearsonLower(0, 0, 0.1),
      'clopperPearsonLower: expected n an integer of at least 1, got 0',
    ],
    [() => minimumCount(10, 0), 'minimumCount: expected alpha in (0, 1), got 0'],
    [
      () => binomialUpperTail(1, 2.5, 0.5),
      'binomialUpperTail: expected n an integer of at least 0, got 2.5',
    ],
    [
      () => twoSidedBinomialTest(-1, 2),
      'twoSidedBinomialTest: expected two integers of at least 0, got -1 and 2',
    ],
    [
      () => mcnemarExact(NaN, 2),
      'mcnemarExact: expected two integers of at least 0, got NaN and 2',
    ],
    [() => stevensLower(1, 2, 0.1, 1.5), 'stevensLower: expected u in [0, 1], got 1.5'],
    [() => stevensLower(3, 2, 0.1, 0.5), 'stevensLower: expected k an integer in [0, 2], got 3'],
    [
      () => anytimeLower(3, 2, 0.1, { prior: 'jeffreys', sides: 'one' }),
      'anytimeLower: expected k an integer in [0, 2], got 3',
    ],
    [
      () => anytimeLogEvidence(1, 2, 1, { prior: 'uniform', sides: 'two' }),
      'anytimeLogEvidence: expected p0 in (0, 1), got 1',
    ],
    [
      () => goodmanIntervals([3], 0.1),
      'goodmanIntervals: expected at least two counts, integers from 0 on, got [3]',
    ],
    [
      () => empiricalBernsteinLower({ n: 1, sum: 1, sumOfSquares: 1 }, 0.1),
      'empiricalBernsteinLower: expected n an integer of at least 2, got 1',
    ],
    [
      () => empiricalBernsteinLower({ n: 3, sum: 5, sumOfSquares: 5 }, 0.1),
      'empiricalBernsteinLower: expected sums of 3 values in [0, 1], got sum 5 and sum of squares 5',
    ],
    [() => dkwOneSided(10, 0.6), 'dkwOneSided: expected delta in (0, 0.5], got 0.6'],
  ])('%s', (call, message) => {
    expect(call).toThrow(new RangeError(message));
  });
});
