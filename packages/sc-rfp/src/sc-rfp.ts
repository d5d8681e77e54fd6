import { requireArgument, type Network, type ValueInfo } from '@floatpath/core';
import { foldConstants, gatesOf } from '@floatpath/engine';
import { fixedFirst, fixedFirstPartition } from '@floatpath/path-decomp';
import type { UnconditionalAnchor } from './anchor.js';
import type { GlobalAnchor } from './anchors/global.js';
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
  const { network: base, partition } =
    anchor.kind === 'global' && form === 'path-sum' && lambda !== 1
      ? withFixedFirst(network, anchor)
      : { network, partition: anchor.partition };
  const repressed = repressOnce(base, { ...options, partition });
  const output = network.outputs[0] as ValueInfo;
  return joinNetworks(`${network.name} ${anchor.name} lambda ${lambda}`, network.inputs, [
    { prefix: '', network: repressed, output: output.name },
  ]);
}

/** The mask is the same for all inputs, so dense layers are put in an order in which fixed paths cost least. */
function withFixedFirst(network: Network, anchor: GlobalAnchor) {
  const plain = foldConstants(network);
  const masks = gatesOf(plain).map((gate) => [gate.node.name, anchor.floatUnitsOf(gate)] as const);
  const ordered = fixedFirst(plain, new Map(masks));
  return { network: ordered.network, partition: fixedFirstPartition(ordered) };
}
