import { requireArgument } from '@floatpath/core';
import { binomialUpperQuantile, clopperPearsonLower, shareInterval } from '@floatpath/statistics';
import type { Certificate } from './certificate.js';

/** One image: its true label and what was certified. */
export interface CertifiedRow {
  readonly label: number;
  readonly certificate: Certificate;
}

export interface CertifiedAccuracy {
  readonly radius: number;
  /** Images whose certificate names the true label with at least this radius. */
  readonly certified: number;
  readonly images: number;
  readonly share: number;
  /** With probability at least 1 - rho over the draws, at least this share holds in truth. */
  readonly corrected: number;
  /** Clopper-Pearson interval of `share` for images drawn at random from a population. */
  readonly interval: readonly [low: number, high: number];
}

export interface CertifiedAccuracyOptions {
  /** Failure probability of each certificate; 0 where nothing was random. */
  readonly alpha: number;
  /** Whether every image had draws of its own (unless given) or all saw the same. */
  readonly sharing?: 'per-image' | 'shared';
  /** Failure probability of `corrected`; 0.001 unless given. */
  readonly rho?: number;
  /** Of `interval`; 0.95 unless given. */
  readonly confidence?: number;
}

/**
 * The radius that an image contributes: 0 where the certificate is missing or names another label.
 */
export function radiusIfRight({ label, certificate }: CertifiedRow): number {
  return certificate.kind === 'certified' && certificate.label === label ? certificate.radius : 0;
}

/** Right with a certificate, and provably so for every perturbation of norm below `radius`. */
export function isCertifiedAt(row: CertifiedRow, radius: number): boolean {
  const { label, certificate } = row;
  return (
    certificate.kind === 'certified' && certificate.label === label && certificate.radius >= radius
  );
}

function requireRows(name: string, rows: readonly unknown[]): void {
  requireArgument(rows.length >= 1, `${name}: expected at least one row, got none`);
}

/** With probability at least 1 - rho at most so many of the certificates are wrong. */
function wrongAtMost(
  images: number,
  { alpha, rho, sharing }: Required<Omit<CertifiedAccuracyOptions, 'confidence'>>,
): number {
  if (alpha === 0) return 0;
  if (sharing === 'per-image') return binomialUpperQuantile(images, alpha, rho);
  // P(at least q + 1 wrong) <= images alpha / (q + 1).
  return Math.min(images, Math.ceil((images * alpha) / rho) - 1);
}

/**
 * Certified accuracy at each radius r: the share of images that are right with certificate radius
 * >= r. The ball of a certificate is open, so this holds for every perturbation of norm below r; at
 * r = 0 it is "right and certified".
 *
 * `corrected` takes away as many certificates as may be wrong: the (1 - rho) quantile of Bin(images,
 * alpha) for draws of their own; for shared ones, whose errors may come all at once, only Markov's
 * inequality is left.
 *
 * @param radii - input units, at least 0
 * @throws {FloatpathError} `invalid-argument` for no rows, or radii, alpha, rho or confidence out
 * of range
 * @see Cohen, Rosenfeld, Kolter 2019, section 4, appendix D (whose correction lacks a factor 2 under
 * the root: for 10,000 images it takes away less than the exact quantile)
 */
export function certifiedAccuracy(
  rows: readonly CertifiedRow[],
  radii: readonly number[],
  { alpha, rho = 0.001, confidence = 0.95, sharing = 'per-image' }: CertifiedAccuracyOptions,
): CertifiedAccuracy[] {
  requireRows('certifiedAccuracy', rows);
  requireArgument(
    alpha >= 0 && alpha < 1,
    `certifiedAccuracy: expected alpha in [0, 1), got ${alpha}`,
  );
  for (const [name, value] of Object.entries({ rho, confidence })) {
    requireArgument(
      value > 0 && value < 1,
      `certifiedAccuracy: expected ${name} in (0, 1), got ${value}`,
    );
  }
  const images = rows.length;
  const mayBeWrong = wrongAtMost(images, { alpha, rho, sharing });
  return radii.map((radius) => {
    requireArgument(radius >= 0, `certifiedAccuracy: expected radii of at least 0, got ${radius}`);
    const certified = rows.filter((row) => isCertifiedAt(row, radius)).length;
    return {
      radius,
      certified,
      images,
      share: certified / images,
      corrected: Math.max(0, certified - mayBeWrong) / images,
      interval: shareInterval(certified, images, confidence),
    };
  });
}

/**
 * Mean of the certified radii, 0 for a wrong or missing one; input units, rounded towards less. It
 * depends on the number of draws (see {@link ceilingShare}) and rewards easy images: report it
 * beside the curve, and print it with `roundDown`.
 *
 * @throws {FloatpathError} `invalid-argument` for no rows
 */
export function averageCertifiedRadius(rows: readonly CertifiedRow[]): number {
  requireRows('averageCertifiedRadius', rows);
  const sum = rows.reduce((total, row) => total + radiusIfRight(row), 0);
  // A sum of m terms of one sign is off by at most m roundings.
  return (sum / rows.length) * (1 - (rows.length + 2) * 2 ** -53);
}

/**
 * Share of images at which every draw agreed: their radius is limited by n and alpha, not by the
 * classifier.
 *
 * @throws {FloatpathError} `invalid-argument` for no rows
 */
export function ceilingShare(
  rows: readonly CertifiedRow[],
  { n, alpha }: { readonly n: number; readonly alpha: number },
): number {
  requireRows('ceilingShare', rows);
  const ceiling = clopperPearsonLower(n, n, alpha);
  return rows.filter(({ certificate }) => certificate.pLower >= ceiling).length / rows.length;
}
