import { requireRange } from './range.js';
import { noiseKernels } from './shared-kernels.js';
import { streamState, type StreamKey } from './stream.js';

/**
 * Fills `out[at .. at + size)` with the stream's standard normals; each Philox block of four words gives four.
 * None is beyond 6.77 in absolute value, the radius of the smallest uniform 2^-33. The same bits on every platform, but
 * not sound for certificates: `arithmetic: 'float'`.
 *
 * @throws {FloatpathError} `invalid-argument` if the range is not within `out`
 */
export function fillNormal(out: Float32Array, at: number, size: number, stream: StreamKey): void {
  requireRange('fillNormal', out, at, size);
  noiseKernels().fillNormal(out, at, size, streamState(stream));
}
