import type { Network, ValueInfo } from '@floatpath/core';
import { createGraphBuilder, foldConstants } from '@floatpath/engine';
import { emitCopy } from '../copy-network.js';
import { emitDenoised, requireShape, type Denoiser } from './denoiser.js';

/**
 * N(a(z)): the plain network behind the denoiser. What the denoiser does alone, to be printed beside every gain of the
 * denoised anchor.
 *
 * @throws {FloatpathError} `shape-mismatch` for a denoiser of other inputs
 */
export function behindDenoiser(network: Network, denoiser: Denoiser): Network {
  const { graph, output, behind } = onDenoised(network, denoiser);
  return graph.build(`${network.name} behind its denoiser`, [{ ...output, name: behind }]);
}

/**
 * (N(a(z)) + N(z)) / 2: the average of the plain network's logits and those behind the denoiser, the second control.
 *
 * @throws {FloatpathError} `shape-mismatch` for a denoiser of other inputs
 */
export function averagedWithDenoised(network: Network, denoiser: Denoiser): Network {
  const { graph, output, behind } = onDenoised(network, denoiser);
  const sum = graph.add('Add', [behind, output.name]);
  const name = graph.add('Mul', [sum, graph.scalar(0.5)]);
  return graph.build(`${network.name} averaged with its denoised self`, [{ ...output, name }]);
}

function onDenoised(network: Network, denoiser: Denoiser) {
  requireShape(denoiser, network);
  const plain = foldConstants(network);
  const [input] = plain.inputs as readonly [ValueInfo];
  const [output] = plain.outputs as readonly [ValueInfo];
  const graph = createGraphBuilder(plain);
  const shape = input.shape.slice(1).map(Number);
  const denoised = emitDenoised(graph, denoiser, input.name, shape);
  const behind = emitCopy(graph, plain, [denoised], [output.name]).get(output.name) as string;
  return { graph, output, behind };
}
