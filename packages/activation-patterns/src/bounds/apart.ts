import { sizeOf } from '@floatpath/core';
import type { Probe } from './probe.js';

/**
 * Positions along one axis of an input that no output element mixes: those that are equal modulo `modulus`. 1 where the
 * node keeps all of them apart (channels of a pool), the extent where it may mix any two (channels of a convolution).
 */
export interface AxisApart {
  readonly stride: number;
  readonly extent: number;
  readonly modulus: number;
  /** The position that an element of an output sees, among those with a residue. */
  position(residue: number, output: number, element: number): number;
}

/** Windows of no more than so many positions are told from nodes that mix all of an axis. */
const MOST_MODULUS = 16;

/**
 * Finds along every axis which positions can be probed together, exactly and without knowledge of the op: sums of
 * absolute values are zero only if all of their terms are. An element that sees one half of some positions and not the other, for
 * every way of halving them by one binary digit, sees one of them at most, and the digits say which.
 */
export function axesApart(probe: Probe): AxisApart[] {
  return probe.shape.flatMap((extent, axis) => (extent > 1 ? [axisApart(probe, axis)] : []));
}

function axisApart(probe: Probe, axis: number): AxisApart {
  const extent = probe.shape[axis] as number;
  const stride = sizeOf(probe.shape.slice(axis + 1));
  for (let modulus = 1; modulus <= MOST_MODULUS && 2 * modulus <= extent; modulus *= 2) {
    const seen = positionsSeen(probe, stride, extent, modulus);
    if (seen === undefined) continue;
    return {
      stride,
      extent,
      modulus,
      position: (residue, output, element) => seen[residue]?.[output]?.[element] as number,
    };
  }
  return { stride, extent, modulus: extent, position: (residue) => residue };
}

/** Per residue and output the positions seen by its elements; undefined if an element sees two with the same residue. */
function positionsSeen(
  probe: Probe,
  stride: number,
  extent: number,
  modulus: number,
): Int32Array[][] | undefined {
  const digits = Math.ceil(Math.log2(Math.ceil(extent / modulus)));
  const all: Int32Array[][] = [];
  for (let residue = 0; residue < modulus; residue += 1) {
    const seen = probe.outputs.map((length) => new Int32Array(length).fill(residue));
    for (let digit = 0; digit < digits; digit += 1) {
      const half = (bit: number): readonly Float64Array[] => {
        const row = new Float64Array(probe.size);
        for (let j = 0; j < row.length; j += 1) {
          const position = Math.floor(j / stride) % extent;
          const isIn =
            position % modulus === residue && ((position / modulus) >> digit) % 2 === bit;
          if (isIn) row[j] = 1;
        }
        return probe.absolute(row);
      };
      const [zeros, ones] = [half(0), half(1)];
      for (const [output, positions] of seen.entries()) {
        const [zero, one] = [zeros[output] as Float64Array, ones[output] as Float64Array];
        for (let i = 0; i < positions.length; i += 1) {
          if (one[i] === 0) continue;
          if (zero[i] !== 0) return undefined;
          positions[i]! += modulus << digit;
        }
      }
    }
    all.push(seen);
  }
  return all;
}
