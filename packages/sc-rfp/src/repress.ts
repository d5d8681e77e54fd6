import { requireArgument, type Network, type ValueInfo } from '@floatpath/core';
import { foldConstants, gatesOf } from '@floatpath/engine';
import { partitionOf, type PartitionSource } from './anchor.js';
import { expectation, type ExpectationForm } from './forms/expectation.js';
import { layerwise } from './forms/layerwise.js';
import { pathSum } from './forms/path-sum.js';
import { joinNetworks } from './join.js';

/**
 * How float paths are repressed. path-sum: f = fixed + lambda * float. layerwise: outputs of float units times lambda, layer by
 * layer. expectation: the rest of them is replaced by their mean under the noise.
 */
export type RepressForm = 'path-sum' | 'layerwise' | ExpectationForm;

export interface RepressOptions {
  readonly partition: PartitionSource;
  /** Each in [0, 1]: 0 removes what is float, 1 leaves the network as it is. */
  readonly lambdas: readonly number[];
  readonly form: RepressForm;
  /** Takes any finite lambda: above 1 float paths are amplified, below 0 turned around. Not what the paper means. */
  readonly extrapolate?: boolean;
}

/** Name of the output for one lambda: `lambda_0.5`. */
export function lambdaOutput(lambda: number): string {
  return `lambda_${lambda}`;
}

/**
 * The network with its float paths repressed, for several lambdas in one pass: the path-sum form computes N and its
 * fixed part once. For lambda = 1 the output is the network's own logits, untouched.
 *
 * @param network - first output `[batch, K]` logits
 * @returns one output {@link lambdaOutput} `[batch, K]` per lambda; the inputs of `network` and of the partition
 * @throws {FloatpathError} `invalid-argument` for a lambda outside [0, 1] (unless `extrapolate`) or a network without gates;
 * `not-piecewise-linear`, naming the node
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path (SC-RFP)
 */
export function repressFloatPaths(network: Network, options: RepressOptions): Network {
  const parts = options.lambdas.map((lambda) => ({
    prefix: '',
    network: repressOnce(network, { ...options, lambda }),
    output: lambdaOutput(lambda),
  }));
  return joinNetworks(`${network.name} repressed`, network.inputs, parts);
}

/** The form in one word, for reports. */
export function formName(form: RepressForm): 'path-sum' | 'layerwise' | 'expectation' {
  return typeof form === 'string' ? form : form.kind;
}

/** The repressed network for one lambda; its only output has whatever name the form gave it. */
export function repressOnce(
  network: Network,
  options: {
    readonly partition: PartitionSource;
    readonly form: RepressForm;
    readonly lambda: number;
    readonly extrapolate?: boolean;
  },
): Network {
  const { partition, form, lambda, extrapolate = false } = options;
  requireArgument(
    extrapolate ? Number.isFinite(lambda) : lambda >= 0 && lambda <= 1,
    extrapolate
      ? `repressFloatPaths: expected a finite lambda, got ${lambda}`
      : `repressFloatPaths: expected lambda in [0, 1], got ${lambda}; say extrapolate to go outside`,
  );
  const plain = foldConstants(network);
  requireArgument(
    gatesOf(plain).length > 0,
    'repressFloatPaths: expected a network with gates, got none; it has no float paths',
  );
  if (lambda === 1) return { ...plain, outputs: [plain.outputs[0] as ValueInfo] };
  const made = partitionOf(partition, plain);
  if (form === 'path-sum') return pathSum(plain, made, lambda);
  if (form === 'layerwise') return layerwise(plain, made, lambda);
  return expectation(plain, made, lambda, form);
}
