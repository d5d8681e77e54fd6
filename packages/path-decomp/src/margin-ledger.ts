import { FloatpathError, requireArgument, unitId, type Tensor } from '@floatpath/core';
import { inputRow, unitAt } from '@floatpath/activation-patterns';
import type { AtBoth } from './diagnose.js';
import type { Neighborhood } from './neighborhood.js';
import { dot, pathWeights, requireUnits } from './path-weights.js';
import type { PointValues, PreparedPaths } from './prepare-paths.js';
import { rowSum } from './ulps.js';

/** One float unit's row. */
export interface LedgerRow {
  /** Position in the stable order of units. */
  readonly unit: number;
  /** Printed id, e.g. `relu_1:3,5,7`. */
  readonly id: string;
  /** a_u: summed weight of the paths from the unit's output to the margin through fixed units only. */
  readonly weight: number;
  /** h_u at x and x'. */
  readonly output: AtBoth;
  /** a_u (h_u(x) - h_u(x')): what the margin lost through this unit. */
  readonly share: number;
}

/** Where a margin went, to the last bit that float64 keeps. */
export interface MarginLedger {
  readonly label: number;
  readonly rival: number;
  /** N_label - N_rival. */
  readonly margin: AtBoth;
  /** M(x) - M(x'). */
  readonly drop: number;
  /** What the fixed paths lost: M_fixed(x) - M_fixed(x'). */
  readonly fixed: number;
  /** All float units, in the stable order. */
  readonly rows: readonly LedgerRow[];
  /** |fixed + shares - drop|, the rows added in their order. */
  readonly residual: number;
  /** The residual in ulps of |fixed| + sum of |shares|. */
  readonly ulps: number;
}

export interface LedgerRequest {
  readonly x: Tensor;
  readonly adversarial: Tensor;
  readonly label: number;
  /** The class to compare with; the one that beats the label most at x' if left out. */
  readonly rival?: number;
  /** Which units are float and what the fixed ones select: of a segment, a comparison or a proof that hold x and x'. */
  readonly neighborhood: Neighborhood;
}

/**
 * The margin ledger of a pair: the lost margin as one row for the fixed paths and one for every float unit.
 *
 * With a_u constant on the neighborhood, M = fixed part + sum over float u of a_u h_u holds at every point of it, so
 *
 *     M(x) - M(x') = fixed row + sum_u a_u (h_u(x) - h_u(x'))
 *
 * is an identity; the residual is roundoff. The fixed row comes from the weights of the fixed paths, not from what the other rows leave.
 * Costs two forward passes and one backward pass in float64. The pair need not be a failure; equal points give zeros.
 *
 * @throws {FloatpathError} `shape-mismatch`, `not-finite`; `invalid-argument` for another class, or where a fixed unit does not
 * select at x or x' what the neighborhood says
 */
export function marginLedger(paths: PreparedPaths, request: LedgerRequest): MarginLedger {
  const { analysis } = paths;
  const { layout } = analysis;
  const { label, neighborhood } = request;
  requireUnits(layout.units, neighborhood);
  const [clean, adversarial] = [request.x, request.adversarial].map((point) =>
    paths.at(inputRow(analysis, point, 'marginLedger')),
  ) as [PointValues, PointValues];
  for (const point of [clean, adversarial]) requireInside(paths, neighborhood, point);
  requireClass('label', label, paths.classes);
  const rival = request.rival ?? strongestRival(adversarial.logits, label);
  requireClass('rival', rival, paths.classes);
  requireArgument(rival !== label, `marginLedger: expected a rival other than ${label}`);

  const cotangent = marginOf(paths.classes, label, rival);
  const { fixed: weights } = pathWeights(paths, neighborhood, cotangent);
  const moved = clean.input.data.map((v, i) => v - (adversarial.input.data[i] as number));
  const fixed = dot(weights.input, moved);
  const rows: LedgerRow[] = [];
  for (let unit = 0; unit < layout.units; unit += 1) {
    if (neighborhood.float[unit] !== 1) continue;
    const weight = weights.units[unit] as number;
    const output = {
      clean: clean.outputs[unit] as number,
      adversarial: adversarial.outputs[unit] as number,
    };
    const share = weight * (output.clean - output.adversarial);
    rows.push({ unit, id: idOf(paths, unit), weight, output, share });
  }
  const margin = {
    clean: (clean.logits[label] as number) - (clean.logits[rival] as number),
    adversarial: (adversarial.logits[label] as number) - (adversarial.logits[rival] as number),
  };
  const drop = margin.clean - margin.adversarial;
  const { residual, ulps } = rowSum([fixed, ...rows.map(({ share }) => share)], drop);
  return { label, rival, margin, drop, fixed, rows, residual, ulps };
}

/** The scalar N_label - N_rival as weights of the logits. */
export function marginOf(classes: number, label: number, rival: number): Float64Array {
  const cotangent = new Float64Array(classes);
  cotangent[label] = 1;
  cotangent[rival] = -1;
  return cotangent;
}

/** Lowest index of the largest logit other than the label's. */
export function strongestRival(logits: Float64Array, label: number): number {
  let best = label === 0 ? 1 : 0;
  logits.forEach((value, j) => {
    if (j !== label && value > (logits[best] as number)) best = j;
  });
  return best;
}

function idOf({ analysis: { layout } }: PreparedPaths, position: number): string {
  const unit = unitAt(layout, position);
  return unitId(unit, layout.gates.find(({ name }) => name === unit.gate)?.rowShape ?? []);
}

function requireClass(what: string, value: number, classes: number): void {
  requireArgument(
    Number.isInteger(value) && value >= 0 && value < classes,
    `marginLedger: expected a ${what} from 0 to ${classes - 1}, got ${value}`,
  );
}

/** A fixed unit selects the same everywhere on the neighborhood, so also at the two points. */
function requireInside(
  paths: PreparedPaths,
  { float, selections }: Neighborhood,
  point: PointValues,
): void {
  const stray = point.selections.findIndex(
    (selection, unit) => float[unit] !== 1 && selection !== selections[unit],
  );
  if (stray < 0) return;
  throw new FloatpathError(
    'invalid-argument',
    `marginLedger: expected both points inside the neighborhood, got one where fixed unit ${idOf(paths, stray)} selects ${point.selections[stray]} and not ${selections[stray]}; use the segment between these two points, or a ball that holds both`,
  );
}
