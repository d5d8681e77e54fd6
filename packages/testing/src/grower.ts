import type { Attributes, Tensor } from '@floatpath/core';

/** A value of the network being grown, without its batch axis. */
export interface Value {
  readonly name: string;
  readonly rowShape: readonly number[];
}

/** Where a grower works: one source value, the others so far, and choices that shrink toward 0. */
export interface Site {
  readonly source: Value;
  /** Other values of the network, the newest first. */
  readonly others: readonly Value[];
  /** An integer in [0, limit), 0 after shrinking. */
  choose(limit: number): number;
  /** Weights scaled by `fanIn`, at most 4 in absolute value. Returns the constant's name. */
  weights(shape: readonly number[], fanIn: number): string;
  /** Numbers in [-1, 1]. */
  shifts(shape: readonly number[]): string;
  /** Numbers in [1/2, 3/2]. */
  gains(shape: readonly number[]): string;
  constant(tensor: Tensor): string;
  /** Adds a node and returns the name of its output. */
  node(op: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node of several outputs and returns their names. */
  nodes(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Attributes,
  ): readonly string[];
}

/** Values of a row that a grower may make at most. */
export const MOST_ELEMENTS = 96;

/** One op that random networks may contain. A new op adds one grower. */
export interface Grower {
  readonly name: string;
  /** The new value, or nothing where the op does not fit the source. */
  grow(site: Site): Value | undefined;
}
