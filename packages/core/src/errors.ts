/** What went wrong, as a stable word that programs can test for. */
export type ErrorCode =
  | 'invalid-argument'
  | 'invalid-data'
  | 'malformed-file'
  | 'unsupported-format'
  | 'unsupported-op'
  | 'not-piecewise-linear'
  | 'invalid-network'
  | 'shape-mismatch'
  | 'no-gradient'
  | 'inaccurate-model'
  | 'artefact-mismatch'
  | 'engine-unavailable'
  | 'engine-failed'
  | 'kernel-disposed'
  | 'not-finite'
  | 'not-calibrated'
  | 'file-not-found'
  | 'file-not-readable'
  | 'output-not-writable'
  | 'output-exists'
  | 'schema-version'
  | 'interrupted';

/**
 * The one error class. `message` reads `function: expected X, got Y` and says what to do;
 * `code` is stable across releases.
 */
export class FloatpathError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'FloatpathError';
    this.code = code;
  }
}

/** Throws `invalid-argument` unless `holds`. */
export function requireArgument(holds: boolean, message: string): asserts holds {
  if (!holds) throw new FloatpathError('invalid-argument', message);
}
