import { malformedIn } from './as-reader.js';

/** @throws {FloatpathError} `malformed-file` with the parser's words, which name the place */
export function parseJson(reader: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw malformedIn(reader)(`expected JSON, got text that is none (${reason})`, cause);
  }
}
