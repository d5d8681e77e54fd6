import { fileSchema, FloatpathError } from '@floatpath/core';
import { reportSchema, type Report } from './report.js';

const LONGEST_PLACE = 80;

/** `rows[3].label`: where in a document something is. */
export function placeOf(path: readonly PropertyKey[]): string {
  const place = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
  return place.length <= LONGEST_PLACE ? place : `${place.slice(0, LONGEST_PLACE)}...`;
}

function versionOf(document: unknown): string | undefined {
  const schema = (document as { schema?: unknown } | null)?.schema;
  return typeof schema === 'string' ? schema : undefined;
}

/**
 * Reads the text of a report.json.
 *
 * @throws {FloatpathError} `malformed-file` for text that is no report, naming the place; `schema-version` for a report of
 * another major version
 */
export function readReport(text: string): Report {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new FloatpathError(
      'malformed-file',
      'readReport: expected a report.json, got text that is no JSON; name the report.json that floatpath audit wrote',
      { cause },
    );
  }
  const version = versionOf(document);
  if (version !== fileSchema.report && version?.startsWith('floatpath/report@') === true) {
    throw new FloatpathError(
      'schema-version',
      `readReport: expected ${fileSchema.report}, got ${version.slice(0, LONGEST_PLACE)}; audit again with this version of floatpath`,
    );
  }
  const { success, data, error } = reportSchema.safeParse(document);
  if (success) return data;
  const [issue] = error.issues;
  const place = placeOf(issue?.path ?? []);
  throw new FloatpathError(
    'malformed-file',
    `readReport: expected ${fileSchema.report}, got a document with a fault${place === '' ? '' : ` at ${place}`}: ${issue?.message ?? 'unknown'}; name the report.json that floatpath audit wrote`,
  );
}
