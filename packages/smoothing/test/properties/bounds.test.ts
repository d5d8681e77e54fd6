import { describe, expect, it } from 'vitest';
import { binomialUpperTail, clopperPearsonLower, normalQuantile } from '@floatpath/statistics';
import {
  anytime,
  binary,
  boundOf,
  certificateOf,
  gaussian,
  planned,
  selectionFree,
  smallestSample,
  staged,
  stevens,
  twoClass,
  type Bound,
  type BoundInput,
} from '../../src/index.js';

/** P(counts) and the counts of three classes over n draws, all of them. */
function* trinomial(
  n: number,
  [a, b, c]: readonly [number, number, number],
): Generator<{ counts: Uint32Array; probability: number }> {
  const logFactorial = [0];
  for (let i = 1; i <= n; i += 1) logFactorial.push((logFactorial[i - 1] ?? 0) + Math.log(i));
  const log = (k: number, p: number): number =>
    k === 0 ? 0 : k * Math.log(p) - (logFactorial[k] ?? NaN);
  for (let i = 0; i <= n; i += 1) {
    for (let j = 0; i + j <= n; j += 1) {
      const k = n - i - j;
      const probability = Math.exp((logFactorial[n] ?? NaN) + log(i, a) + log(j, b) + log(k, c));
      yield { counts: Uint32Array.of(i, j, k), probability };
    }
  }
}

/** The z-distance between the top class and the next: the radius of Cohen's theorem for sigma 2. */
function trueReach(probabilities: readonly number[], label: number): number {
  const others = probabilities.filter((_, j) => j !== label);
  return normalQuantile(probabilities[label] ?? NaN) - normalQuantile(Math.max(...others));
}

function certifiedReach(bound: Bound, input: BoundInput): number {
  const certificate = certificateOf({ ...input, bound, noise: gaussian({ sigma: 2 }) });
  return certificate.kind === 'certified' ? certificate.radius : 0;
}

/** Exact probability that a certificate claims more than is true, for a selection that chose `label` (if it is used). */
function errorOf(
  bound: Bound,
  n: number,
  probabilities: readonly [number, number, number],
  alpha: number,
): number {
  let wrong = 0;
  for (const { counts, probability } of trinomial(n, probabilities)) {
    const input = { selection: Uint32Array.of(5, 1, 1), estimation: counts, n, alpha };
    const { label } = bound.classBound(input);
    // One part in 10^12 for the rounding of the truth itself.
    if (certifiedReach(bound, input) > Math.max(0, trueReach(probabilities, label)) + 1e-12) {
      wrong += probability;
    }
  }
  return wrong;
}

const mixtures: readonly (readonly [number, number, number])[] = [
  [0.5, 0.25, 0.25],
  [0.4, 0.35, 0.25],
  [0.6, 0.3, 0.1],
  [0.34, 0.33, 0.33],
  [0.5, 0.499, 0.001],
  [0.9, 0.05, 0.05],
];

describe('the exact error of', () => {
  const bounds = [binary(), twoClass(), planned(), selectionFree(), anytime(), staged([40])];

  it.each(bounds)('$spec.kind with three classes and 40 draws is at most alpha', (bound) => {
    for (const probabilities of mixtures) {
      expect(errorOf(bound, 40, probabilities, 0.05)).toBeLessThanOrEqual(0.05);
    }
  });

  it('selection-free shows why it takes alpha/2, and two-class why its halves', () => {
    const careless: Bound = {
      ...selectionFree(),
      classBound: (input) => selectionFree().classBound({ ...input, alpha: 2 * input.alpha }),
    };
    expect(errorOf(careless, 40, [0.5, 0.499, 0.001], 0.05)).toBeGreaterThan(0.05);
    const without: Bound = {
      ...twoClass(),
      classBound: (input) => ({
        ...binary().classBound(input),
        pUpper: Math.max(1, ...input.estimation.slice(1)) / input.n,
      }),
    };
    expect(errorOf(without, 40, [0.4, 0.35, 0.25], 0.05)).toBeGreaterThan(0.05);
  });

  it.each([10, 100, 1_000, 10_000, 100_000])(
    'selection-free with two classes at 1/2, n = %i',
    (n) => {
      const alpha = 0.001;
      let k = Math.ceil(n / 2);
      let high = n + 1;
      while (k < high) {
        const middle = Math.floor((k + high) / 2);
        const estimation = Uint32Array.of(middle, n - middle);
        const { pLower } = selectionFree().classBound({
          selection: estimation,
          estimation,
          n,
          alpha,
        });
        if (pLower > 0.5) high = middle;
        else k = middle + 1;
      }
      // Either class may win: both tails are errors.
      expect(2 * binomialUpperTail(k, n, 0.5)).toBeLessThanOrEqual(alpha);
    },
  );

  it('stages looked at one after the other is at most alpha, and above it without paying for them', () => {
    const stages = [20, 40, 80, 160];
    const alpha = 0.05;
    const errorOfStages = (level: number, p: number): number => {
      // P(no stage is wrong), by the distribution of k over the stages not yet wrong.
      let alive = new Map([[0, 1]]);
      let before = 0;
      let wrong = 0;
      for (const n of stages) {
        const next = new Map<number, number>();
        for (const [k, probability] of alive) {
          for (let more = 0; more <= n - before; more += 1) {
            const chance =
              probability *
              (binomialUpperTail(more, n - before, p) - binomialUpperTail(more + 1, n - before, p));
            if (clopperPearsonLower(k + more, n, level) > p) wrong += chance;
            else next.set(k + more, (next.get(k + more) ?? 0) + chance);
          }
        }
        alive = next;
        before = n;
      }
      return wrong;
    };
    for (const p of [0.5, 0.8, 0.95]) {
      expect(errorOfStages(alpha / stages.length, p)).toBeLessThanOrEqual(alpha);
    }
    expect(errorOfStages(alpha, 0.5)).toBeGreaterThan(alpha);
  });
});

