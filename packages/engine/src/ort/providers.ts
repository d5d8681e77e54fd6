import type { Network } from '@floatpath/core';
import { misansweredByWebgpu } from '../ops/webgpu-faults.js';

/** An execution provider of ONNX Runtime by its name, or with the options that the runtime has for it. */
export type OrtProvider = string | { readonly name: string };

const nameOf = (provider: OrtProvider): string =>
  typeof provider === 'string' ? provider : provider.name;

/** `onnxruntime-web 1.30.0 (webgpu)`: results of two providers are not each other's. */
export const nameWith = (name: string, providers: readonly OrtProvider[]): string =>
  providers.length === 0 ? name : `${name} (${providers.map(nameOf).join(', ')})`;

/** Whether rows may depend on their batch: known not to only where it is tested, on the CPU. */
export const mayMixRows = (providers: readonly OrtProvider[]): boolean =>
  providers.some((provider) => !['cpu', 'wasm'].includes(nameOf(provider)));

interface WithCpuNodes {
  readonly forceCpuNodeNames?: readonly string[];
}

/** The providers for one network: nodes that WebGPU is known to answer wrongly stay on the CPU. */
export function providersFor(
  network: Network,
  providers: readonly OrtProvider[],
): readonly OrtProvider[] {
  return providers.map((provider) => {
    if (nameOf(provider) !== 'webgpu') return provider;
    const given = typeof provider === 'string' ? { name: provider } : provider;
    const { forceCpuNodeNames = [] } = given as WithCpuNodes;
    const forced = [...forceCpuNodeNames, ...misansweredByWebgpu(network)];
    // The runtime refuses an empty list, and then every later session.
    return forced.length === 0 ? given : { ...given, forceCpuNodeNames: forced };
  });
}
