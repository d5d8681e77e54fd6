import { fillUniform } from '@floatpath/core';
import { normalQuantile, pairedBootstrap } from '@floatpath/statistics';
import { signFlipTest } from './sign-flip.js';

/** sigma * quantile((k + 0.5) / (n + 1)), 0 where below: a radius without confidence, for choosing among designs only. */
export function plugInRadius(k: number, n: number, sigma: number): number {
  return Math.max(0, sigma * normalQuantile((k + 0.5) / (n + 1)));
}

export interface Difference {
  readonly over: string;
  readonly mean: number;
  /** Paired bootstrap over images, 95 %. */
  readonly interval: readonly [low: number, high: number];
}

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

export function differenceOf(
  over: string,
  radii: readonly number[],
  reference: readonly number[],
): Difference & { readonly differences: readonly number[] } {
  const differences = radii.map((r, i) => r - (reference[i] as number));
  const { low, high } = pairedBootstrap(differences, {
    resamples: 2000,
    confidence: 0.95,
    fillUniform: (out, resample) =>
      fillUniform(out, { seed: 0, purpose: 'stevens', image: 0, draw: resample, lane: 1 }),
  });
  return { over, mean: mean(differences), interval: [low, high], differences };
}

/** The two-sided p-value of a difference. */
export function pValueOf(differences: readonly number[]): number {
  return signFlipTest(differences, { flips: 20_000, seed: 0 });
}

/**
 * Per design the setting with the largest worst-case difference, the designs ordered by it.
 *
 * @param worst - the smallest mean difference to plain and to the controls
 */
export function bestSettings<C extends { readonly design: string; readonly worst: number }>(
  candidates: readonly C[],
): readonly C[] {
  const best = new Map<string, C>();
  for (const candidate of candidates) {
    const known = best.get(candidate.design);
    if (known === undefined || candidate.worst > known.worst) best.set(candidate.design, candidate);
  }
  return [...best.values()].sort((a, b) => b.worst - a.worst);
}
