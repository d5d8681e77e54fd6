import { malformedIn } from './as-reader.js';

/**
 * The path of a file beside the model, as the model names it.
 *
 * @throws {FloatpathError} `malformed-file` for a path that leads out of the model's folder
 */
export function insideFolder(reader: string, what: string, stated: unknown): string {
  const path = typeof stated === 'string' ? stated.replace(/^(\.\/)+/, '') : '';
  const parts = path.split('/');
  const leaves =
    /\\|^[a-z]+:/i.test(path) ||
    [...path].some((character) => character < ' ') ||
    parts.includes('') ||
    parts.includes('..') ||
    parts.includes('.');
  if (!leaves) return path;
  throw malformedIn(reader)(
    `expected ${what} to be a file within the model's folder, got ${JSON.stringify(stated)?.slice(0, 80) ?? 'nothing'}`,
  );
}
