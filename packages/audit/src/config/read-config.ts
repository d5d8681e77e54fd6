import { FloatpathError } from '@floatpath/core';
import { placeOf } from '../read-report.js';
import { nearestWord } from './nearest-word.js';
import { configKeys, configSchema, type Config } from './schema.js';

function unknownKey(section: string, key: string): string {
  const candidates = configKeys[section] ?? [];
  const near = nearestWord(key, candidates);
  const place = section === '' ? key : `${section}.${key}`;
  const cure =
    near === undefined ? `the keys here are ${candidates.join(', ')}` : `did you mean ${near}?`;
  return `${place.slice(0, 80)}: expected a known key, got this one; ${cure}`;
}

/**
 * Reads the text of a `floatpath.config.json`.
 *
 * @throws {FloatpathError} `malformed-file` for text that is no JSON; `invalid-argument`, beginning with the key
 */
export function readConfig(text: string): Config {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new FloatpathError(
      'malformed-file',
      `expected JSON, got a fault (${(cause as Error).message}); floatpath init writes one to start from`,
      { cause },
    );
  }
  const { success, data, error } = configSchema.safeParse(document);
  if (success) return data;
  const [issue] = error.issues;
  const place = placeOf(issue?.path ?? []);
  if (issue?.code === 'unrecognized_keys')
    throw new FloatpathError('invalid-argument', unknownKey(place, issue.keys[0] ?? ''));
  const told = (issue?.message ?? 'unknown').replace(/^Invalid \w+: /, '');
  throw new FloatpathError('invalid-argument', `${place === '' ? 'the whole' : place}: ${told}`);
}
