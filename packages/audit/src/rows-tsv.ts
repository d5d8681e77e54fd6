import type { Report, ReportCertificate, ReportRow } from './report.js';
import { rowColumns } from './row-columns.js';

type Cell = string | number | null | undefined;

/** Tabs, line ends and backslashes would break a row: written as \t, \n, \r, \\. An absent value is empty. */
function escapeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  return String(cell).replace(
    /[\\\t\n\r]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\r',
  );
}

/** One line per network, image and method, tab-separated, in report order. */
export function rowsTsv(report: Report): string {
  const label = new Map(report.networks.map((network) => [network.id, network.label]));
  const lines = report.rows.flatMap((row) => {
    const certificates: readonly (ReportCertificate | undefined)[] =
      row.certificates.length > 0 ? row.certificates : [undefined];
    return certificates.map((certificate) =>
      cells(row, label.get(row.network) ?? row.network, certificate),
    );
  });
  const names = rowColumns.map(({ name }) => name);
  return [names, ...lines].map((line) => `${line.map(escapeCell).join('\t')}\n`).join('');
}

function cells(row: ReportRow, network: string, c: ReportCertificate | undefined): readonly Cell[] {
  const answer = (smoothed: ReportRow['smoothedAtAdversarial']): Cell =>
    smoothed === null ? '' : (smoothed.answer ?? 'abstain');
  const top = c === undefined ? undefined : c.selection.indexOf(Math.max(...c.selection));
  const label = c === undefined ? '' : (c.label ?? 'abstain');
  const frozen = c?.guarantee === 'conditional';
  return [
    network,
    row.image,
    row.label,
    row.predicted,
    row.adversarial === null ? 'already-wrong' : row.adversarial.status,
    row.adversarial?.predicted,
    row.adversarial?.distance,
    row.diagnosis?.kind,
    row.diagnosis?.rival,
    row.diagnosis?.fixedDrop,
    row.diagnosis?.floatDrop,
    row.diagnosis?.crossings,
    answer(row.smoothedAtAdversarial),
    answer(row.smoothedUnderAttack),
    c?.method,
    c?.guarantee,
    c?.arithmetic,
    c?.sigma,
    c?.n0,
    c?.n,
    c?.alpha,
    top === undefined ? '' : c?.estimation[top],
    frozen ? '' : label,
    c?.radius,
    frozen ? label : '',
    c?.surrogateRadius,
  ];
}
