import { FloatpathError } from '@floatpath/core';
import type { PatternLayout } from './layout.js';

/** What several inputs select, added up per unit. */
export interface SelectionCounts {
  readonly inputs: number;
  /** Inputs at which the unit selects any piece but its lowest. */
  readonly fired: Uint32Array;
  /** Lowest and highest piece that any of the inputs selects. */
  readonly lowest: Uint16Array;
  readonly highest: Uint16Array;
}

/** How often every unit fires over a stream of inputs. */
export interface FiringRates {
  /** @param selections - of all units at one input @throws {FloatpathError} `shape-mismatch` */
  add(selections: Uint16Array): void;
  /** Adds what an engine has counted. @throws {FloatpathError} `shape-mismatch` */
  addCounts(counts: SelectionCounts): void;
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
  const { units } = layout;
  const fired = new Uint32Array(units);
  const float = new Uint8Array(units);
  const lowest = new Uint16Array(units);
  const highest = new Uint16Array(units);
  let inputs = 0;
  const requireUnits = ({ length }: Uint16Array): void => {
    if (length === units) return;
    throw new FloatpathError(
      'shape-mismatch',
      `firing rates: expected selections of ${units} units, got ${length}`,
    );
  };
  /** Widens what was selected so far. */
  const see = (low: Uint16Array, high: Uint16Array): void => {
    if (inputs === 0) {
      lowest.set(low);
      highest.set(high);
    }
    for (let i = 0; i < units; i += 1) {
      if ((low[i] as number) < (lowest[i] as number)) lowest[i] = low[i] as number;
      if ((high[i] as number) > (highest[i] as number)) highest[i] = high[i] as number;
      if (lowest[i] !== highest[i]) float[i] = 1;
    }
  };
  return {
    add(selections) {
      requireUnits(selections);
      see(selections, selections);
      for (let i = 0; i < units; i += 1) if (selections[i] !== 0) fired[i]! += 1;
      inputs += 1;
    },
    addCounts(counts) {
      requireUnits(counts.lowest);
      if (counts.inputs === 0) return;
      see(counts.lowest, counts.highest);
      for (let i = 0; i < units; i += 1) fired[i]! += counts.fired[i] as number;
      inputs += counts.inputs;
    },
    get inputs() {
      return inputs;
    },
    fired,
    rates: () => Float64Array.from(fired, (count) => (inputs === 0 ? 0 : count / inputs)),
    float,
  };
}
