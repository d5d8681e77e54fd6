import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gate, parseRule, type DropOutcome, type Report, type Verdict } from '../../src/index.js';
import { dropPValue } from '../../src/gate/drop-test.js';
import { firstRight, madeReport, type MadeImage } from '../gate-report.js';

const version = '0';
const rules = ['clean', 'robust@linf:8/255', 'certified@0.5', 'certified@0'].map((measure) =>
  parseRule(`${measure} >= baseline`),
);

const image: fc.Arbitrary<MadeImage> = fc
  .record({
    clean: fc.boolean(),
    robust: fc.boolean(),
    radius: fc.constantFrom(null, 0.25, 0.5, 1),
  })
  .map((made) => ({ ...made, robust: made.clean && made.robust }));

/** Two reports of the same images, of one to three networks. */
const pairs: fc.Arbitrary<readonly [Report, Report]> = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 3 }))
  .chain(([images, networks]) => {
    const report = fc
      .array(fc.array(image, { minLength: images, maxLength: images }), {
        minLength: networks,
        maxLength: networks,
      })
      .map((made) => madeReport(made));
    return fc.tuple(report, report);
  });

const drops = ({ outcomes }: Verdict): DropOutcome[] =>
  outcomes.filter((outcome) => outcome.kind === 'baseline');

test('a gate never fails on an equal report', () => {
  fc.assert(
    fc.property(pairs, ([report]) => {
      const verdict = gate(report, rules, { version, baseline: report });
      expect(verdict.passed).toBe(true);
      for (const { lost, gained, pValue } of drops(verdict)) {
        expect({ lost, gained, pValue }).toEqual({ lost: 0, gained: 0, pValue: 1 });
      }
    }),
  );
});

test('what fails is what Holm rejects, counted by hand', () => {
  fc.assert(
    fc.property(pairs, ([report, baseline]) => {
      const outcomes = drops(gate(report, rules, { version, baseline }));
      // Step down by hand: the k-th smallest p-value is compared with level / (m - k).
      const sorted = [...outcomes].sort((a, b) => a.pValue - b.pValue);
      const stop = sorted.findIndex(({ pValue }, k) => pValue * (sorted.length - k) > 0.01);
      const rejected = new Set(stop < 0 ? sorted : sorted.slice(0, stop));
      for (const outcome of outcomes) expect(outcome.passed).toBe(!rejected.has(outcome));
    }),
  );
});

test('the smallest drop printed is the smallest drop that fails', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 4 }),
      (gained, family) => {
        // `gained` images are gained, the loss is varied; the other rules of the family see no change.
        const images = 200;
        const before = 150;
        const made = (lost: number): readonly [Report, Report] => {
          const still = (i: number): boolean => i < before && i >= lost;
          const won = (i: number): boolean => i >= before && i < before + gained;
          const now = Array.from({ length: images }, (_, i) => ({
            clean: still(i) || won(i),
            robust: false,
            radius: null,
          }));
          const then = now.map((_, i) => ({ clean: i < before, robust: false, radius: null }));
          return [madeReport([now]), madeReport([then])];
        };
        const verdictOf = (lost: number): Verdict => {
          const [report, baseline] = made(lost);
          const family1 = [
            parseRule('clean >= baseline'),
            ...Array.from({ length: family - 1 }, () => parseRule('certified@1 >= baseline')),
          ];
          return gate(report, family1, { version, baseline });
        };
        const smallest = drops(verdictOf(0))[0]?.smallestDrop;
        const lost = smallest?.lost ?? NaN;
        expect(smallest?.net).toBe(lost - gained);
        expect(verdictOf(lost).passed).toBe(false);
        expect(verdictOf(lost - 1).passed).toBe(true);
      },
    ),
  );
});

test('more images right never turn a pass into a failure', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 100 }),
      (a, b, percent) => {
        const rule = [parseRule(`clean >= ${percent}/100`)];
        const passes = (right: number): boolean =>
          gate(madeReport([firstRight(right, 50)]), rule, { version }).passed;
        expect(passes(a)).toBe(a * 100 >= percent * 50);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        if (passes(low)) expect(passes(high)).toBe(true);
      },
    ),
  );
});

test('one network may not make up for another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 40 }), (moved) => {
      // As many images are lost by one network as another one gains: pooled, nothing has changed.
      const baseline = madeReport([firstRight(50, 100), firstRight(50, 100)]);
      const report = madeReport([firstRight(50 - moved, 100), firstRight(50 + moved, 100)]);
      const verdict = gate(report, [parseRule('clean >= baseline')], { version, baseline });
      expect(verdict.outcomes.map(({ passed }) => passed)).toEqual([false, true]);
      // The planted fault, a gate that pools networks, sees no drop at all.
      const [lost, gained] = drops(verdict).reduce<readonly [number, number]>(
        ([l, g], outcome) => [l + outcome.lost, g + outcome.gained],
        [0, 0],
      );
      expect(dropPValue(lost, gained)).toBeGreaterThan(0.01);
    }),
  );
});

test('of 2 x 500 fair coins, exactly as many alarms as the level allows: the binomial sum', () => {
  // For d images that differ, the test rejects at the losses whose tail is at most the level; the tail of the smallest one
  // is its probability of a false alarm.
  for (let differing = 1; differing <= 120; differing += 1) {
    const rejected = Array.from({ length: differing + 1 }, (_, lost) => lost).filter(
      (lost) => dropPValue(lost, differing - lost) <= 0.01,
    );
    let alarm = 0;
    for (const lost of rejected) alarm += probability(lost, differing);
    expect(alarm).toBeLessThanOrEqual(0.01);
    // A two-sided test, the planted fault, calls gains drops: 0 lost is never rejected here.
    expect(rejected).not.toContain(0);
  }
});

/** P(Bin(n, 1/2) = k), by a product. */
function probability(k: number, n: number): number {
  let value = 1;
  for (let i = 1; i <= n; i += 1) value *= (i <= k ? (n - k + i) / i : 1) / 2;
  return value;
}
