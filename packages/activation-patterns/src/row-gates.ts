import type { Network } from '@floatpath/core';
import { gatesOf, isBatched, type Gate } from '@floatpath/engine';

/**
 * The gates of `network` with row shapes that never hold the batch axis: where it is not free it has extent 1, and one row
 * runs at a time. So units have the same ids, and masks of one row the same shape, either way.
 */
export function rowGatesOf(network: Network): readonly Gate[] {
  const gates = gatesOf(network);
  if (isBatched(network)) return gates;
  return gates.map((gate) =>
    gate.rowShape[0] === 1 ? { ...gate, rowShape: gate.rowShape.slice(1) } : gate,
  );
}
