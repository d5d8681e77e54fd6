import { float64Tensor, FloatpathError, sizeOf, type Network } from '@floatpath/core';
import {
  analyze,
  boundOutputs,
  boxRegion,
  prepareBounds,
  type BoundMethod,
  type LinearFunction,
} from '@floatpath/activation-patterns';
import { dataValues, inferTypes } from '@floatpath/engine';
import type { VnnlibConstraint, VnnlibTerm } from '@floatpath/model-io';
import type { Target } from './target.js';

/** Lower and upper corner of a part of the input space. */
export interface Part {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Bounds of one network, asked about parts of its inputs. */
export interface CaseRefuter {
  /**
   * The targets of which bounds do not show that they have no point in `part`.
   *
   * @throws whatever `check` throws, which is asked between layers
   */
  refute(
    part: Part,
    targets: readonly Target[],
    method: BoundMethod,
    check: () => void,
  ): readonly Target[];
  /** Seconds that a method may take, about, where intervals leave every unit open. */
  secondsOf(method: BoundMethod): number;
}

/** Products per second that a busy machine manages, measured: of reading maps off a network, and of substituting them. */
const READ_PER_SECOND = 1e7;
const SUBSTITUTED_PER_SECOND = 2e8;
/** Substitutions of alpha-CROWN, about. */
const ROUNDS = 13;

/** Products of reading the map of every affine node, one unit vector per input element. */
function readingWork(network: Network): number {
  const types = inferTypes(network);
  const data = dataValues(network);
  const sizeOfValue = (name: string): number =>
    data.has(name) ? sizeOf(types.get(name)?.shape ?? []) : 0;
  return network.nodes.reduce((sum, { inputs, outputs }) => {
    const from = inputs.reduce((size, name) => size + sizeOfValue(name), 0);
    const to = outputs.reduce((size, name) => size + sizeOfValue(name), 0);
    return sum + from * to;
  }, 0);
}

const weightsOf = (terms: readonly VnnlibTerm[], size: number): Float64Array => {
  const weights = new Float64Array(size);
  for (const { index, weight } of terms) weights[index] = weight;
  return weights;
};

/** The library's long calls ask a signal, which the event loop would have to set: this one asks by itself. */
const signalOf = (check: () => void): AbortSignal =>
  ({ throwIfAborted: check }) as Pick<AbortSignal, 'throwIfAborted'> as AbortSignal;

/**
 * Prepares the bounds of a network: a target has no point where the lower bound of one of its constraints is above the constraint's
 * bound. It holds for the network in real numbers.
 *
 * @param network - rows in, `[rows, outputs]` out
 * @throws {FloatpathError} `not-piecewise-linear`, `unsupported-op` for a network too large to substitute
 */
export function caseRefuter(network: Network, outputs: number, secondsLeft: number): CaseRefuter {
  const seconds = readingWork(network) / READ_PER_SECOND;
  if (seconds > secondsLeft) {
    throw new FloatpathError(
      'unsupported-op',
      `falsify: expected a network whose bounds are prepared within ${Math.ceil(secondsLeft)} s, got one that takes about ${Math.ceil(seconds)} s; give more time`,
    );
  }
  const prepared = prepareBounds(analyze(network));
  const { analysis } = prepared;
  const inputs = sizeOf(analysis.inputShape);
  const numbers = prepared.sizes.reduce((sum, size) => sum + size, 0);
  const refute: CaseRefuter['refute'] = ({ low, high }, targets, method, check) => {
    const region = boxRegion(
      analysis,
      float64Tensor(analysis.inputShape, low),
      float64Tensor(analysis.inputShape, high),
    );
    const constraints = targets.flatMap((target) => target.constraints);
    const linear = constraints.map((of): LinearFunction => ({
      outputs: weightsOf(of.outputs, outputs),
      inputs: weightsOf(of.inputs, inputs),
    }));
    const { low: least } = boundOutputs(prepared, region, {
      method,
      linear,
      signal: signalOf(check),
    });
    let next = 0;
    const impossible = ({ bound, strict }: VnnlibConstraint): boolean => {
      const from = least[next++] as number;
      return strict ? from >= bound : from > bound;
    };
    // Every constraint has its number: all of them are looked at, not only the first that fails.
    return targets.filter((target) => !target.constraints.map(impossible).includes(true));
  };
  const rounds: Readonly<Record<BoundMethod, number>> = {
    interval: 0,
    crown: 1,
    'alpha-crown': ROUNDS,
  };
  return {
    refute,
    secondsOf: (method) => (rounds[method] * numbers * prepared.entries) / SUBSTITUTED_PER_SECOND,
  };
}
