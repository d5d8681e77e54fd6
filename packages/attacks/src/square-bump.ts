import type { Window } from './image-view.js';

/**
 * Square's eta: a positive bump beside a negative one, of l2 norm (l1: sum of magnitudes) 1. Rows are halved, or columns if `turned`; a side of
 * one element is not halved.
 *
 * @see Andriushchenko, Croce, Flammarion, Hein 2020, "Square Attack", section 4.3; l1: Croce, Hein 2021, appendix
 */
export function squareBump(
  { rows, columns }: Pick<Window, 'rows' | 'columns'>,
  norm: 'l2' | 'l1',
  turned: boolean,
): Float64Array {
  const acrossColumns = rows < 2 || (turned && columns > 1);
  const [long, wide] = acrossColumns ? [columns, rows] : [rows, columns];
  const half = Math.floor(long / 2);
  const power = norm === 'l2' ? 2 : 4;
  const upper = half > 0 ? bump(half, wide, power) : new Float64Array(0);
  const lower = bump(long - half, wide, power).map((v) => -v);
  const stacked = Float64Array.of(...upper, ...lower);
  const size =
    norm === 'l2'
      ? Math.sqrt(stacked.reduce((sum, v) => sum + v * v, 0))
      : stacked.reduce((sum, v) => sum + Math.abs(v), 0);
  const out = new Float64Array(rows * columns);
  stacked.forEach((value, at) => {
    const [along, across] = [Math.floor(at / wide), at % wide];
    out[acrossColumns ? across * columns + along : at] = value / size;
  });
  return out;
}

/** Rectangles around the center, each one larger and lower than the last: sum_k (k + 1)^-power where they overlap. */
function bump(rows: number, columns: number, power: number): Float64Array {
  const out = new Float64Array(rows * columns);
  const [middleRow, middleColumn] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  const rings = Math.max(middleRow, middleColumn) + 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const ring = Math.max(Math.abs(row - middleRow), Math.abs(column - middleColumn));
      let height = 0;
      for (let k = ring; k < rings; k += 1) height += (k + 1) ** -power;
      out[row * columns + column] = height;
    }
  }
  return out;
}

/** {@link squareBump}, remembering both of the extents that were asked for last: a search changes them a few times. */
export function rememberedBumps(
  norm: 'l2' | 'l1',
): (extents: Pick<Window, 'rows' | 'columns'>, turned: boolean) => Float64Array {
  let rows = 0;
  let columns = 0;
  let bumps: readonly Float64Array[] = [];
  return (extents, turned) => {
    if (extents.rows !== rows || extents.columns !== columns) {
      ({ rows, columns } = extents);
      bumps = [false, true].map((across) => squareBump(extents, norm, across));
    }
    return bumps[turned ? 1 : 0] as Float64Array;
  };
}
