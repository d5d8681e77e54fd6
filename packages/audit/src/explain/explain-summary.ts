import { fillUniform } from '@floatpath/core';
import { pairedBootstrap, shareInterval } from '@floatpath/statistics';
import type {
  ExactShare,
  ExplainedFailure,
  ExplanationRow,
  ExplanationSummary,
  MeanInterval,
} from './explanation.js';

const CONFIDENCE = 0.95;
const RESAMPLES = 2000;
/** All m values lie on one side of what they scatter around with a chance of 2^(1 - m): 5 % is reached from here on. */
const LEAST = 6;

/** What the rows of an explanation add up to: exact (Clopper-Pearson) intervals of counts, bootstrap intervals of means. */
export function summarizeExplanation(
  rows: readonly ExplanationRow[],
  seed: number,
): ExplanationSummary {
  const failures = rows.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  const counted = (holds: (failure: ExplainedFailure) => boolean): ExactShare =>
    exactShare(failures.filter(holds).length, failures.length);
  const mean = (values: readonly number[]): MeanInterval | null => {
    if (values.length === 0) return null;
    const interval = pairedBootstrap(values, {
      resamples: RESAMPLES,
      confidence: CONFIDENCE,
      fillUniform: (out, resample) =>
        fillUniform(out, { seed, purpose: 'stevens', image: 0, draw: resample, lane: 2 }),
    });
    return values.length < LEAST ? { mean: interval.mean, low: null, high: null } : interval;
  };
  const gates = failures[0]?.ledger.gates ?? [];
  const found = failures.filter(({ flipBack }) => flipBack.kind === 'found');
  const sizes = found.map(({ flipBack }) => flipBack.units?.length ?? 0).sort((a, b) => a - b);
  return {
    right: rows.filter(({ label, predicted }) => label === predicted).length,
    failures: failures.length,
    kinds: {
      float: counted(({ kind }) => kind === 'float'),
      lipschitz: counted(({ kind }) => kind === 'lipschitz'),
      fixedAlreadyWrong: counted(({ kind }) => kind === 'fixed-already-wrong'),
      ties: failures.filter(({ kind }) => kind === null).length,
    },
    drop: mean(failures.map(({ ledger }) => ledger.drop)),
    fixed: mean(failures.map(({ ledger }) => ledger.fixed)),
    gates: gates.map(({ gate, units }, i) => ({
      gate,
      units,
      float:
        failures.reduce((sum, { ledger }) => sum + (ledger.gates[i]?.float ?? 0), 0) /
        failures.length,
      share: mean(failures.map(({ ledger }) => ledger.gates[i]?.share ?? 0)) as MeanInterval,
    })),
    flipBack: {
      found: exactShare(found.length, failures.length),
      provedMinimum: found.filter(({ flipBack }) => flipBack.minimum === 'proved').length,
      noneFoundFromAll: failures.filter(({ flipBack }) => flipBack.kind === 'none-found-from-all')
        .length,
      none: failures.filter(({ flipBack }) => flipBack.kind === 'none').length,
      sizes:
        sizes.length === 0
          ? null
          : {
              least: sizes[0] as number,
              median: median(sizes),
              most: sizes.at(-1) as number,
            },
    },
    largestUlps: {
      ledger: Math.max(0, ...failures.map(({ ledger }) => ledger.ulps)),
      kinks: Math.max(0, ...failures.map(({ kinks }) => kinks?.ulps ?? 0)),
    },
    sumLawHolds: failures.every(({ sumLaw }) => sumLaw === null || sumLaw.holds),
  };
}

function exactShare(count: number, of: number): ExactShare {
  if (of === 0) return { count, of, share: null, low: 0, high: 1 };
  const [low, high] = shareInterval(count, of, CONFIDENCE);
  return { count, of, share: count / of, low, high };
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
