import { FloatpathError } from '@floatpath/core';
import { withBriefErrors } from './brief-errors.js';

/** Errors of one reader, `malformed-file` unless another code is said. */
export const malformedIn =
  (reader: string) =>
  (message: string, cause?: unknown): FloatpathError =>
    new FloatpathError(
      'malformed-file',
      `${reader}: ${message}`,
      cause === undefined ? {} : { cause },
    );

/**
 * Does `work`; the errors of the rules that all formats share carry the name of the reader that called them.
 *
 * @throws {FloatpathError} those of `work`
 */
export function asReader<T>(reader: string, work: () => T): T {
  try {
    return withBriefErrors(work);
  } catch (error) {
    if (!(error instanceof FloatpathError)) throw error;
    const message = error.message.replace(/^(readOnnx|readKeras):/, `${reader}:`);
    throw new FloatpathError(error.code, message, { cause: error });
  }
}
