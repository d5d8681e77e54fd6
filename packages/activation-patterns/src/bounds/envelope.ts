import type { Pieces } from '@floatpath/engine';

/** The slopes that lines below and above a function may have: every slope is sound, these contain the best ones. */
export interface Envelope {
  /** Where lines can touch: the ends of [low, high] and the breakpoints between, ascending. */
  readonly points: readonly number[];
  readonly values: readonly number[];
  /** Slopes of the convex envelope from below: of its first and last edge, and of that over the middle. */
  readonly below: Slopes;
  /** Slopes of the concave envelope from above, ascending. */
  readonly above: Slopes;
}

export interface Slopes {
  readonly least: number;
  readonly most: number;
  /** Of the line with the least area between itself and the envelope: that which touches it over the middle. */
  readonly middle: number;
}

/**
 * The envelopes of a unit's piecewise-linear function over [low, high]. For Relu the middle slope below is CROWN's (1 if
 * high > -low, else 0) and the one above that of the chord.
 *
 * @param from - piece at low; @param to - piece at high, above `from`
 * @see Zhang et al. 2018, Efficient Neural Network Robustness Certification with General Activation Functions
 */
export function envelopeOf(
  { breakpoints, slopes, offsets }: Pieces,
  low: number,
  high: number,
  from: number,
  to: number,
): Envelope {
  const points = [low, ...breakpoints.slice(from, to), high];
  const pieceOf = (k: number): number => (k === 0 ? from : Math.min(to, from + k - 1));
  const values = points.map((z, k) => {
    const piece = k === points.length - 1 ? to : pieceOf(k);
    return (slopes[piece] as number) * z + (offsets[piece] as number);
  });
  // Rounded quotients may leave the range of the function's own slopes.
  const [flat, steep] = [Math.min(...slopes), Math.max(...slopes)];
  const within = (slope: number): number => Math.min(steep, Math.max(flat, slope));
  const edges = (side: 1 | -1): Slopes => {
    const { least, most, middle } = hullSlopes(points, values, side);
    return { least: within(least), most: within(most), middle: within(middle) };
  };
  return { points, values, below: edges(1), above: edges(-1) };
}

/** Edges of the hull from below (side 1) or above (side -1). */
function hullSlopes(points: readonly number[], values: readonly number[], side: 1 | -1): Slopes {
  const hull: number[] = [];
  const slope = (i: number, j: number): number =>
    ((values[j] as number) - (values[i] as number)) /
    ((points[j] as number) - (points[i] as number));
  points.forEach((z, k) => {
    if (k > 0 && !(z > (points[hull.at(-1) as number] as number))) return;
    while (
      hull.length > 1 &&
      side * slope(hull.at(-2) as number, hull.at(-1) as number) >=
        side * slope(hull.at(-1) as number, k)
    ) {
      hull.pop();
    }
    hull.push(k);
  });
  const center = ((points[0] as number) + (points.at(-1) as number)) / 2;
  let [least, most, middle] = [Infinity, -Infinity, 0];
  for (let e = 0; e + 1 < hull.length; e += 1) {
    const edge = slope(hull[e] as number, hull[e + 1] as number);
    [least, most] = [Math.min(least, edge), Math.max(most, edge)];
    if (e === 0 || center > (points[hull[e] as number] as number)) middle = edge;
  }
  return hull.length < 2 ? { least: 0, most: 0, middle: 0 } : { least, most, middle };
}

/** The greatest offset of a line of this slope below the points (side 1), or the least above them (side -1), and where it touches. */
export function touch(
  points: readonly number[],
  values: readonly number[],
  slope: number,
  side: 1 | -1,
): { readonly offset: number; readonly at: number } {
  let offset = side * Infinity;
  let at = 0;
  points.forEach((z, k) => {
    const here = (values[k] as number) - slope * z;
    if (side * here < side * offset) [offset, at] = [here, z];
  });
  return { offset, at };
}
