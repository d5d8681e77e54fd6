/**
 * Solves A x = b by Gaussian elimination with row pivots, for every right-hand side.
 *
 * @param a - `[size][size]`, overwritten
 * @param columns - right-hand sides `[size]`, overwritten by the solutions
 */
export function solveLinear(a: readonly Float64Array[], columns: readonly Float64Array[]): void {
  const rows: Float64Array[] = [...a];
  const right: Float64Array[] = rows.map((_, i) =>
    Float64Array.from(columns, (column) => column[i] as number),
  );
  const size = rows.length;
  for (let k = 0; k < size; k += 1) {
    let pivot = k;
    for (let i = k + 1; i < size; i += 1) {
      if (Math.abs(rows[i]?.[k] ?? 0) > Math.abs(rows[pivot]?.[k] ?? 0)) pivot = i;
    }
    [rows[k], rows[pivot]] = [rows[pivot] as Float64Array, rows[k] as Float64Array];
    [right[k], right[pivot]] = [right[pivot] as Float64Array, right[k] as Float64Array];
    const [row, value] = [rows[k] as Float64Array, right[k] as Float64Array];
    for (let i = k + 1; i < size; i += 1) {
      const other = rows[i] as Float64Array;
      const factor = (other[k] as number) / (row[k] as number);
      if (factor === 0) continue;
      for (let j = k; j < size; j += 1)
        other[j] = (other[j] as number) - factor * (row[j] as number);
      const b = right[i] as Float64Array;
      b.forEach((v, c) => (b[c] = v - factor * (value[c] as number)));
    }
  }
  for (let k = size - 1; k >= 0; k -= 1) {
    const row = rows[k] as Float64Array;
    columns.forEach((column, c) => {
      let sum = right[k]?.[c] ?? NaN;
      for (let j = k + 1; j < size; j += 1) sum -= (row[j] as number) * (column[j] as number);
      column[k] = sum / (row[k] as number);
    });
  }
}
