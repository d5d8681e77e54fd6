import { FloatpathError } from '@floatpath/core';
import type { ExplainedImage } from './explain-images.js';
import { explanationSchema, type Explanation } from './explanation.js';

/** The explanation as deterministic JSON text, one image per line. */
export function explanationJson(explanation: Explanation): string {
  const { rows, ...head } = explanation;
  const text = JSON.stringify(head, null, 2).replace(/\n\}$/, '');
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  return `${text},\n  "rows": [\n${lines}\n  ]\n}\n`;
}

/** @throws {FloatpathError} `malformed-file`, `schema-version` */
export function readExplanation(text: string): Explanation {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FloatpathError('malformed-file', 'readExplanation: expected JSON', { cause: error });
  }
  const schema = (json as { schema?: unknown } | null)?.schema;
  if (schema !== 'floatpath/explanation@1') {
    throw new FloatpathError(
      'schema-version',
      `readExplanation: expected floatpath/explanation@1, got ${String(schema)}; explain again with this version`,
    );
  }
  const parsed = explanationSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new FloatpathError(
    'malformed-file',
    `readExplanation: expected an explanation, got ${issue?.message ?? 'another document'} at ${issue?.path.join('.') ?? ''}`,
  );
}

/** Columns of rows.tsv. */
const rowNames = [
  ...['image', 'label', 'predicted', 'status', 'adversarial', 'linf', 'l2', 'l1', 'diagnosis'],
  ...['rival', 'margin_clean', 'margin_adversarial', 'drop', 'fixed', 'float_units', 'ledger_ulps'],
  ...['crossings', 'kink_ulps', 'flip_back', 'flip_back_size', 'flip_back_minimum'],
];

/** One line per image, tab-separated. */
export function explanationTsv({ rows }: Explanation): string {
  const lines = rows.map((row) => {
    const { adversarial: there, failure } = row;
    const ledger = failure?.ledger;
    return [
      ...[row.image, row.label, row.predicted, row.status],
      ...[there?.predicted, there?.linf, there?.l2, there?.l1],
      ...[failure === null ? undefined : (failure.kind ?? 'tie'), failure?.rival],
      ...[failure?.margin.clean, failure?.margin.adversarial, ledger?.drop, ledger?.fixed],
      ...[ledger?.gates.reduce((sum, { float }) => sum + float, 0), ledger?.ulps],
      ...[failure?.kinks?.crossings, failure?.kinks?.ulps, failure?.flipBack.kind],
      ...[failure?.flipBack.units?.length, failure?.flipBack.minimum],
    ];
  });
  return table([rowNames, ...lines]);
}

/** Heading of ledger.tsv. */
export const ledgerHeading = table([['image', 'unit', 'weight', 'clean', 'adversarial', 'share']]);

/**
 * Every row of an image's ledger: the fixed paths, then the float units in their order. Added from first to last the shares miss
 * the drop by the ledger's `ulps`.
 */
export function ledgerTsv({ row, full }: ExplainedImage): string {
  if (full === undefined) return '';
  const { fixed, rows } = full.ledger;
  return table([
    [row.image, 'fixed', undefined, undefined, undefined, fixed],
    ...rows.map(({ id, weight, output, share }) => [
      row.image,
      id,
      weight,
      output.clean,
      output.adversarial,
      share,
    ]),
  ]);
}

/** Tabs, line ends and backslashes in names are written as \t, \n, \r and \\. */
function table(lines: readonly (readonly (string | number | null | undefined)[])[]): string {
  const cell = (value: string | number | null | undefined): string =>
    String(value ?? '').replace(
      /[\\\t\n\r]/g,
      (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n' })[c] ?? '\\r',
    );
  return lines.map((line) => `${line.map(cell).join('\t')}\n`).join('');
}
