import { FloatpathError, requireArgument } from '@floatpath/core';

/** What a class bound is made from. */
export interface BoundInput {
  /** Class counts that choose the label; drawn independently of `estimation`. */
  readonly selection: Uint32Array;
  /** Class counts that bound its probability. */
  readonly estimation: Uint32Array;
  /** Estimation draws made, rejected ones included: those are in no class count and count against. */
  readonly n: number;
  /** One-sided failure probability of everything that is said about this image. */
  readonly alpha: number;
  /** The random number of a randomised bound: `randomizationOf`, drawn before the counts are. */
  readonly u?: number;
}

/** With probability at least 1 - alpha: P(label) >= pLower, and every other class has at most pUpper. */
export interface ClassBound {
  readonly label: number;
  readonly pLower: number;
  /** Absent where nothing better than 1 - pLower is known. */
  readonly pUpper?: number;
  /** The random number that a randomised bound used. */
  readonly u?: number;
}

/** A bound as plain data, for files. */
export type BoundSpec =
  | { readonly kind: 'binary' | 'two-class' | 'planned' | 'selection-free' | 'stevens' | 'anytime' }
  | { readonly kind: 'staged'; readonly stages: readonly number[] };

/** Turns class counts into bounds on class probabilities. */
export interface Bound {
  readonly spec: BoundSpec;
  /**
   * Numbers of draws at which it may be evaluated. `planned`: at the one number chosen beforehand. `any`: at any, chosen by
   * looking at the data. A list: at any of those.
   */
  readonly looks: 'planned' | 'any' | readonly number[];
  /** Whether the label comes from a selection sample of its own. */
  readonly selects: boolean;
  classBound(input: BoundInput): ClassBound;
}

/** The most frequent class, lowest index on ties. */
export function topClass(counts: Uint32Array): number {
  return counts.indexOf(Math.max(...counts));
}

/** @throws {FloatpathError} `shape-mismatch` or `invalid-argument` for counts, n or alpha that do not fit */
export function requireBoundInput({ selection, estimation, n, alpha }: BoundInput): void {
  if (estimation.length === 0 || selection.length !== estimation.length) {
    throw new FloatpathError(
      'shape-mismatch',
      `certificateOf: expected selection and estimation counts of the same classes, got ${selection.length} and ${estimation.length}`,
    );
  }
  requireArgument(
    alpha >= 1e-280 && alpha < 1,
    `certificateOf: expected alpha in (0, 1), got ${alpha}`,
  );
  requireArgument(
    Number.isSafeInteger(n) && n >= 1,
    `certificateOf: expected n an integer of at least 1, got ${n}`,
  );
  const counted = estimation.reduce((sum, count) => sum + count, 0);
  requireArgument(
    counted <= n,
    `certificateOf: expected at most n = ${n} estimation counts, got ${counted}; n is the number of draws`,
  );
}
