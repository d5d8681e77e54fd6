import type { Point } from './plane.js';

/** Corners of a convex polygon in order. */
export type Polygon = readonly Point[];

/** constant + s slope + t slope. */
export type LinearForm = readonly [number, number, number];

export const valueAt = ([a, b, c]: LinearForm, [s, t]: Point): number => a + b * s + c * t;

export function centroid(polygon: Polygon): Point {
  const total = polygon.reduce<[number, number]>(([x, y], [s, t]) => [x + s, y + t], [0, 0]);
  return [total[0] / polygon.length, total[1] / polygon.length];
}

export function areaOf(polygon: Polygon): number {
  return (
    polygon.reduce((sum, [x, y], k) => {
      const [nextX, nextY] = polygon[(k + 1) % polygon.length] as Point;
      return sum + x * nextY - nextX * y;
    }, 0) / 2
  );
}

/** From a point to the nearest of a polygon; 0 inside. Corners go around to the left. */
export function distanceTo(polygon: Polygon, [x, y]: Point): number {
  let least = Infinity;
  let inside = true;
  polygon.forEach(([s, t], k) => {
    const [nextS, nextT] = polygon[(k + 1) % polygon.length] as Point;
    const [u, v] = [nextS - s, nextT - t];
    if (u * (y - t) - v * (x - s) < 0) inside = false;
    const square = u * u + v * v;
    const along = square > 0 ? Math.min(1, Math.max(0, (u * (x - s) + v * (y - t)) / square)) : 0;
    least = Math.min(least, Math.hypot(s + along * u - x, t + along * v - y));
  });
  return inside ? 0 : least;
}

/** Corners this near to a line, relative to the size of the form on the polygon, are on it. */
const NEAR = 1e-11;

/** Values within this of 0 are on the line. */
function nearOf(polygon: Polygon, [a, b, c]: LinearForm): number {
  let most = 0;
  for (const [s, t] of polygon) {
    most = Math.max(most, Math.abs(a) + Math.abs(b * s) + Math.abs(c * t));
  }
  return NEAR * most;
}

/** Where a form lies on a polygon: nowhere above 0, nowhere below it, or on both sides. */
function sideOf(polygon: Polygon, form: LinearForm, near: number): 'below' | 'above' | 'both' {
  let least = Infinity;
  let most = -Infinity;
  for (const point of polygon) {
    const value = valueAt(form, point);
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (most <= near) return 'below';
  return least >= -near ? 'above' : 'both';
}

/** Whether {@link split} gives two parts. */
export function isCut(polygon: Polygon, form: LinearForm): boolean {
  return sideOf(polygon, form, nearOf(polygon, form)) === 'both';
}

/**
 * The parts of a polygon where a form is at most 0 and at least 0; undefined where that is no more than its border. Of a
 * polygon that the line misses or only touches, the part is the polygon itself.
 */
export function split(
  polygon: Polygon,
  form: LinearForm,
): { readonly below: Polygon | undefined; readonly above: Polygon | undefined } {
  const near = nearOf(polygon, form);
  const side = sideOf(polygon, form, near);
  if (side === 'below') return { below: polygon, above: undefined };
  if (side === 'above') return { below: undefined, above: polygon };
  const values = polygon.map((point) => valueAt(form, point));
  const below: Point[] = [];
  const above: Point[] = [];
  polygon.forEach((point, k) => {
    const value = values[k] as number;
    if (value <= near) below.push(point);
    if (value >= -near) above.push(point);
    const next = values[(k + 1) % polygon.length] as number;
    if (!((value < -near && next > near) || (value > near && next < -near))) return;
    const to = polygon[(k + 1) % polygon.length] as Point;
    const share = value / (value - next);
    const crossing: Point = [
      point[0] + share * (to[0] - point[0]),
      point[1] + share * (to[1] - point[1]),
    ];
    below.push(crossing);
    above.push(crossing);
  });
  return { below, above };
}

/** The part of a polygon where every form is at least 0; undefined where that has no inside. */
export function clip(polygon: Polygon, forms: readonly LinearForm[]): Polygon | undefined {
  let rest: Polygon | undefined = polygon;
  for (const form of forms) {
    if (rest === undefined) return undefined;
    rest = split(rest, form).above;
  }
  return rest;
}
