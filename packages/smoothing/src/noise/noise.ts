import type { Arithmetic, Bounds, NoiseRows, Norm, Purpose } from '@floatpath/core';

/**
 * Which noise vectors are meant: draws `from .. from + count - 1` of one stream, each of `size`
 * values.
 */
export interface NoiseRequest {
  readonly seed: number;
  readonly purpose: Purpose;
  /** Identity of the image, or 0 for noise shared by all images. */
  readonly image: number;
  readonly from: number;
  readonly count: number;
  readonly size: number;
}

export interface NoiseDraw {
  readonly noise: NoiseRows;
  /** Rows (from 0) that could not be sampled exactly; they count against every certificate. */
  readonly rejected: readonly number[];
}

/** Every kind that `noiseOf` makes: the norm of its radii, and what they hold for. */
const kinds = {
  'integer-gaussian': { norm: 'l2', arithmetic: 'grid' },
  gaussian: { norm: 'l2', arithmetic: 'float' },
  uniform: { norm: 'l1', arithmetic: 'grid' },
  laplace: { norm: 'l1', arithmetic: 'float' },
} as const satisfies Readonly<Record<string, { norm: Norm; arithmetic: Arithmetic }>>;

export type NoiseKind = keyof typeof kinds;

/** The kinds of noise, by name. */
export const noiseKinds = Object.keys(kinds) as readonly NoiseKind[];

/** The norm that a kind certifies in, and whether for the floating-point program; splitting is uniform noise without draws. */
export function noiseKindOf(kind: NoiseKind | 'splitting'): {
  readonly norm: Norm;
  readonly arithmetic: Arithmetic;
} {
  return kinds[kind === 'splitting' ? 'uniform' : kind];
}

interface NoiseLaw {
  readonly kind: NoiseKind;
  /** Standard deviation in input units. */
  readonly sigma: number;
  /** The norm that `radius` is measured in. */
  readonly norm: Norm;
  /** A pure function of the request: any split into requests gives the same rows. */
  rows(request: NoiseRequest): NoiseDraw;
  /**
   * Radius, in input units and rounded towards less, within which a class of probability at least
   * `pLower` stays above every class of probability at most `pUpper`, 1 - pLower unless given.
   *
   * @throws {FloatpathError} `invalid-argument` unless 0 < pUpper <= pLower < 1
   */
  radius(pLower: number, pUpper?: number): number;
}

/**
 * The noise of a smoothed classifier: how it is drawn, and what a probability under it certifies.
 */
export type Noise =
  | (NoiseLaw & { readonly arithmetic: 'grid'; readonly bounds: Bounds })
  | (NoiseLaw & { readonly arithmetic: 'float' });
