import { counterexampleText } from '@floatpath/model-io';
import type { Falsification } from './falsify.js';

/** The verdict as VNN-COMP's result files have it: one word, and below `sat` the counterexample. */
export function falsificationText(result: Falsification): string {
  if (result.verdict !== 'sat') return result.verdict;
  const { inputs, outputs } = result.counterexample;
  return `sat\n${counterexampleText(inputs, outputs)}`;
}

/** The verdict as plain values for JSON. */
export function falsificationValues(result: Falsification): Readonly<Record<string, unknown>> {
  if (result.verdict !== 'sat') return { verdict: result.verdict, reason: result.reason };
  const { verdict, counterexample, unchecked } = result;
  const { inputs, outputs } = counterexample;
  const said = unchecked === undefined ? {} : { unchecked };
  return { verdict, inputs: [...inputs], outputs: [...outputs], ...said };
}
