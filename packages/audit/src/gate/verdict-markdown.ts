import { printable } from '../story-words.js';
import type { Verdict } from './verdict.js';
import { outcomeSentence, verdictSentence } from './verdict-words.js';

/**
 * A name in Markdown: within `code`, where nobody is mentioned, and with every character that means something to
 * Markdown, HTML or a link finder as a character reference.
 */
function escapeMarkdown(name: string): string {
  const inside = printable(name).replace(/[!-/:-@[-`{-~]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<code>${inside}</code>`;
}

/** The verdict for a pull request: a headline and a table. */
export function verdictMarkdown(verdict: Verdict): string {
  const failed = verdict.outcomes.filter(({ passed }) => !passed);
  const held = verdict.outcomes.filter(({ passed }) => passed);
  return [
    `### floatpath ${verdictSentence(verdict)}`,
    '',
    `Images: ${escapeMarkdown(verdict.data)}`,
    '',
    '| | network | rule | counts |',
    '| --- | --- | --- | --- |',
    ...[...failed, ...held].map((outcome) => {
      const state = outcome.passed ? 'held' : '**failed**';
      const names = [outcome.label, outcome.rule].map(escapeMarkdown).join(' | ');
      return `| ${state} | ${names} | ${outcomeSentence(outcome)} |`;
    }),
    '',
    ...verdict.notes.flatMap((note) => [`Note: ${escapeMarkdown(note)}`, '']),
  ].join('\n');
}
