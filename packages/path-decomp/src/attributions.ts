import { requireArgument, type Tensor } from '@floatpath/core';
import { inputRow } from '@floatpath/activation-patterns';
import type { Neighborhood } from './neighborhood.js';
import { dot, pathWeights, type PathWeights } from './path-weights.js';
import type { PreparedPaths } from './prepare-paths.js';
import type { UnitValue } from './unit-groups.js';
import { rowSum } from './ulps.js';

/** One part of a scalar of the logits, led back to the input. */
export interface PartAttribution {
  /** Gradient of this part at x, per element of the input. */
  readonly gradient: Float64Array;
  /** gradient x input: what every element brings along this part's paths. */
  readonly input: Float64Array;
  /** What constants bring: biases, shifts, offsets of units. */
  readonly constant: number;
}

/** A scalar of the logits at one input, taken apart by paths. */
export interface Attribution {
  /** The scalar itself, by a forward pass. */
  readonly value: number;
  readonly fixed: PartAttribution;
  readonly float: PartAttribution;
  /** The float part by the last float unit on each path: a_u h_u, in the stable order. They sum to the float part. */
  readonly units: readonly UnitValue[];
  /** |both parts' inputs and constants - value| and |units - float part|, the larger, also in ulps of the rows' absolute sum. */
  readonly residual: number;
  readonly ulps: number;
}

/**
 * Attributes a scalar of the logits to input elements, constants and float units, for the fixed and the float part separately.
 *
 * The fixed part is affine on the whole neighborhood, so its gradient x input and constant are exact everywhere on it, not only
 * at x. The float part's are those of the piece that x lies on. Completeness: all four sums together are the scalar.
 *
 * @param cotangent - the scalar's weights of the logits, e.g. 1 at one class
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`, `invalid-argument`
 */
export function attribute(
  paths: PreparedPaths,
  x: Tensor,
  neighborhood: Neighborhood,
  cotangent: Float64Array,
): Attribution {
  requireArgument(
    cotangent.length === paths.classes,
    `attribute: expected ${paths.classes} weights of the logits, got ${cotangent.length}`,
  );
  const point = paths.at(inputRow(paths.analysis, x, 'attribute'));
  const weights = pathWeights(paths, neighborhood, cotangent, point.selections);
  const part = ({ input, constant }: PathWeights): PartAttribution => ({
    gradient: input,
    input: input.map((weight, i) => weight * (point.input.data[i] as number)),
    constant,
  });
  const [fixed, float] = [part(weights.fixed), part(weights.float)];
  const units: UnitValue[] = [];
  neighborhood.float.forEach((mark, unit) => {
    if (mark !== 1) return;
    const value = (weights.fixed.units[unit] as number) * (point.outputs[unit] as number);
    units.push({ unit, value });
  });
  const value = dot(cotangent, point.logits);
  const ofFloat = [...float.input, float.constant];
  const whole = rowSum([...fixed.input, fixed.constant, ...ofFloat], value);
  const floatPart = ofFloat.reduce((sum, row) => sum + row, 0);
  const byUnit = rowSum(
    units.map((unit) => unit.value),
    floatPart,
  );
  return {
    value,
    fixed,
    float,
    units,
    residual: Math.max(whole.residual, byUnit.residual),
    ulps: Math.max(whole.ulps, byUnit.ulps),
  };
}
