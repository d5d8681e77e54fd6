import { malformedAt, type Source } from './source.js';

/** Most axes that HDF5 allows. */
const MOST_AXES = 32;

/**
 * The shape at `at`: `[]` for one element; `undefined` for none.
 *
 * @see HDF5 File Format Specification 3.0, IV.A.2.b
 */
export function readDataspace(source: Source, at: number): readonly number[] | undefined {
  const version = source.u8(at);
  const rank = source.u8(at + 1);
  if (version < 1 || version > 2 || rank > MOST_AXES)
    throw malformedAt(at, `expected a shape, got version ${version} with ${rank} axes`);
  if (version === 2 && source.u8(at + 3) === 2) return undefined;
  const start = at + (version === 1 ? 8 : 4);
  return Array.from({ length: rank }, (_, axis) => source.length(start + axis * source.lengthSize));
}
