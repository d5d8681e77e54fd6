import { fillUniform } from '@floatpath/core';
import { CONTROLS, PLAIN_OUTPUT, type CertifiedVariant } from '@floatpath/sc-rfp';
import { pairedBootstrap } from '@floatpath/statistics';
import type { ControlGain, Interval, ReproducedMethod } from './reproduction.js';
import { denoisedNames, type ReproducedVariant } from './variants.js';

/** Radii where right; null elsewhere. A surrogate radius stays with a method that says conditional. */
function radiiOf(variant: CertifiedVariant): readonly (number | null)[] {
  if (variant.guarantee === 'conditional') {
    return variant.rows.map(({ label, surrogate }) =>
      surrogate.kind === 'surrogate' && surrogate.label === label
        ? surrogate.surrogateRadius
        : null,
    );
  }
  return variant.rows.map(({ label, certificate }) =>
    certificate.kind === 'certified' && certificate.label === label ? certificate.radius : null,
  );
}

type Radii = readonly (number | null)[];

function differenceOf(radii: Radii, reference: Radii, seed: number): Interval {
  const differences = radii.map((r, i) => (r ?? 0) - (reference[i] ?? 0));
  return pairedBootstrap(differences, {
    resamples: 4000,
    confidence: 0.95,
    fillUniform: (out, resample) =>
      fillUniform(out, { seed, purpose: 'stevens', image: 0, draw: resample, lane: 1 }),
  });
}

const meanOf = (radii: Radii): number =>
  radii.reduce<number>((sum, r) => sum + (r ?? 0), 0) / radii.length;

/** One row per smoothed classifier, and the denoised anchors' gains over their controls. */
export function reproducedMethods(
  certified: readonly CertifiedVariant[],
  variants: readonly ReproducedVariant[],
  seed: number,
): { readonly methods: readonly ReproducedMethod[]; readonly controls: readonly ControlGain[] } {
  const radii = new Map(certified.map((variant) => [variant.name, radiiOf(variant)]));
  const of = (name: string): Radii => radii.get(name) ?? [];
  const plain = of(PLAIN_OUTPUT);
  return {
    methods: certified.map(({ name, guarantee }) => ({
      name,
      guarantee,
      specification: variants.find((v) => v.name === name)?.specification ?? 'N(z)',
      radii: of(name),
      mean: meanOf(of(name)),
      toPlain: name === PLAIN_OUTPUT ? null : differenceOf(of(name), plain, seed),
    })),
    controls: denoisedNames.flatMap((method) =>
      CONTROLS.map((over) => ({ method, over, ...differenceOf(of(method), of(over), seed) })),
    ),
  };
}
