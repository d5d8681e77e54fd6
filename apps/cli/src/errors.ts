import { inspect } from 'node:util';
import { exitCode, FloatpathError, type ErrorCode } from '@floatpath/core';
import type { Io } from './io.js';
import { printable, style } from './terminal.js';

/** What is no fault of the arguments or of the files: the run failed, and finished rows are kept. */
const runFailures: ReadonlySet<ErrorCode> = new Set([
  'artefact-mismatch',
  'engine-unavailable',
  'engine-failed',
  'kernel-disposed',
  'not-finite',
]);

/** The exit status that an error means: 2 bad use or input, 3 a failed run, 130 and 143 interrupted. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof FloatpathError)) return exitCode.failed;
  if (error.code === 'interrupted') {
    if (error.cause === 'timeout') return exitCode.failed;
    return error.cause === 'SIGTERM' ? exitCode.terminated : exitCode.interrupted;
  }
  return runFailures.has(error.code) ? exitCode.failed : exitCode.badInput;
}

/** One sentence, whatever characters a file's names bring along. */
export function sentenceOf(error: unknown): string {
  if (error instanceof FloatpathError) return printable(error.message);
  const message = error instanceof Error ? error.message : String(error);
  return `unexpected error: ${printable(message)}; please report it with the command that you ran and the output under FLOATPATH_DEBUG=1`;
}

/** Prints the sentence, and under FLOATPATH_DEBUG the stack with its causes. @returns the exit status */
export function reportFailure(error: unknown, io: Io): number {
  io.stderr.write(`${style('red', 'floatpath:', io)} ${sentenceOf(error)}\n`);
  if (io.env['FLOATPATH_DEBUG']) io.stderr.write(`${inspect(error)}\n`);
  return exitCodeOf(error);
}

const named = (subject: string, error: unknown): unknown =>
  error instanceof FloatpathError
    ? new FloatpathError(error.code, `${subject}: ${error.message}`, { cause: error })
    : error;

/** Runs `read` and names `subject`, the file that it reads, in what it throws. */
export function about<T>(subject: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw named(subject, error);
  }
}

/** {@link about} for a read that takes its time. */
export async function aboutAsync<T>(subject: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw named(subject, error);
  }
}
