import type { Report } from './report.js';

/** The report as deterministic JSON text: one row per line, so that two reports can be compared line by line. */
export function reportJson(report: Report): string {
  const { rows, ...head } = report;
  const text = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return `${text},\n  "rows": [\n${lines}\n  ]\n}\n`;
}
