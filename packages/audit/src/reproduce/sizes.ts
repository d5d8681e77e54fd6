/** How large a reproduction is: everything else about it is fixed. */
export interface ReproductionSize {
  /** Images attacked, diagnosed and certified. */
  readonly images: number;
  /** Estimation draws per image and network. */
  readonly n: number;
  /** Images of which float fractions are measured. */
  readonly fractionImages: number;
  /** Surrogate radii per conditional anchor, and certificates per other classifier, that are attacked. */
  readonly surrogates: number;
  readonly certificates: number;
  /** Gradient steps per claim. */
  readonly steps: number;
}

/** quick: minutes on a laptop, to see it run. full: what is published. */
export const reproductionSizes = {
  quick: { images: 40, n: 500, fractionImages: 5, surrogates: 10, certificates: 4, steps: 10 },
  full: { images: 150, n: 1000, fractionImages: 20, surrogates: 40, certificates: 15, steps: 20 },
} as const satisfies Readonly<Record<string, ReproductionSize>>;

export type ReproductionSizeName = keyof typeof reproductionSizes;

/** The smoothing noise of everything but the float fractions; the bundled calibrations hold at it. */
export const REPRODUCED_SIGMA = 0.25;

/** What the networks are attacked within, in l2, before their failures are diagnosed. */
export const REPRODUCED_EPSILON = 1;

/** Where float fractions are measured. */
export const FRACTION_SIGMAS = [0.12, 0.25, 0.5, 1] as const;

/** Draws that say which units are float there. */
export const FRACTION_DRAWS = 200;
