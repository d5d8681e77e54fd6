/** Float64 numbers next to each other around `value` are this far apart. */
export function ulpOf(value: number): number {
  const size = Math.abs(value);
  if (size === 0) return 2 ** -1074;
  const exponent = Math.max(-1022, Math.floor(Math.log2(size)));
  // Math.log2 may round up to the next whole number just below it.
  return 2 ** ((2 ** exponent > size ? exponent - 1 : exponent) - 52);
}

/** How far rows, added from first to last, miss what they should add up to. */
export interface RowSum {
  readonly sum: number;
  /** |sum - expected|. */
  readonly residual: number;
  /** The residual in float64 ulps of the sum of |rows|; 0 where nothing is missed. */
  readonly ulps: number;
}

export function rowSum(rows: Iterable<number>, expected: number): RowSum {
  let sum = 0;
  let size = 0;
  for (const row of rows) {
    sum += row;
    size += Math.abs(row);
  }
  const residual = Math.abs(sum - expected);
  return { sum, residual, ulps: residual === 0 ? 0 : residual / ulpOf(size) };
}
