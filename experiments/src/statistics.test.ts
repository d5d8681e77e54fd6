import { expect, test } from 'vitest';
import { bestSettings, differenceOf, plugInRadius } from './compare.js';
import { crossEntropy, fitWeights } from './combination-weights.js';
import { solveLinear } from './linear-solve.js';
import { signFlipTest } from './sign-flip.js';
import { successOf } from './success.js';

test('the sign-flip test agrees with the enumeration of all signs', () => {
  const differences = [0.3, -0.1, 0.4, 0.2, 0.05, -0.02, 0.15, 0];
  const items = differences.filter((v) => v !== 0);
  const observed = items.reduce((a, b) => a + b, 0);
  let asFar = 0;
  for (let signs = 0; signs < 2 ** items.length; signs += 1) {
    const sum = items.reduce((total, v, i) => total + (((signs >> i) & 1) === 1 ? v : -v), 0);
    if (Math.abs(sum) >= observed - 1e-12) asFar += 1;
  }
  const exact = asFar / 2 ** items.length;
  const flips = 20_000;
  // Five standard deviations of a share of 20,000.
  const tolerance = 5 * Math.sqrt((exact * (1 - exact)) / flips);
  expect(Math.abs(signFlipTest(differences, { flips, seed: 0 }) - exact)).toBeLessThan(tolerance);
});

test('no difference at all is no evidence, a large one in one direction is', () => {
  expect(signFlipTest([0, 0, 0], { flips: 100, seed: 0 })).toBe(1);
  expect(signFlipTest(new Array<number>(40).fill(1), { flips: 1000, seed: 0 })).toBe(1 / 1001);
});

test('a plug-in radius is 0 at half the draws and grows with the count', () => {
  expect(plugInRadius(100, 200, 0.5)).toBe(0);
  expect(plugInRadius(30, 200, 0.5)).toBe(0);
  expect(plugInRadius(200, 200, 0.5)).toBeGreaterThan(plugInRadius(190, 200, 0.5));
});

test('a paired difference is that of the means', () => {
  const { mean, interval } = differenceOf('plain', [1, 2, 3, 5], [1, 1, 1, 1]);
  expect(mean).toBe(1.75);
  expect(interval[0]).toBeLessThanOrEqual(1.75);
  expect(interval[1]).toBeGreaterThanOrEqual(1.75);
});

test('per design the best worst case wins, and designs are ordered by it', () => {
  const made = (design: string, setting: string, worst: number) => ({ design, setting, worst });
  const order = bestSettings([made('a', '1', -2), made('b', '1', 0), made('a', '2', 1)]);
  expect(order).toEqual([made('a', '2', 1), made('b', '1', 0)]);
});

test('a linear system is solved where the first pivot is 0', () => {
  const columns = [Float64Array.of(5, 4)];
  solveLinear([Float64Array.of(0, 2), Float64Array.of(1, 1)], columns);
  expect([...(columns[0] as Float64Array)]).toEqual([1.5, 2.5]);
});

test('fitted weights have no slope left, and the loss no smaller neighbor', () => {
  const terms = [
    [1, 0, 1, 0, -1, 1, -1, 1],
    [0.5, 1, 0.5, 1, 0, 2, 1, 0],
  ];
  const problem = {
    offset: new Array<number>(8).fill(0),
    terms, // The first two rows are equal and labelled differently: no weights separate the classes.
    labels: [0, 1, 0, 1],
    classes: 2,
  };
  const w = fitWeights(problem, [0, 0]);
  const { loss, gradient } = crossEntropy(problem, w);
  gradient.forEach((slope) => expect(Math.abs(slope)).toBeLessThan(1e-5));
  for (const step of [-0.01, 0.01]) {
    expect(crossEntropy(problem, [(w[0] as number) + step, w[1] as number]).loss).toBeGreaterThan(
      loss,
    );
    expect(crossEntropy(problem, [w[0] as number, (w[1] as number) + step]).loss).toBeGreaterThan(
      loss,
    );
  }
});

test('success takes every comparison and both accuracies', () => {
  const network = (name: string, certified: number, clean: number) => ({
    ...{ name, certified, clean },
    averageRadius: 1,
  });
  const comparison = (over: string, mean: number, adjustedPValue: number) => ({
    ...{ design: 'd', setting: 's', over, mean, adjustedPValue },
    pValue: 0,
    interval: [0, 0] as const,
  });
  const judge = (made: [number, number], ...comparisons: ReturnType<typeof comparison>[]) =>
    successOf([network('plain', 90, 95), network('d: s', ...made)], comparisons)[0]?.success;
  const good = [comparison('plain', 0.1, 0.01), comparison('control', 0.1, 0.04)];
  expect(judge([90, 95], ...good)).toBe(true);
  expect(judge([89, 95], ...good)).toBe(false);
  expect(judge([90, 94], ...good)).toBe(false);
  expect(judge([90, 95], ...good, comparison('other', 0.1, 0.06))).toBe(false);
  expect(judge([90, 95], ...good, comparison('other', -0.1, 0.01))).toBe(false);
});
