/** Mean and covariance of vectors that arrive one by one or in blocks, in float64. */
export interface Moments {
  /** @param columns - one array per coordinate, with the same number of vectors each */
  addBlock(columns: readonly Float64Array[]): void;
  mean(): Float64Array;
  /** `[size, size]` row-major, divided by the number of vectors. */
  covariance(): Float64Array;
}

/** Sums are taken as they are: meant for image values, whose spread is not small beside their mean. */
export function createMoments(size: number): Moments {
  const sums = new Float64Array(size);
  const products = new Float64Array(size * size);
  let vectors = 0;
  return {
    addBlock(columns) {
      for (let i = 0; i < size; i += 1) {
        const a = columns[i] as Float64Array;
        let total = 0;
        for (let k = 0; k < a.length; k += 1) total += a[k] as number;
        sums[i] = (sums[i] as number) + total;
        if (total === 0 && a.every((v) => v === 0)) continue;
        for (let j = 0; j <= i; j += 1) {
          const b = columns[j] as Float64Array;
          let dot = 0;
          for (let k = 0; k < a.length; k += 1) dot += (a[k] as number) * (b[k] as number);
          products[i * size + j] = (products[i * size + j] as number) + dot;
        }
      }
      vectors += columns[0]?.length ?? 0;
    },
    mean: () => sums.map((sum) => sum / vectors),
    covariance() {
      const out = new Float64Array(size * size);
      for (let i = 0; i < size; i += 1) {
        for (let j = 0; j <= i; j += 1) {
          const product = (products[i * size + j] as number) / vectors;
          const value = product - ((sums[i] as number) * (sums[j] as number)) / vectors ** 2;
          out[i * size + j] = value;
          out[j * size + i] = value;
        }
      }
      return out;
    },
  };
}
