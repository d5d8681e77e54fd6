import { FloatpathError, type Bounds } from '@floatpath/core';
import { gaussian } from './gaussian.js';
import { integerGaussian } from './integer-gaussian.js';
import { laplace } from './laplace.js';
import { noiseKinds, type Noise, type NoiseKind } from './noise.js';
import { uniform } from './uniform.js';

/** Noise as plain data, for files and workers. */
export interface NoiseSpec {
  readonly kind: NoiseKind;
  /** Standard deviation in input units, whatever the kind: uniform noise is sqrt(3) sigma wide to either side. */
  readonly sigma: number;
}

/**
 * The noise that `spec` describes, for inputs within `bounds`.
 *
 * @throws {FloatpathError} `invalid-argument` for a sigma out of range or a kind that is none
 */
export function noiseOf({ kind, sigma }: NoiseSpec, bounds: Bounds): Noise {
  switch (kind) {
    case 'integer-gaussian':
      return integerGaussian({ sigma, bounds });
    case 'gaussian':
      return gaussian({ sigma });
    case 'uniform':
      return uniform({ halfWidth: sigma * Math.sqrt(3), bounds });
    case 'laplace':
      return laplace({ scale: sigma / Math.SQRT2 });
    default:
      throw new FloatpathError(
        'invalid-argument',
        `noiseOf: expected ${noiseKinds.join(' or ')}, got ${String(kind)}`,
      );
  }
}
