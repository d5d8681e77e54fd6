import { FloatpathError } from '../errors.js';

/** Throws `invalid-argument` unless `[at, at + size)` lies within `out`. */
export function requireRange(name: string, out: Float32Array, at: number, size: number): void {
  const areCounts = Number.isInteger(at) && Number.isInteger(size) && at >= 0 && size >= 0;
  if (areCounts && at + size <= out.length) return;
  throw new FloatpathError(
    'invalid-argument',
    `${name}: expected at and size within the ${out.length} values of out, got ${at} and ${size}`,
  );
}
