import { printable } from '../story-words.js';
import type { Outcome, Verdict } from './verdict.js';
import { outcomeSentence, verdictSentence } from './verdict-words.js';

/** Attribute value or text of XML 1.0; characters that it does not have become U+FFFD. */
function escapeXml(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

function testCase(outcome: Outcome): string {
  const sentence = escapeXml(outcomeSentence(outcome));
  const inside = outcome.passed
    ? `<system-out>${sentence}</system-out>`
    : `<failure type="${outcome.kind}" message="${sentence}"/>`;
  return `    <testcase classname="${escapeXml(outcome.label)}" name="${escapeXml(outcome.rule)}">${inside}</testcase>`;
}

/** The verdict as JUnit XML: a test suite with one case per rule and network. Holds no time. */
export function verdictJunit(verdict: Verdict): string {
  const { outcomes, notes } = verdict;
  const failures = outcomes.filter(({ passed }) => !passed).length;
  const counts = `tests="${outcomes.length}" failures="${failures}" errors="0"`;
  const told = [verdictSentence(verdict), ...notes].map(escapeXml).join('; ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="floatpath gate" ${counts}>`,
    `  <testsuite name="${escapeXml(verdict.data)}" ${counts} skipped="0">`,
    ...outcomes.map(testCase),
    `    <system-out>${told}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}
