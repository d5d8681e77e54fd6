import { plural } from '../story-words.js';
import type { DropOutcome, Outcome, ThresholdOutcome, Verdict } from './verdict.js';

/** A probability: three digits that tell it from the level, and never 0 for one that is not. */
function probability(p: number): string {
  if (p >= 0.001) return (p >= 0.1 ? p.toFixed(3) : p.toPrecision(3)).replace(/^0/, '');
  return p === 0 ? '0' : p.toExponential(1);
}

function thresholdSentence({ right, images, needed, lowerBound, share }: ThresholdOutcome): string {
  if (lowerBound === null) return `${right} of ${images} images, ${needed} needed`;
  const bound = (Math.floor(lowerBound * 1e4) / 1e4).toFixed(4).replace(/^0/, '');
  return `${right} of ${images} images, lower bound ${bound}, ${share} needed`;
}

function dropSentence(outcome: DropOutcome): string {
  const { right, images, before, lost, gained, adjustedPValue, smallestDrop } = outcome;
  const power =
    smallestDrop === null
      ? 'no drop could have been seen on so few images'
      : `smallest drop that would have failed: ${smallestDrop.net} images (${smallestDrop.lost} lost, ${gained} gained)`;
  return `${right} of ${images} images, ${before} in the baseline (${lost} lost, ${gained} gained, p ${probability(adjustedPValue)}); ${power}`;
}

/** What was counted, without names. */
export function outcomeSentence(outcome: Outcome): string {
  return outcome.kind === 'threshold' ? thresholdSentence(outcome) : dropSentence(outcome);
}

/** `gate passed: 3 rules held` or `gate failed: 1 of 3 rules did not hold`; a rule counts once per network. */
export function verdictSentence({ passed, outcomes }: Verdict): string {
  const failed = outcomes.filter((outcome) => !outcome.passed).length;
  return passed
    ? `gate passed: ${plural(outcomes.length, 'rule')} held`
    : `gate failed: ${failed} of ${plural(outcomes.length, 'rule')} did not hold`;
}
