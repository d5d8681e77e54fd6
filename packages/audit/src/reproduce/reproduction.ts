import type { Guarantee } from '@floatpath/core';
import type { Verdict } from '@floatpath/sc-rfp';

/** The mean share of tau-float units per gate, in the order of the network. */
export interface FloatFraction {
  readonly sigma: number;
  readonly tau: number;
  readonly shares: readonly number[];
}

/** Failures of one kind, and how many of them the smoothed network gets right at x'. */
export interface KindOutcome {
  readonly kind: 'lipschitz' | 'float' | 'fixed-already-wrong';
  readonly failures: number;
  readonly corrected: number;
}

export interface ReproducedDiagnosis {
  readonly attacked: number;
  readonly failures: number;
  readonly kinds: readonly KindOutcome[];
  /** Mean share of the lost margin that the fixed paths lost. */
  readonly fixedShare: number | null;
  /** Fisher's exact p-value of "float and Lipschitz failures are corrected equally often". */
  readonly pValue: number;
  /** The largest |fixed + float - N| over its tolerance: at most 1 where the decomposition holds. */
  readonly residual: number | null;
}

/** Radii of one smoothed classifier, 0 where it is wrong or abstains; `conditional` ones are surrogate radii of frozen networks. */
export interface ReproducedMethod {
  readonly name: string;
  readonly guarantee: Guarantee;
  readonly specification: string;
  /** One per image; null where wrong or without. */
  readonly radii: readonly (number | null)[];
  readonly mean: number;
  /** To plain smoothing, paired 95 % bootstrap; for a conditional method surrogate minus certified, which is no gain. */
  readonly toPlain: Interval | null;
}

export interface Interval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** One gain of a denoised anchor over one of its controls. */
export interface ControlGain extends Interval {
  readonly method: string;
  readonly over: string;
}

export interface ReproducedRefutation extends Verdict {
  readonly name: string;
  readonly guarantee: Guarantee;
  readonly attack: string;
}

export interface ReproducedNetwork {
  readonly label: string;
  readonly hash: string;
  readonly gates: readonly string[];
  readonly fractions: readonly FloatFraction[];
  readonly diagnosis: ReproducedDiagnosis;
  readonly methods: readonly ReproducedMethod[];
  readonly controls: readonly ControlGain[];
  readonly refutations: readonly ReproducedRefutation[];
}

/** One claim of the paper, and what this run says about it. */
export interface ReproducedClaim {
  readonly claim: string;
  readonly verdict: 'holds' | 'does not hold' | 'not decided by this run';
  readonly because: string;
}

/** The paper's experiment on a few networks. */
export interface Reproduction {
  readonly schema: 'floatpath/reproduction@1';
  readonly version: string;
  readonly engine: string;
  readonly data: string;
  readonly size: string;
  readonly seed: number;
  readonly sigma: number;
  readonly epsilon: number;
  readonly images: number;
  readonly n0: number;
  readonly n: number;
  readonly alpha: number;
  readonly networks: readonly ReproducedNetwork[];
  readonly claims: readonly ReproducedClaim[];
}
