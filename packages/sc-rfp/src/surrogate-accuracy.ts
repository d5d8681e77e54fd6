import { requireArgument } from '@floatpath/core';
import type { SurrogateRadius } from './surrogate.js';

/** One image: its true label and the surrogate radius of the network frozen at it. */
export interface SurrogateRow {
  readonly label: number;
  readonly surrogate: SurrogateRadius;
}

export interface SurrogateAccuracy {
  readonly surrogateRadius: number;
  /** Images whose frozen network gives the true label with at least this surrogate radius. */
  readonly right: number;
  readonly images: number;
  readonly share: number;
}

function radiusIfRight({ label, surrogate }: SurrogateRow): number | undefined {
  return surrogate.kind === 'surrogate' && surrogate.label === label
    ? surrogate.surrogateRadius
    : undefined;
}

/**
 * The share of images that are right with surrogate radius >= r. Conditional on every image's own frozen network: not
 * a certified accuracy, and not to be compared with one.
 *
 * @throws {FloatpathError} `invalid-argument` for no rows or a negative radius
 */
export function surrogateAccuracy(
  rows: readonly SurrogateRow[],
  radii: readonly number[],
): SurrogateAccuracy[] {
  requireRows('surrogateAccuracy', rows);
  const images = rows.length;
  return radii.map((radius) => {
    requireArgument(radius >= 0, `surrogateAccuracy: expected radii from 0, got ${radius}`);
    const right = rows.filter((row) => (radiusIfRight(row) ?? -Infinity) >= radius).length;
    return { surrogateRadius: radius, right, images, share: right / images };
  });
}

/**
 * Mean of the surrogate radii, 0 for a wrong or missing one; input units.
 *
 * @throws {FloatpathError} `invalid-argument` for no rows
 */
export function averageSurrogateRadius(rows: readonly SurrogateRow[]): number {
  requireRows('averageSurrogateRadius', rows);
  return rows.reduce((sum, row) => sum + (radiusIfRight(row) ?? 0), 0) / rows.length;
}

function requireRows(name: string, rows: readonly SurrogateRow[]): void {
  requireArgument(rows.length >= 1, `${name}: expected at least one row, got none`);
}
