import { FloatpathError } from '@floatpath/core';
import type { Fields } from './fields.js';
import { fingerprintOf } from './fingerprint.js';

/** Deeper than any file of ours, and shallow enough for every stack. */
const MOST_LEVELS = 16;

/** JSON without spaces, with the keys of every object in the order of their code units. */
function canonicalText(value: unknown, reader: string, level = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (level === MOST_LEVELS) {
    throw new FloatpathError(
      'malformed-file',
      `${reader}: expected at most ${MOST_LEVELS} nested levels, got more; this is no file of floatpath`,
    );
  }
  if (Array.isArray(value))
    return `[${value.map((v) => canonicalText(v, reader, level + 1)).join()}]`;
  const fields = value as Fields;
  const entries = Object.keys(fields)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(fields[key], reader, level + 1)}`);
  return `{${entries.join()}}`;
}

/**
 * What a file says, tensors included, as 16 hexadecimal digits: FNV-1a, 64 bits, of the canonical JSON of
 * everything but the field `hash`. Order of keys and white space do not count; any one changed byte of the canonical text
 * changes it for certain, other accidents but for chance 2^-64. It is no protection against intent: whoever edits a file can
 * hash it again.
 *
 * @param reader - the function that reads such files, for its error
 * @throws {FloatpathError} `malformed-file` for lists in lists without end
 */
export function contentHash(file: Fields, reader: string): string {
  const { hash: _hash, ...content } = file;
  return fingerprintOf(new TextEncoder().encode(canonicalText(content, reader)));
}
