import { FloatpathError } from '@floatpath/core';
import {
  certificatesOf,
  certificationReport,
  type CertificationReport,
  type Counts,
} from '@floatpath/smoothing';
import { curvePoints } from './figures/curve-points.js';
import type { CurveChart } from './figures/curves.js';

/** A counts file and what its curve is called. */
export interface NamedCounts {
  readonly name: string;
  readonly counts: Counts;
}

/**
 * The curves of counts files, each at every radius where it steps. The bands are exact 95 % intervals for images drawn at random; the
 * description says how many certificates may be wrong, by their alpha. Images without a label or with draws missing are left out.
 *
 * @param files - of one guarantee and norm
 * @param size - values per input; needed for linf
 * @throws {FloatpathError} `invalid-data` if a file has no image that is complete and labelled, or the files differ in
 * guarantee or norm
 */
export function countsChart(
  files: readonly [NamedCounts, ...NamedCounts[]],
  options: { readonly size?: number } = {},
): CurveChart {
  const { guarantee, norm, noise } = files[0].counts.header;
  const drawn = files.map(({ name, counts }) => {
    const { header } = counts;
    if (header.guarantee !== guarantee || header.norm !== norm) {
      throw new FloatpathError(
        'invalid-data',
        `countsChart: expected files of one guarantee and norm, got ${guarantee} ${norm} and ${header.guarantee} ${header.norm}; draw them apart`,
      );
    }
    const report = certificationReport(counts, { radii: [0], ...options });
    const radii = certificatesOf(counts, options).images.flatMap(({ label, certificate: own }) => {
      if (label === null) return [];
      return [own.kind === 'certified' && own.label === label ? own.radius : null];
    });
    return { name, report, radii };
  });
  const conditional = guarantee === 'conditional';
  return {
    title: `${conditional ? 'Surrogate radii of frozen networks' : 'Certified accuracy'}, ${noise.kind} noise, sigma ${noise.sigma}`,
    description: [
      conditional
        ? 'CONDITIONAL, no certificate: each radius holds for the network frozen at that image, not for what is deployed.'
        : `Share of images right, and provably so within ${norm} distance r.`,
      ...drawn.map(({ name, report }) => `${name}: ${errorSentence(report)}`),
    ].join(' '),
    guarantee,
    norm,
    mostRadius: Math.max(noise.sigma, ...drawn.flatMap(({ radii }) => radii.map((r) => r ?? 0))),
    curves: drawn.map(({ name, report, radii }) => ({
      name,
      arithmetic: report.arithmetic,
      points: curvePoints(radii),
    })),
  };
}

/** How far the draws, and the arithmetic, can be trusted. */
function errorSentence({ arithmetic, alpha, images, curve }: CertificationReport): string {
  const [{ certified, corrected } = { certified: 0, corrected: 0 }] = curve;
  const wrong = certified - Math.round(corrected * images);
  return [
    alpha === 0
      ? `${images} images, nothing was random.`
      : `${images} images, each certificate fails with probability at most ${alpha}; with probability .999 at most ${wrong} of ${certified} do.`,
    ...(arithmetic === 'float' ? ['NOT SOUND IN FLOATING POINT.'] : []),
  ].join(' ');
}
