/** Whether a number holds for the floating-point program itself or only for its real-number model. */
export type Arithmetic = 'grid' | 'float';

/**
 * `unconditional`: f is a function of its noisy input alone, so the theorem applies to what is deployed.
 * `conditional`: f was made from the centre x; the number holds for the network frozen at this x only.
 */
export type Guarantee = 'unconditional' | 'conditional';

/**
 * How fixedness of a unit is known. `compared`: exact, for the listed points. `segment`: every crossing on
 * the segment found. `sampled`: no flip seen. `proved`: sound bounds over the ball and the input bounds.
 */
export type Evidence = 'compared' | 'segment' | 'sampled' | 'proved';

export type Norm = 'linf' | 'l2' | 'l1';

/**
 * A batch of noise vectors for one input. `values` is row-major `[rows, size]`.
 *
 * `grid`: integers J in units of one 255th of the bounds' width. The classifier's input is
 * `low + (high - low) * clip(u + J, clip[0], clip[1]) / 255`, with u the integer grid point of x; the sum and the
 * clip are exact in float32 and the division is the only rounding, so f is a function of the grid point.
 * `float`: added to x as they are.
 */
export type NoiseRows =
  | {
      readonly arithmetic: 'grid';
      readonly rows: number;
      readonly values: Float32Array;
      readonly clip: readonly [low: number, high: number];
    }
  | { readonly arithmetic: 'float'; readonly rows: number; readonly values: Float32Array };

/** Levels of an 8-bit input above the lowest. */
export const GRID_STEPS = 255;
