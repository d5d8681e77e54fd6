import { float32Tensor, sizeOf, type Float32Tensor, type Network } from '@floatpath/core';
import { writeOnnx } from '../../src/index.js';
import { runOnnx, type RunResult } from './onnx-runtime.js';

/** x[i] = fround(.5 + .5 sin(.7 i)): no two entries alike, none special. */
export const waves = (shape: readonly number[]): Float32Tensor =>
  float32Tensor(
    shape,
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.5 + 0.5 * Math.sin(0.7 * i)),
  );

/** A network with one input in ONNX Runtime. */
export const runNetwork = (network: Network, x: Float32Tensor): Promise<RunResult[]> =>
  runOnnx(writeOnnx(network), { [network.inputs[0]?.name ?? '']: x });

/** Largest difference relative to the largest wanted value: entries that cancel have no more digits than that. */
export function relativeDifference(got: readonly number[], want: readonly number[]): number {
  if (got.length !== want.length) return Infinity;
  const largest = Math.max(...want.map(Math.abs));
  return Math.max(...got.map((value, i) => Math.abs(value - (want[i] ?? NaN)))) / largest;
}
