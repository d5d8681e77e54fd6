/** The within-group variance of every unit, averaged over groups of the same size. */
export interface Spread {
  /** Adds rows of the current group, row-major. */
  addRows(rows: Float64Array): void;
  /** Closes the group: what follows has a mean of its own. */
  endGroup(): void;
  /** sqrt of the mean over groups of the unbiased variance, per unit. */
  deviations(): Float32Array;
}

/**
 * Sums are taken relative to the group's first row, in float64 and in row order: no cancellation, and no dependence on
 * how the rows were batched.
 */
export function createSpread(units: number): Spread {
  const first = new Float64Array(units);
  const sum = new Float64Array(units);
  const squares = new Float64Array(units);
  const variances = new Float64Array(units);
  let rows = 0;
  let groups = 0;
  return {
    addRows(values) {
      for (let start = 0; start < values.length; start += units) {
        if (rows === 0) first.set(values.subarray(start, start + units));
        for (let unit = 0; unit < units; unit += 1) {
          const shifted = (values[start + unit] as number) - (first[unit] as number);
          sum[unit] = (sum[unit] as number) + shifted;
          squares[unit] = (squares[unit] as number) + shifted * shifted;
        }
        rows += 1;
      }
    },
    endGroup() {
      for (let unit = 0; unit < units; unit += 1) {
        const total = sum[unit] as number;
        const within = ((squares[unit] as number) - (total * total) / rows) / (rows - 1);
        variances[unit] = (variances[unit] as number) + Math.max(0, within);
      }
      sum.fill(0);
      squares.fill(0);
      rows = 0;
      groups += 1;
    },
    deviations: () => Float32Array.from(variances, (total) => Math.sqrt(total / groups)),
  };
}
