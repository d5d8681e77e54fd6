import { shareInterval } from '@floatpath/statistics';

/** A curve's value at one radius. */
export interface CurvePoint {
  readonly radius: number;
  /** Images that are right with at least this radius. */
  readonly count: number;
  readonly images: number;
  readonly share: number;
  /** Exact (Clopper-Pearson) interval of the share, for images drawn at random from a population. */
  readonly interval: readonly [low: number, high: number];
}

/** Confidence of the bands. */
export const CONFIDENCE = 0.95;

/** Most points of a curve. */
const MOST_POINTS = 120;

/**
 * The curve of "right with radius >= r" at 0 and at every radius where it steps down; with more than 120 such radii at
 * evenly spaced ones of them, where it is still exact.
 *
 * @param radii - one per image; null where the image is wrong or abstained
 */
export function curvePoints(radii: readonly (number | null)[]): CurvePoint[] {
  const images = radii.length;
  if (images === 0) return [];
  const reached = radii.filter((radius) => radius !== null).sort((a, b) => a - b);
  const steps = [...new Set([0, ...reached])];
  const every = Math.ceil(steps.length / MOST_POINTS);
  const kept = steps.filter((_, i) => i === 0 || (steps.length - 1 - i) % every === 0);
  let below = 0;
  return kept.map((radius) => {
    while (below < reached.length && (reached[below] as number) < radius) below += 1;
    const count = reached.length - below;
    return {
      radius,
      count,
      images,
      share: count / images,
      interval: shareInterval(count, images, CONFIDENCE),
    };
  });
}
