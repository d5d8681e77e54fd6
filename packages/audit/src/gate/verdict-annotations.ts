import { printable } from '../story-words.js';
import type { Verdict } from './verdict.js';
import { outcomeSentence } from './verdict-words.js';

function escapeData(text: string): string {
  return printable(text).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Workflow commands for a GitHub Actions log: an error per rule that failed, a notice per note. */
export function verdictAnnotations(verdict: Verdict): readonly string[] {
  const errors = verdict.outcomes
    .filter(({ passed }) => !passed)
    .map(
      (outcome) =>
        `::error title=${escapeProperty(`floatpath gate: ${outcome.rule}`)}::${escapeData(`${outcome.label}: ${outcomeSentence(outcome)}`)}`,
    );
  const notices = verdict.notes.map((note) => `::notice title=floatpath gate::${escapeData(note)}`);
  return [...errors, ...notices];
}
