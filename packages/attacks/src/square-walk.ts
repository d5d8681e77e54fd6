/** How Square moves in one kind of region: from the point that it holds to one that it proposes. */
export interface SquareWalk {
  /** How many uniforms the start takes, and each step. */
  readonly startUniforms: number;
  readonly stepUniforms: number;
  start(point: Float32Array, uniforms: Float64Array): void;
  /**
   * Fills `point` with one window changed from the point that is held.
   *
   * @param share - of the coordinates that the window covers
   */
  propose(point: Float32Array, share: number, uniforms: Float64Array): void;
  hold(point: Float32Array): void;
}