describe('bounds', () => {
  const counts = (...values: number[]): BoundInput => ({
    selection: Uint32Array.from(values),
    estimation: Uint32Array.from(values, (v) => v * 100),
    n: 100 * values.reduce((sum, v) => sum + v, 0),
    alpha: 0.001,
  });

  it('with the runner-up certify what the binary one cannot', () => {
    // The numbers of Monte-Carlo counts 60 % / 20 % and 45 % / 15 % at n = 100,000: R / sigma .5334 and .4409.
    expect(certifiedReach(binary(), counts(600, 200, 200)) / 2).toBeCloseTo(0.2409, 4);
    expect(certifiedReach(twoClass(), counts(600, 200, 200)) / 2).toBeCloseTo(0.5334, 4);
    expect(certifiedReach(binary(), counts(450, 150, 150, 150, 100))).toBe(0);
    expect(certifiedReach(twoClass(), counts(450, 150, 150, 150, 100)) / 2).toBeCloseTo(0.4409, 4);
  });

  it('planned takes the better one by the selection', () => {
    for (const values of [
      [600, 200, 200],
      [999, 1, 0],
      [700, 300, 0],
    ]) {
      const best = Math.max(
        certifiedReach(binary(), counts(...values)),
        certifiedReach(twoClass(), counts(...values)),
      );
      expect(certifiedReach(planned(), counts(...values))).toBe(best);
    }
  });

  it('give rejected draws to the runner-up', () => {
    const all = counts(600, 200, 200);
    const rejected = { ...all, estimation: Uint32Array.of(60_000, 20_000, 15_000) };
    expect(certifiedReach(twoClass(), rejected)).toBeLessThan(certifiedReach(twoClass(), all));
  });

  it('know the smallest sample that certifies', () => {
    expect(smallestSample(binary(), 0.001)).toBe(10);
    expect(smallestSample(selectionFree(), 0.001)).toBe(11);
    expect(smallestSample(stevens(), 0.001)).toBe(10);
    expect(smallestSample(staged([100, 1_000, 10_000]), 0.001)).toBe(12);
    for (const bound of [binary(), twoClass(), anytime()]) {
      const n = smallestSample(bound, 0.05);
      const reach = (draws: number): number => {
        const agreed = Uint32Array.of(draws, 0);
        return certifiedReach(bound, {
          selection: agreed,
          estimation: agreed,
          n: draws,
          alpha: 0.05,
        });
      };
      expect(reach(n)).toBeGreaterThan(0);
      expect(reach(n - 1)).toBe(0);
    }
  });

  it('are remade from their plain data', () => {
    for (const bound of [
      binary(),
      twoClass(),
      planned(),
      selectionFree(),
      stevens(),
      anytime(),
      staged([5, 9]),
    ]) {
      expect(boundOf(bound.spec).spec).toEqual(bound.spec);
      expect(boundOf(bound.spec).looks).toEqual(bound.looks);
    }
    expect(() => boundOf({ kind: 'guess' } as never)).toThrow('got guess');
    expect(() => staged([10, 10])).toThrow('staged: expected ascending numbers of draws');
  });
});
