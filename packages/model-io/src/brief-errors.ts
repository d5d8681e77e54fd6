import { FloatpathError } from '@floatpath/core';

/** Longer messages hold a name that a damaged file made long. */
const LONGEST = 1000;

/**
 * Does `work`; a message that a name in the file makes too long to read is shortened in its middle.
 *
 * @throws {FloatpathError} those of `work`
 */
export function withBriefErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof FloatpathError) || error.message.length <= LONGEST) throw error;
    const { code, message } = error;
    const brief = `${message.slice(0, LONGEST / 2)} ... ${message.slice(-LONGEST / 4)}`;
    throw new FloatpathError(code, brief, { cause: error });
  }
}
