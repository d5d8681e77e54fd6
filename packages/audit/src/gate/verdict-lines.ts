import { printable } from '../story-words.js';
import type { Verdict } from './verdict.js';
import { outcomeSentence, verdictSentence } from './verdict-words.js';

/** The verdict as lines for a terminal, the answer first. */
export function verdictLines(verdict: Verdict): readonly string[] {
  const several = new Set(verdict.outcomes.map(({ network }) => network)).size > 1;
  const width = Math.max(...verdict.outcomes.map(({ rule }) => rule.length));
  return [
    `${verdictSentence(verdict)} (${printable(verdict.data)})`,
    ...verdict.outcomes.map((outcome) => {
      const who = several ? `${printable(outcome.label)}: ` : '';
      const mark = outcome.passed ? 'ok  ' : 'FAIL';
      return `  ${mark}  ${outcome.rule.padEnd(width)}  ${who}${outcomeSentence(outcome)}`;
    }),
    ...verdict.notes.map((note) => `  note  ${note}`),
  ];
}
