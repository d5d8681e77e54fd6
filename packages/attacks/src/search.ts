import type { Bounds, Region } from '@floatpath/core';
import type { FeasibleSet } from './feasible.js';
import type { Goal } from './goal.js';

/** One row that a search wants answered. `x` is read when the batch is run, which is before the search goes on. */
export type Query =
  | { readonly kind: 'logits'; readonly x: Float32Array }
  | {
      readonly kind: 'cross-entropy' | 'margin';
      readonly x: Float32Array;
      readonly label: number;
    }
  /** The gradient is 0 where DLR is undefined. */
  | { readonly kind: 'dlr'; readonly x: Float32Array; readonly label: number }
  | {
      readonly kind: 'targeted-dlr';
      readonly x: Float32Array;
      readonly label: number;
      readonly target: number;
    }
  | {
      readonly kind: 'cotangent';
      readonly x: Float32Array;
      /** One weight per class. */
      readonly cotangent: Float32Array;
    };

export interface Answer {
  readonly logits: Float32Array;
  /** Empty for `logits` queries. Always finite. */
  readonly gradient: Float32Array;
}

/** A computation on one row that asks for answers; the driver runs many rows' questions in full batches. */
export type Asking<T> = Generator<readonly Query[], T, readonly Answer[]>;

/** What a search knows: one row, and nothing about its batch. */
export interface Problem {
  readonly x: Float32Array;
  /** Without the batch axis. */
  readonly shape: readonly number[];
  readonly goal: Goal;
  readonly classes: number;
  /** The region of this row alone; box corners have one row. */
  readonly region: Region;
  readonly bounds: Bounds;
  /** Region and bounds together. */
  readonly set: FeasibleSet;
  /** Scores of `x` itself: logits, or what the attack judges rows by. */
  readonly clean: Float32Array;
  readonly seed: number;
  readonly image: number;
  readonly restart: number;
}

/** A point and how near it came: `score` is positive when the criterion is met, and larger is nearer. */
export interface Attempt {
  readonly x: Float32Array;
  readonly score: number;
  readonly found: boolean;
  /** The search met a gradient of exactly zero, so that a failure says little. */
  readonly zeroGradient: boolean;
}

/**
 * The whole of an attack, for one row: asks for logits and gradients, returns its best attempt. Randomness comes from
 * streams keyed by (seed, image, restart, own lane) only, so that a row's fate cannot depend on its batch.
 */
export type Search = (problem: Problem) => Asking<Attempt>;

/** Asks one question. */
export function* ask(query: Query): Asking<Answer> {
  const [answer] = yield [query];
  return answer as Answer;
}
