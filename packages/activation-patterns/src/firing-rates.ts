import { FloatpathError } from '@floatpath/core';
import type { PatternLayout } from './layout.js';

/** How often every unit fires over a stream of inputs. */
export interface FiringRates {
  /** @param selections - of all units at one input @throws {FloatpathError} `shape-mismatch` */
  add(selections: Uint16Array): void;
  readonly inputs: number;
  /** Inputs at which the unit selects any piece but its lowest: z > 0 for Relu, a later candidate for gates that choose. */
  readonly fired: Uint32Array;
  /** Share of the inputs, per unit; NaN-free: 0 before any input. */
  rates(): Float64Array;
  /** 1 where the selection was not the same at all inputs: the float units of the stream, `compared`. */
  readonly float: Uint8Array;
}

/** Counts in memory that does not grow with the number of inputs. */
export function createFiringRates(layout: PatternLayout): FiringRates {
  const fired = new Uint32Array(layout.units);
  const float = new Uint8Array(layout.units);
  let first: Uint16Array | undefined;
  let inputs = 0;
  return {
    add(selections) {
      if (selections.length !== layout.units) {
        throw new FloatpathError(
          'shape-mismatch',
          `firing rates: expected selections of ${layout.units} units, got ${selections.length}`,
        );
      }
      first ??= selections.slice();
      for (let i = 0; i < selections.length; i += 1) {
        if (selections[i] !== 0) fired[i]! += 1;
        if (selections[i] !== first[i]) float[i] = 1;
      }
      inputs += 1;
    },
    get inputs() {
      return inputs;
    },
    fired,
    rates: () => Float64Array.from(fired, (count) => (inputs === 0 ? 0 : count / inputs)),
    float,
  };
}
