import { boolTensor, FloatpathError, requireArgument } from '@floatpath/core';
import type { Gate } from '@floatpath/engine';
import type { AnchorBase } from '../anchor.js';

export interface GlobalAnchor extends AnchorBase<'global'> {
  readonly q: number;
  /** 1 at the float units of a gate. */
  floatUnitsOf(gate: Gate): Uint8Array;
}

export interface GlobalAnchorOptions {
  /** Share of the units of every gate that are float, in [0, 1]; rounded to the nearest number of units. */
  readonly q: number;
  /** How often every unit leaves its most frequent selection, per gate node name: `minority` of a calibration. */
  readonly minority: ReadonlyMap<string, Float32Array>;
}

/**
 * One partition for all inputs: per gate, the `q` share of units that change their selection most often under the noise,
 * on average over calibration images. Of equal units the lower index is float first.
 *
 * A constant, so the smoothing theorem applies to the repressed network.
 *
 * @throws {FloatpathError} `invalid-argument` for q outside [0, 1]; when a network is repressed, `not-calibrated` for a gate
 * without frequencies and `shape-mismatch` for another number of units
 */
export function globalAnchor({ q, minority }: GlobalAnchorOptions): GlobalAnchor {
  requireArgument(q >= 0 && q <= 1, `globalAnchor: expected q in [0, 1], got ${q}`);
  const floatUnitsOf = (gate: Gate): Uint8Array => largestShare(frequenciesOf(gate, minority), q);
  return {
    kind: 'global',
    name: `global(q ${q})`,
    q,
    floatUnitsOf,
    partition: {
      floatUnits: (graph, gate) =>
        graph.constant(boolTensor([1, ...gate.rowShape], floatUnitsOf(gate))),
    },
  };
}

/** 1 at the `q` share of the entries with the greatest values. */
export function largestShare(values: Float32Array, q: number): Uint8Array {
  const order = Array.from(values.keys()).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
  const mask = new Uint8Array(values.length);
  for (const unit of order.slice(0, Math.round(q * values.length))) mask[unit] = 1;
  return mask;
}

function frequenciesOf(gate: Gate, minority: ReadonlyMap<string, Float32Array>): Float32Array {
  const values = minority.get(gate.node.name);
  if (values === undefined) {
    throw new FloatpathError(
      'not-calibrated',
      `globalAnchor: expected frequencies of gate "${gate.node.name}", got those of ${[...minority.keys()].join(', ') || 'no gate'}; calibrate this network`,
    );
  }
  if (values.length !== gate.units) {
    throw new FloatpathError(
      'shape-mismatch',
      `globalAnchor: expected ${gate.units} frequencies for gate "${gate.node.name}", got ${values.length}; calibrate this network`,
    );
  }
  return values;
}
