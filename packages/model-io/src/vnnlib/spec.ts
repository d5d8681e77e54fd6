/** A weight on one input or output, by its number: `X_3` is input 3. */
export interface VnnlibTerm {
  readonly index: number;
  readonly weight: number;
}

/** sum of inputs + sum of outputs <= bound, or < bound. */
export interface VnnlibConstraint {
  readonly inputs: readonly VnnlibTerm[];
  readonly outputs: readonly VnnlibTerm[];
  readonly bound: number;
  readonly strict: boolean;
}

/** A box of inputs, and constraints that hold in it together. */
export interface VnnlibCase {
  /** Lowest value of each input, -Infinity where the file does not say. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly constraints: readonly VnnlibConstraint[];
}

/** The unsafe set of a vnnlib file: the network violates the property where any case holds. */
export interface VnnlibSpec {
  /** Numbers of declared inputs X_0, X_1, ... and outputs Y_0, Y_1, ... */
  readonly inputs: number;
  readonly outputs: number;
  /** Cases whose box is empty are left out: none at all is a set without points. */
  readonly cases: readonly VnnlibCase[];
}
