import { float64Tensor, requireArgument, type Float64Tensor, type Tensor } from '@floatpath/core';
import { inputRow, type Analysis } from '../analysis.js';

/** A point of a plane, in its own coordinates. */
export type Point = readonly [number, number];

/** The plane through three inputs: origin + s first + t second, with first and second of length 1 and at a right angle. */
export interface Plane {
  readonly origin: Float64Tensor;
  readonly first: Float64Tensor;
  readonly second: Float64Tensor;
  /** Where the three inputs are: the first at (0, 0), the second on the positive s axis. Distances are l2 in input units. */
  readonly points: readonly [Point, Point, Point];
}

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);

/** Below this share of its length, what is left of the third side beside the second is rounding. */
const FLAT = 1e-9;

/**
 * The plane through three inputs.
 *
 * @throws {FloatpathError} `invalid-argument` for inputs on one line, two equal ones among them; `shape-mismatch`, `not-finite`
 */
export function planeThrough(analysis: Analysis, inputs: readonly [Tensor, Tensor, Tensor]): Plane {
  const [origin, b, c] = inputs.map((x) => inputRow(analysis, x, 'planeThrough').data) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const from = (x: Float64Array): Float64Array => x.map((v, i) => v - (origin[i] as number));
  const [u, v] = [from(b), from(c)];
  const length = Math.sqrt(dot(u, u));
  const first = u.map((value) => value / length);
  const along = dot(v, first);
  const across = v.map((value, i) => value - along * (first[i] as number));
  const height = Math.sqrt(dot(across, across));
  requireArgument(
    length > 0 && height > FLAT * Math.sqrt(dot(v, v)),
    `planeThrough: expected three inputs that are not on one line, got ${length > 0 ? 'a third one on the line of the others' : 'the first two equal'}; choose others`,
  );
  const tensor = (data: Float64Array): Float64Tensor => float64Tensor(analysis.inputShape, data);
  return {
    origin: tensor(origin),
    first: tensor(first),
    second: tensor(across.map((value) => value / height)),
    points: [
      [0, 0],
      [length, 0],
      [along, height],
    ],
  };
}

/** A square window around the three points, wider than they reach by `margin` of its side on every side. */
export function windowAround({ points }: Plane, margin: number): Point[] {
  const range = (axis: 0 | 1): [number, number] => {
    const values = points.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [s, t] = [range(0), range(1)];
  const half = (Math.max(s[1] - s[0], t[1] - t[0]) / 2) * (1 + 2 * margin);
  const [x, y] = [(s[0] + s[1]) / 2, (t[0] + t[1]) / 2];
  return [
    [x - half, y - half],
    [x + half, y - half],
    [x + half, y + half],
    [x - half, y + half],
  ];
}
