import { float32Tensor, type Criterion, type Float32Tensor, type Region } from '@floatpath/core';

/** A copy of the given rows, in the given order. */
export function takeRows(tensor: Float32Tensor, rows: readonly number[]): Float32Tensor {
  const [count = 0, ...shape] = tensor.shape;
  const size = count === 0 ? 0 : tensor.data.length / count;
  const data = new Float32Array(rows.length * size);
  rows.forEach((row, i) => data.set(tensor.data.subarray(row * size, (row + 1) * size), i * size));
  return float32Tensor([rows.length, ...shape], data);
}

export function takeCriterion(criterion: Criterion, rows: readonly number[]): Criterion {
  if (criterion.kind === 'linear') return criterion;
  const pick = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row] ?? 0);
  return criterion.kind === 'untargeted'
    ? { kind: 'untargeted', labels: pick(criterion.labels) }
    : { kind: 'targeted', labels: pick(criterion.labels), targets: pick(criterion.targets) };
}

export function takeRegion(region: Region, rows: readonly number[]): Region {
  if (region.kind === 'ball') return region;
  return { kind: 'box', low: takeRows(region.low, rows), high: takeRows(region.high, rows) };
}
