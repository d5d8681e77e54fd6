/** log sum exp, in float64. */
function logSumExp(values: ArrayLike<number>): number {
  let top = -Infinity;
  for (let i = 0; i < values.length; i += 1) top = Math.max(top, values[i] as number);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.exp((values[i] as number) - top);
  return top + Math.log(sum);
}

/** log softmax(logits)_label. */
export function logProbability(logits: Float32Array, label: number): number {
  return (logits[label] as number) - logSumExp(logits);
}

/** log of the mean softmax over several rows of logits, per class. */
export function logMeanSoftmax(rows: readonly Float32Array[]): Float32Array {
  const totals = rows.map(logSumExp);
  return Float32Array.from({ length: rows[0]?.length ?? 0 }, (_, label) => {
    const logs = rows.map((logits, i) => (logits[label] as number) - (totals[i] as number));
    return logSumExp(logs) - Math.log(rows.length);
  });
}

/** p_i / sum_j p_j from log p. */
export function normalizedWeights(logs: readonly number[]): readonly number[] {
  const total = logSumExp(logs);
  return logs.map((log) => Math.exp(log - total));
}
