import { float32Tensor, sizeOf, type Float32Tensor } from '@floatpath/core';

/** Runs rows `[from, to)` and returns tensors whose first axis is these rows. */
export type RunRows = (from: number, to: number) => Promise<readonly Float32Tensor[]>;

/** For networks whose batch is fixed to one: runs every row on its own and joins the results. */
export async function rowByRow(rows: number, run: RunRows): Promise<readonly Float32Tensor[]> {
  const parts: (readonly Float32Tensor[])[] = [];
  for (let row = 0; row < rows; row += 1) parts.push(await run(row, row + 1));
  return (parts[0] ?? []).map((first, slot) => {
    const stride = sizeOf(first.shape);
    const joined = float32Tensor([rows, ...first.shape.slice(1)]);
    parts.forEach((part, row) => {
      if (part[slot]) joined.data.set(part[slot].data, row * stride);
    });
    return joined;
  });
}
