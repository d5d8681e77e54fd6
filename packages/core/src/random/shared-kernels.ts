import { twinKernels, type NoiseKernels } from './noise-kernels.js';
import { noiseWasm } from './noise-wasm.js';
import { wasmKernels } from './wasm-kernels.js';

/** The WebAssembly kernels, or the twin where the platform has no WebAssembly with SIMD or forbids it. */
export function createNoiseKernels(): NoiseKernels {
  if (typeof WebAssembly === 'undefined') return twinKernels;
  const bytes = Uint8Array.from(atob(noiseWasm), (character) => character.charCodeAt(0));
  if (!WebAssembly.validate(bytes)) return twinKernels;
  try {
    return wasmKernels(bytes);
  } catch {
    // A content security policy without 'wasm-unsafe-eval' forbids it even where the module is valid.
    return twinKernels;
  }
}

let shared: NoiseKernels | undefined;

/**
 * One instance per thread, made at the first use: compiling takes a millisecond and its memory 704 KiB of an address
 * range that engines reserve in gigabytes, so an instance per sampler would run out. No result depends on it.
 */
export function noiseKernels(): NoiseKernels {
  shared ??= createNoiseKernels();
  return shared;
}
