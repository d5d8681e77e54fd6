import { FloatpathError, type Classifier, type ErrorCode, type Network } from '@floatpath/core';
import { caseRefuter } from './refute-cases.js';
import type { Candidate } from './search.js';
import { refuteBySplitting } from './split.js';
import type { Target } from './target.js';

/** Why a network's bounds cannot be had: no fault of the specification. */
const refused: ReadonlySet<ErrorCode> = new Set([
  'not-piecewise-linear',
  'unsupported-op',
  'invalid-network',
]);

class TimeIsOver extends Error {}

export interface ProofOptions {
  /** Of the proof; it ends at 0. */
  readonly secondsLeft: () => number;
  readonly confirm: (candidate: Candidate) => Promise<boolean>;
}

/**
 * Tries to prove that no target has a point.
 *
 * @returns `empty` where that is proved; else why it is not
 */
export async function tryProof(
  network: Network,
  classifier: Classifier,
  targets: readonly Target[],
  { secondsLeft, confirm }: ProofOptions,
): Promise<string> {
  const check = (): void => {
    if (secondsLeft() <= 0) throw new TimeIsOver();
  };
  try {
    const refuter = caseRefuter(network, classifier.classes, secondsLeft());
    const options = { refuter, secondsLeft, check, confirm };
    const outcome = await refuteBySplitting(classifier, targets, options);
    return outcome === 'empty' ? outcome : 'bounds prove nothing about it';
  } catch (error) {
    if (error instanceof TimeIsOver) return 'bounds proved nothing in time';
    if (!(error instanceof FloatpathError) || !refused.has(error.code)) throw error;
    return `bounds cannot be had: ${error.message}`;
  }
}
