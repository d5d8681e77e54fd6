import type { Classifier } from './classifier.js';
import type { Norm } from './noise.js';
import type { RunOptions } from './run-options.js';
import type { Float32Tensor } from './tensor.js';

/** Where an attack may look. Epsilon is in input units. */
export type Region =
  | { readonly kind: 'ball'; readonly norm: Norm; readonly epsilon: number }
  | { readonly kind: 'box'; readonly low: Float32Tensor; readonly high: Float32Tensor };

/** What counts as success. Labels are integers, one per row. */
export type Criterion =
  | { readonly kind: 'untargeted'; readonly labels: Int32Array }
  | { readonly kind: 'targeted'; readonly labels: Int32Array; readonly targets: Int32Array }
  | {
      /** Met where all constraints of at least one conjunction hold: vnnlib's unsafe set, the same for every row. */
      readonly kind: 'linear';
      readonly anyOf: readonly (readonly LinearConstraint[])[];
    };

/** sum_j weights_j z_j <= bound, over the logits z. */
export interface LinearConstraint {
  readonly weights: readonly number[];
  readonly bound: number;
}

/** An attack is a reusable value. Rows do not influence each other: a row's fate depends on (seed, image, attack, restart, step). */
export interface Attack {
  /** Full specification after defaults, for reports, e.g. `pgd(linf, 40 steps, relative step 0.1, 5 restarts, margin)`. */
  readonly name: string;
  run(
    classifier: Classifier,
    x: Float32Tensor,
    criterion: Criterion,
    region: Region,
    options: AttackOptions,
  ): Promise<AttackResult>;
}

export interface AttackOptions extends RunOptions {
  readonly seed: number;
  /** The identity of each row, for its random stream. */
  readonly images: Uint32Array;
  readonly batchSize: number;
}

export interface AttackResult {
  /** Inside the ball and the bounds, strictly, in float64; the best attempt where no success was found. */
  readonly adversarial: Float32Tensor;
  /** Per row. `success` is re-evaluated on exactly the returned row. */
  readonly rows: readonly AttackRow[];
  readonly queries: { readonly forward: number; readonly backward: number };
  readonly warnings: readonly AttackWarning[];
}

export interface AttackRow {
  readonly status: 'success' | 'failed' | 'already-wrong';
  /** Label predicted on the returned row. */
  readonly predicted: number;
  /** Float64 distance of the returned row from x, in the region's norm (linf for a box). */
  readonly distance: number;
}

export interface AttackWarning {
  readonly code:
    | 'zero-gradient'
    | 'not-finite'
    | 'few-classes'
    | 'weak-budget'
    | 'softmax-output'
    | 'labels-only'
    | 'randomized-output'
    | 'score-based-beats-gradient'
    | 'normalized-epsilon';
  readonly message: string;
  readonly rows?: readonly number[];
}
