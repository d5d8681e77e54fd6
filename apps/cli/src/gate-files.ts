import { verdictJunit, verdictMarkdown, verdictSarif, type Verdict } from '@floatpath/audit';

export type GateFormat = 'junit' | 'sarif' | 'markdown' | 'github';

/** Names and contents of the files that the formats ask for; annotations go into the log and have none. */
export function gateFiles(
  verdict: Verdict,
  formats: readonly GateFormat[],
  report: string,
): Readonly<Record<string, string>> {
  return {
    ...(formats.includes('junit') && { 'junit.xml': verdictJunit(verdict) }),
    ...(formats.includes('sarif') && { 'gate.sarif': verdictSarif(verdict, report) }),
    ...(formats.includes('markdown') && { 'gate.md': verdictMarkdown(verdict) }),
  };
}
