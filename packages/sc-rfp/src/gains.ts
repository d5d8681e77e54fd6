import { requireArgument, type Network } from '@floatpath/core';
import { compareCertified, type CompareOptions, type Comparison } from '@floatpath/smoothing';
import type { CertifiedVariant } from './certify-variants.js';
import { averagedWithDenoised, behindDenoiser } from './denoise/controls.js';
import type { Denoiser } from './denoise/denoiser.js';
import { PLAIN_OUTPUT, type NetworkVariant } from './variants.js';

/** Names of the two controls of a denoised anchor. */
export const CONTROLS = ['denoiser alone', 'average with denoised'] as const;

/** What a denoiser gives without any repression: N(a(z)), and the average of N(a(z)) and N(z). */
export function denoiserControls(network: Network, denoiser: Denoiser): readonly NetworkVariant[] {
  const [alone, average] = CONTROLS;
  return [
    { name: alone, network: behindDenoiser(network, denoiser) },
    { name: average, network: averagedWithDenoised(network, denoiser) },
  ];
}

/** One paired comparison of an unconditional variant. */
export interface Gain {
  readonly variant: string;
  /** What it is compared with: the plain network or a control. */
  readonly over: string;
  readonly comparison: Comparison;
  /** Difference of the average certified radius with its interval, "not significant" where it is. */
  readonly words: string;
}

/**
 * Compares every unconditional variant with the plain network and with every control, image by image on the same draws.
 * Conditional variants are left out: a surrogate radius is not compared with a certified one.
 *
 * @throws {FloatpathError} `invalid-argument` if the plain network or a control is missing
 */
export function gainsOf(
  certified: readonly CertifiedVariant[],
  options: CompareOptions & { readonly controls: readonly string[] },
): readonly Gain[] {
  const rowsOfName = (name: string) => {
    const found = certified.find((variant) => variant.name === name);
    requireArgument(
      found?.guarantee === 'unconditional',
      `gainsOf: expected "${name}" among the certified variants, got ${certified.map((v) => v.name).join(', ') || 'none'}`,
    );
    return found.rows;
  };
  const references = [PLAIN_OUTPUT, ...options.controls];
  const baselines = references.map((name) => ({ name, rows: rowsOfName(name) }));
  return certified.flatMap((variant): Gain[] =>
    variant.guarantee === 'conditional' || variant.name === PLAIN_OUTPUT
      ? []
      : baselines
          .filter(({ name }) => name !== variant.name)
          .map(({ name, rows }) => {
            const comparison = compareCertified(rows, variant.rows, options);
            return { variant: variant.name, over: name, comparison, words: gainWords(comparison) };
          }),
  );
}

const signed = (value: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;

/** `+0.0249 [+0.0226, +0.0274]`, or the same with `not significant`. */
export function gainWords({ meanRadius }: Comparison): string {
  const { mean, interval, significant } = meanRadius;
  const [low, high] = interval;
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]${significant ? '' : ', not significant'}`;
}
