import { FloatpathError, type Arithmetic, type Guarantee, type Norm } from '@floatpath/core';
import { dkwTwoSided } from '@floatpath/statistics';
import {
  averageCertifiedRadius,
  ceilingShare,
  certifiedAccuracy,
  type CertifiedAccuracy,
  type CertifiedRow,
} from './certified-accuracy.js';
import { certificatesOf, type CountedImages } from './counts-file/certificates.js';
import type { Counts } from './counts-file/counts-file.js';
import { noiseKindOf } from './noise/noise.js';

/** What a counts file says about a classifier, with everything that the numbers depend on beside them. */
export interface CertificationReport {
  readonly guarantee: Guarantee;
  readonly arithmetic: Arithmetic;
  readonly norm: Norm;
  /** Images with a label and all their draws; the others are named, not averaged over. */
  readonly images: number;
  readonly incomplete: readonly number[];
  readonly unlabelled: readonly number[];
  readonly abstained: number;
  readonly n0: number;
  readonly n: number;
  /** Per image; 0 where nothing was random. */
  readonly alpha: number;
  /** Estimation draws over all images, fewer than images times n where a run could stop early. */
  readonly draws: number;
  readonly curve: readonly CertifiedAccuracy[];
  /** Half-width of a band around the whole curve at once, for images drawn at random from a population. */
  readonly band: number;
  /** Images by the lower bound of their label's probability: `[low, high)` and how many. */
  readonly pLower: readonly {
    readonly from: number;
    readonly to: number;
    readonly images: number;
  }[];
  /** Share of images at which every draw agreed; null where runs may stop at different n. */
  readonly ceiling: number | null;
  /** Average certified radius: depends on n and alpha, and rewards easy images. */
  readonly average: number;
}

const EDGES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

function histogram(rows: readonly CertifiedRow[]): CertificationReport['pLower'] {
  return EDGES.slice(1).map((to, i) => {
    const from = EDGES[i] as number;
    const inside = ({ certificate: { pLower } }: CertifiedRow): boolean =>
      pLower >= from && (pLower < to || to === 1);
    return { from, to, images: rows.filter(inside).length };
  });
}

/** The rows of images whose label is known. */
function labelledRows({ images }: CountedImages): (CertifiedRow & { readonly n: number })[] {
  return images.flatMap(({ label, certificate, n }) =>
    label === null ? [] : [{ label, certificate, n }],
  );
}

/**
 * The report of a counts file.
 *
 * @param radii - of the curve; input units
 * @param size - values per input; needed for linf
 * @throws {FloatpathError} `invalid-data` if no image is complete and labelled
 */
export function certificationReport(
  counts: Counts,
  options: { readonly radii: readonly number[]; readonly size?: number },
): CertificationReport {
  const { header } = counts;
  const { plan, sharing, noise } = header;
  const certified = certificatesOf(counts, options);
  const rows = labelledRows(certified);
  if (rows.length === 0) {
    throw new FloatpathError(
      'invalid-data',
      `certificationReport: expected at least one image with a label and all its draws, got none of ${certified.images.length + certified.incomplete.length}`,
    );
  }
  const alpha = plan?.alpha ?? 0;
  const isFixed = plan !== null && plan.stopping.kind === 'fixed';
  return {
    guarantee: header.guarantee,
    arithmetic: noiseKindOf(noise.kind).arithmetic,
    norm: header.norm,
    images: rows.length,
    incomplete: certified.incomplete,
    unlabelled: certified.images.flatMap(({ image, label }) => (label === null ? [image] : [])),
    abstained: rows.filter(({ certificate }) => certificate.kind === 'abstain').length,
    n0: plan?.n0 ?? 0,
    n: plan?.n ?? Math.max(...rows.map(({ n }) => n)),
    alpha,
    draws: rows.reduce((sum, { n }) => sum + n, 0),
    curve: certifiedAccuracy(rows, options.radii, { alpha, sharing }),
    band: dkwTwoSided(rows.length, 0.05),
    pLower: histogram(rows),
    ceiling:
      isFixed && plan.bound.kind === 'binary' ? ceilingShare(rows, { n: plan.n, alpha }) : null,
    average: averageCertifiedRadius(rows),
  };
}
