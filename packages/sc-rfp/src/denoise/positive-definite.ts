import { FloatpathError } from '@floatpath/core';

/**
 * Solves A X = B for a symmetric positive definite A by Cholesky, in float64.
 *
 * @param a - `[size, size]` row-major, overwritten
 * @param columns - B as one array per column; overwritten by the columns of X
 * @throws {FloatpathError} `not-finite` if A is not positive definite or holds what is no number
 */
export function solvePositiveDefinite(
  a: Float64Array,
  size: number,
  columns: readonly Float64Array[],
): void {
  factor(a, size);
  for (const x of columns) {
    for (let i = 0; i < size; i += 1) {
      let sum = x[i] as number;
      for (let k = 0; k < i; k += 1) sum -= (a[i * size + k] as number) * (x[k] as number);
      x[i] = sum / (a[i * size + i] as number);
    }
    for (let i = size - 1; i >= 0; i -= 1) {
      const value = (x[i] as number) / (a[i * size + i] as number);
      x[i] = value;
      // Row i of the factor holds column i of its transpose: contiguous reads.
      for (let k = 0; k < i; k += 1) x[k] = (x[k] as number) - (a[i * size + k] as number) * value;
    }
  }
}

/** Overwrites the lower triangle of `a` by its Cholesky factor. */
function factor(a: Float64Array, size: number): void {
  for (let i = 0; i < size; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      let sum = a[i * size + j] as number;
      for (let k = 0; k < j; k += 1) {
        sum -= (a[i * size + k] as number) * (a[j * size + k] as number);
      }
      if (j < i) {
        a[i * size + j] = sum / (a[j * size + j] as number);
      } else if (sum > 0 && Number.isFinite(sum)) {
        a[i * size + i] = Math.sqrt(sum);
      } else {
        throw new FloatpathError(
          'not-finite',
          `solvePositiveDefinite: expected a positive definite matrix, got pivot ${sum} in row ${i}; check the images`,
        );
      }
    }
  }
}
