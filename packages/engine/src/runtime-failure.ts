import { FloatpathError, type NetworkNode } from '@floatpath/core';

const isOutOfMemory = (error: unknown, reason: string): boolean =>
  error instanceof RangeError ||
  /alloc|out of memory|resource exhausted|\bOOM\b|max buffer size|invalid buffer|shape is too large/i.test(
    reason,
  );

/** What a runtime threw, as one coded error; where memory ran out it says what helps. */
export function runtimeFailure(doing: string, error: unknown): FloatpathError {
  if (error instanceof FloatpathError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const cure = isOutOfMemory(error, reason)
    ? '; the batch does not fit in memory, use a smaller batch size'
    : '';
  return new FloatpathError('engine-failed', `${doing}: ${reason}${cure}`, { cause: error });
}

/** The same for a failure at one node. */
export function nodeFailure(engine: string, node: NetworkNode, error: unknown): FloatpathError {
  return runtimeFailure(`${engine}: node "${node.name}" (${node.op}) failed`, error);
}
