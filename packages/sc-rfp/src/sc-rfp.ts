import { requireArgument, type Network, type ValueInfo } from '@floatpath/core';
import type { UnconditionalAnchor } from './anchor.js';
import { isAtCenter } from './forms/expectation.js';
import { joinNetworks } from './join.js';
import { repressOnce, type RepressForm } from './repress.js';

export interface ScRfpOptions<A> {
  readonly anchor: A;
  readonly form: RepressForm;
  /** In [0, 1]: 0 removes what is float, 1 leaves the network as it is. */
  readonly lambda: number;
  /** Takes any finite lambda: above 1 float paths are amplified, below 0 turned around. */
  readonly extrapolate?: boolean;
}

/**
 * The base classifier of SC-RFP as a network that can take the place of the plain one: same inputs, same output. It is
 * a function of its input alone, so what `certify` says about it holds, and it exports as ONNX.
 *
 * Anchors at the center are refused by type: they give a `CenteredClassifier`.
 *
 * @throws {FloatpathError} `invalid-argument` for a lambda outside [0, 1] (unless `extrapolate`), a network without gates, or
 * the expectation form at the center; `not-calibrated`;
 * `not-piecewise-linear`, naming the node
 * @see Jiang 2023, On Explaining Neural Network Robustness with Activation Path; Cohen, Rosenfeld, Kolter 2019, Theorem 1
 */
export function scRfp(network: Network, options: ScRfpOptions<UnconditionalAnchor>): Network {
  const { anchor, form, lambda } = options;
  requireArgument(
    !isAtCenter(form),
    'scRfp: expected mean outputs of a calibration, got those at the center; they make the network a function of it',
  );
  const repressed = repressOnce(network, { ...options, partition: anchor.partition });
  const output = network.outputs[0] as ValueInfo;
  return joinNetworks(`${network.name} ${anchor.name} lambda ${lambda}`, network.inputs, [
    { prefix: '', network: repressed, output: output.name },
  ]);
}
