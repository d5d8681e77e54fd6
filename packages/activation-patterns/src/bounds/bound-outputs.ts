import { requireArgument, type RunOptions } from '@floatpath/core';
import { proveByIntervals, type Proof } from '../prove.js';
import type { BoundMethod } from './bound-rows.js';
import type { PreparedBounds, ValueId } from './prepare.js';
import type { InputRegion } from './region.js';
import { createSubstitutedBounds } from './substituted-bounds.js';
import type { LinearRow } from './substitution.js';

/** sum_j outputs_j N_j(x) + sum_i inputs_i x_i: what is bounded. */
export interface LinearFunction {
  /** One weight per logit. */
  readonly outputs: ArrayLike<number>;
  /** One weight per input number; none where left out. */
  readonly inputs?: ArrayLike<number>;
}

export interface BoundOptions extends Pick<RunOptions, 'signal'> {
  /**
   * `interval`: intervals alone. `crown`: backward substitution for units that intervals leave open. `alpha-crown`: slopes moved
   * toward better bounds, per row.
   */
  readonly method: BoundMethod;
}

/** Sound bounds of linear functions over a region. */
export interface OutputBounds {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Of the gates on the way. */
  readonly proof: Proof;
}

/**
 * Proves which units keep their selection on all of a region, by the bounds of `method`.
 *
 * @throws whatever `signal` aborts with
 */
export function proveRegion(
  prepared: PreparedBounds,
  region: InputRegion,
  options: BoundOptions,
): Proof {
  return boundOutputs(prepared, region, { ...options, linear: [] }).proof;
}

/**
 * Bounds linear functions of the logits over a region, and with them the gates on the way. Every bound holds for the network in
 * real numbers and for its float64 evaluation by this library; it contains that of the methods before it.
 *
 * @param linear - what to bound; every logit by itself where left out
 * @throws {FloatpathError} `invalid-argument` for a function with another number of weights
 * @see Zhang et al. 2018 (CROWN); Singh et al. 2019 (DeepPoly); Xu et al. 2021 (alpha-CROWN)
 */
export function boundOutputs(
  prepared: PreparedBounds,
  region: InputRegion,
  { method, linear, signal }: BoundOptions & { readonly linear?: readonly LinearFunction[] },
): OutputBounds {
  const { analysis, sizes, valueOf } = prepared;
  const logits = valueOf.get(analysis.logits) as ValueId;
  const outputs = sizes[logits] as number;
  const inputs = sizes[0] as number;
  const functions = linear ?? identityFunctions(outputs);
  for (const { outputs: of, inputs: from } of functions) {
    requireArgument(
      of.length === outputs && (from === undefined || from.length === inputs),
      `boundOutputs: expected weights of ${outputs} outputs (and of ${inputs} inputs), got ${of.length}${from ? ` and ${from.length}` : ''}`,
    );
  }
  if (method === 'interval') {
    const proof = proveByIntervals(analysis, region);
    const lows = (sign: 1 | -1): Float64Array =>
      Float64Array.from(functions, (of) => intervalLow(of, sign, proof, region, prepared.kappa));
    return { low: lows(1), high: lows(-1).map((bound) => -bound), proof };
  }
  // The methods before this one: what is known already, and what no bound may be wider than.
  const before = boundOutputs(prepared, region, {
    method: method === 'crown' ? 'interval' : 'crown',
    linear: functions,
    ...(signal && { signal }),
  });
  const bounds = createSubstitutedBounds(prepared, region, method, signal ? { signal } : {});
  const proof = proveByIntervals(analysis, region, bounds, before.proof);
  const rows = [1, -1].flatMap((sign) => functions.map((of) => rowOf(of, sign, logits)));
  const found = bounds.lower(rows, Infinity);
  return {
    low: before.low.map((bound, k) => Math.max(bound, found[k] as number)),
    high: before.high.map((bound, k) => Math.min(bound, -(found[functions.length + k] as number))),
    proof,
  };
}

function identityFunctions(count: number): LinearFunction[] {
  return Array.from({ length: count }, (_, i) => {
    const outputs = new Float64Array(count);
    outputs[i] = 1;
    return { outputs };
  });
}

function rowOf({ outputs, inputs }: LinearFunction, sign: number, logits: ValueId): LinearRow {
  const terms = (value: ValueId, weights: ArrayLike<number>): LinearRow['terms'] =>
    Array.from(weights, (weight, index) => ({ value, index, weight: sign * weight })).filter(
      ({ weight }) => weight !== 0,
    );
  return { terms: [...terms(logits, outputs), ...(inputs ? terms(0, inputs) : [])] };
}

/** The least that bounds of the single logits and inputs leave, rounded down. */
function intervalLow(
  { outputs, inputs }: LinearFunction,
  sign: 1 | -1,
  { logits }: Proof,
  region: InputRegion,
  roundoff: number,
): number {
  let sum = 0;
  let magnitude = 0;
  const add = (weights: ArrayLike<number>, low: Float64Array, high: Float64Array): void => {
    for (let i = 0; i < weights.length; i += 1) {
      const weight = sign * (weights[i] as number);
      if (weight === 0) continue;
      const term = weight * ((weight > 0 ? low[i] : high[i]) as number);
      sum += term;
      magnitude += Math.abs(term);
    }
  };
  add(outputs, logits.low, logits.high);
  if (inputs) add(inputs, region.low, region.high);
  return sum - roundoff * magnitude;
}
