import { FloatpathError } from '@floatpath/core';

/** Fixed and float units of a finite set of inputs: exact, and for these inputs only. */
export interface Comparison {
  readonly evidence: 'compared';
  /** 1 where two of the inputs select differently. */
  readonly float: Uint8Array;
  /** Selections at the first input: those of fixed units are the selections at all. */
  readonly selections: Uint16Array;
}

/**
 * Compares the selections at two or more inputs, in the stable order.
 *
 * @throws {FloatpathError} `shape-mismatch` if they do not come from the same network
 */
export function compareSelections(
  selections: readonly [Uint16Array, Uint16Array, ...Uint16Array[]],
): Comparison {
  const [first, ...others] = selections;
  const float = new Uint8Array(first.length);
  for (const other of others) {
    if (other.length !== first.length) {
      throw new FloatpathError(
        'shape-mismatch',
        `compareSelections: expected selections of ${first.length} units, got ${other.length}`,
      );
    }
    for (let i = 0; i < first.length; i += 1) if (other[i] !== first[i]) float[i] = 1;
  }
  return { evidence: 'compared', float, selections: first };
}
