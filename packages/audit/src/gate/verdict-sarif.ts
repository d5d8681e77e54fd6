import { printable } from '../story-words.js';
import type { Outcome, Verdict } from './verdict.js';
import { outcomeSentence } from './verdict-words.js';

const about: Readonly<Record<Outcome['kind'], { readonly id: string; readonly text: string }>> = {
  threshold: {
    id: 'floatpath/threshold',
    text: 'A share of the audited images is below the share that a rule demands.',
  },
  baseline: {
    id: 'floatpath/baseline',
    text: 'Significantly fewer of the audited images count than in the baseline.',
  },
};

/** Plain message text: brackets would make links, braces placeholders (SARIF 2.1.0, 3.11.5 and 3.11.6). */
function escapeMessage(text: string): string {
  return printable(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/[{}]/g, '$&$&');
}

/** A path as a relative URI reference. */
function uriOf(path: string): string {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/');
}

/**
 * The verdict as a SARIF 2.1.0 log: one result per rule and network, of level `error` where it failed.
 *
 * @param report - path of the judged report within the repository, where results are shown
 */
export function verdictSarif(verdict: Verdict, report: string): string {
  const kinds: readonly Outcome['kind'][] = ['threshold', 'baseline'];
  const location = { physicalLocation: { artifactLocation: { uri: uriOf(report) } } };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'floatpath gate',
            semanticVersion: verdict.tool.version,
            rules: kinds.map((kind) => ({
              id: about[kind].id,
              shortDescription: { text: about[kind].text },
            })),
          },
        },
        results: verdict.outcomes.map((outcome) => ({
          ruleId: about[outcome.kind].id,
          ruleIndex: kinds.indexOf(outcome.kind),
          kind: outcome.passed ? 'pass' : 'fail',
          level: outcome.passed ? 'none' : 'error',
          message: {
            text: escapeMessage(`${outcome.label}: ${outcome.rule}: ${outcomeSentence(outcome)}`),
          },
          locations: [location],
          partialFingerprints: { rule: `${outcome.network} ${outcome.rule}` },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
