import type { Reproduction } from './reproduction.js';
import {
  diagnosisTable,
  fractionTable,
  radiusTables,
  refutationTable,
  type ReproducedTable,
} from './tables.js';

/** Columns as wide as their widest cell. */
function tableLines({ title, columns, rows }: ReproducedTable): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(...all.map((row) => row[c]?.length ?? 0)));
  const lineOf = (row: readonly string[]): string =>
    `  ${row.map((cell, c) => cell.padEnd(widths[c] as number)).join('  ')}`.trimEnd();
  return ['', title, ...all.map(lineOf)];
}

/** A reproduction as lines of text. */
export function reproductionLines(reproduction: Reproduction): readonly string[] {
  const { size, networks, data, engine, seed, n0, n, alpha, claims } = reproduction;
  return [
    `floatpath reproduce, ${size}: ${networks.length} networks, ${data}, ${engine}`,
    `radii: n0 ${n0}, n ${n}, alpha ${alpha}, seed ${seed}, the same draws for every method, intervals at 95 % each for itself`,
    ...tableLines(fractionTable(reproduction)),
    ...tableLines(diagnosisTable(reproduction)),
    ...networks.flatMap((network) => radiusTables(reproduction, network).flatMap(tableLines)),
    ...tableLines(refutationTable(reproduction)),
    '',
    'WHICH CLAIMS HOLD',
    ...claims.flatMap(({ claim, verdict, because }) => [
      `  ${verdict.toUpperCase()}: ${claim}`,
      `    ${because}`,
    ]),
  ];
}
