import type { Norm } from '@floatpath/core';

/** ||a - b|| in float64, summed in coordinate order. */
export function distance(a: Float32Array, b: Float32Array, norm: Norm): number {
  let total = 0;
  for (let i = 0; i < a.length; i += 1) {
    const gap = Math.abs((a[i] as number) - (b[i] as number));
    if (norm === 'linf') total = Math.max(total, gap);
    else total += norm === 'l2' ? gap * gap : gap;
  }
  return norm === 'l2' ? Math.sqrt(total) : total;
}
