import { requireArgument, type Network, type ValueInfo } from '@floatpath/core';
import { createGraphBuilder, withComposedPrefix } from '@floatpath/engine';
import type { Partition } from '@floatpath/path-decomp';
import type { AnchorBase } from '../anchor.js';
import { emitDenoised, requireShape, type Denoiser } from '../denoise/denoiser.js';
import { inputAnchor } from './input.js';
import { partitionOfCopy } from './partition-of-copy.js';

export interface DenoisedAnchor extends AnchorBase<'denoised', (network: Network) => Partition> {
  readonly kappa: number;
  readonly denoiser: Denoiser;
}

export interface DenoisedAnchorOptions {
  /** How many standard deviations from its nearest breakpoint a unit stays float; 1 unless given. */
  readonly kappa?: number;
  /** s_u of every unit, per gate node name: `deviations` of a calibration. */
  readonly deviations: ReadonlyMap<string, Float32Array>;
  /** A fixed linear denoiser: `denoisers` of a calibration. */
  readonly denoiser: Denoiser;
}

/**
 * A unit is float iff its gate distance in the plain network at the denoised input a(z) is below `kappa` times its deviation.
 * Selections and values still come from the noisy input z itself.
 *
 * With a fixed a, a function of the noisy input alone, so the smoothing theorem applies to the repressed network. Print
 * `behindDenoiser` and `averagedWithDenoised` beside it: where they gain as much, the denoiser and not the repression does.
 *
 * @throws {FloatpathError} `invalid-argument` for a negative kappa; when a network is repressed, `shape-mismatch` for a
 * denoiser of other inputs, `not-calibrated` and `shape-mismatch` as `inputAnchor`
 */
export function denoisedAnchor(options: DenoisedAnchorOptions): DenoisedAnchor {
  const { kappa = 1, deviations, denoiser } = options;
  requireArgument(
    Number.isFinite(kappa) && kappa >= 0,
    `denoisedAnchor: expected kappa a finite number from 0, got ${kappa}`,
  );
  const near = inputAnchor({ kappa, deviations });
  return {
    kind: 'denoised',
    name: `denoised(${denoiser.kind}, kappa ${kappa})`,
    kappa,
    denoiser,
    partition: (network) => atDenoised(network, denoiser, near.partition),
  };
}

/** `near` of a copy of the network that sees a(z). */
function atDenoised(network: Network, denoiser: Denoiser, near: Partition): Partition {
  requireShape(denoiser, network);
  const [input] = network.inputs as readonly [ValueInfo];
  // Denoiser and first layer as one matrix, where that is the narrower way.
  const denoised = withComposedPrefix(behind(network, input, denoiser));
  return partitionOfCopy(denoised, near, () => input.name);
}

/** The network on a(z), its nodes under their own names. */
function behind(network: Network, input: ValueInfo, denoiser: Denoiser): Network {
  const graph = createGraphBuilder(network, { withNodes: false });
  const shape = input.shape.slice(1).map(Number);
  const denoised = emitDenoised(graph, denoiser, input.name, shape);
  for (const node of network.nodes) {
    const inputs = node.inputs.map((name) => (name === input.name ? denoised : name));
    graph.addNode({ ...node, inputs });
  }
  return graph.build(`${network.name} on denoised inputs`, network.outputs);
}
